// Journeys of a person through Querent, in a real Chromium against the real server.
// Run them with `cargo xtask test --browser` (which builds and starts all they need).

import { defineConfig } from "@playwright/test";
import { chromium } from "./harness/chromium.mjs";

export default defineConfig({
  testDir: "journeys",
  testMatch: "*.spec.mjs",
  outputDir: "test-results",
  // One at a time: each worker starts a server, and the machine that runs CI has two cores.
  workers: 1,
  fullyParallel: false,
  forbidOnly: true,
  retries: 0,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [["list"]],
  use: {
    browserName: "chromium",
    launchOptions: chromium(),
    viewport: { width: 1440, height: 900 },
    locale: "en-GB",
    timezoneId: "UTC",
    screenshot: "only-on-failure",
    trace: "retain-on-failure",
  },
});

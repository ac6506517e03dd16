// Loads the IDE in Chromium from a cold cache, several times, and prints medians as one JSON
// object. Called by `cargo xtask bench` with QUERENT_URL and the cookie of a session.

import { chromium as playwright } from "@playwright/test";
import { chromium } from "./harness/chromium.mjs";

const LOADS = 7;
const url = process.env.QUERENT_URL;
const [name, value] = process.env.QUERENT_COOKIE.split(/=(.*)/s);

const browser = await playwright.launch(chromium());
const loads = [];
for (let i = 0; i <= LOADS; i += 1) loads.push(await load());
await browser.close();
// The first one also warms Chromium and the server's files in memory: it does not count.
const counted = loads.slice(1);
const medians = Object.keys(counted[0]).map((key) => [key, median(counted.map((one) => one[key]))]);
console.log(JSON.stringify({ loads: LOADS, ...Object.fromEntries(medians) }));

/** One load in a context of its own: nothing is cached. Times in ms since navigation began. */
async function load() {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  await context.addCookies([{ name, value, url }]);
  const page = await context.newPage();
  await page.addInitScript(() => {
    window.longTasks = [];
    const note = (list) => window.longTasks.push(...list.getEntries().map((task) => task.duration));
    new PerformanceObserver(note).observe({ type: "longtask", buffered: true });
  });
  const wire = await countBytes(context, page);

  await page.goto(url, { waitUntil: "commit" });
  await page.waitForFunction(
    () => performance.getEntriesByName("querent:hydrated").length > 0 && document.querySelector("textarea"),
    undefined,
    { polling: "raf" },
  );
  const readyBytes = wire.bytes;
  await page.locator(".monaco-editor .view-lines").first().waitFor();
  const monaco = await page.evaluate(() => performance.now());
  // Long tasks are reported once they are over.
  await page.evaluate(() => new Promise((done) => setTimeout(done, 200)));
  const seen = await page.evaluate(() => ({
    painted_ms: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? NaN,
    ready_ms: performance.getEntriesByName("querent:hydrated")[0].startTime,
    longest_task_ms: Math.max(0, ...window.longTasks),
  }));
  await context.close();
  return { ...seen, ready_bytes: readyBytes, monaco_ms: monaco, monaco_bytes: wire.bytes };
}

/** Adds up what came over the wire, headers and compressed bodies. */
async function countBytes(context, page) {
  const wire = { bytes: 0 };
  const cdp = await context.newCDPSession(page);
  await cdp.send("Network.enable");
  cdp.on("Network.loadingFinished", ({ encodedDataLength }) => (wire.bytes += encodedDataLength));
  return wire;
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

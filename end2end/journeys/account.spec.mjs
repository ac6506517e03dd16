// Set-up, signing in and out.

import { startServer } from "../harness/server.mjs";
import { ADMIN, alive, expect, open, test, watched } from "../harness/test.mjs";

test("the first start: set-up with the printed link", async ({ browser }) => {
  const server = await startServer();
  try {
    const link = server.output().match(/http\S+\/setup\?token=\S+/)?.[0];
    expect(link, "the server prints a set-up link").toBeTruthy();
    const page = await browser.newPage();
    await watched(page, [], async () => {
      await open(page, link);
      await page.getByLabel("Workspace").fill("Acme");
      await page.getByLabel("Your name").fill("Grace");
      await page.getByLabel("E-mail").fill("grace@example.com");
      await page.getByLabel("Password", { exact: true }).fill("a long enough password");
      await page.getByRole("button", { name: "Set up" }).click();
      await expect(page.getByLabel("Ask a question")).toBeVisible();

      await open(page, link);
      await expect(page.getByRole("heading", { name: "Already set up" })).toBeVisible();
    });
    await page.close();
  } finally {
    await server.stop();
  }
});

test.describe("signing in", () => {
  // Chromium reports the refused request by itself.
  test.use({ expectedComplaints: [/status of 401/] });

  test("a wrong password says so, the right one leads to the page asked for", async ({ anonymous: page }) => {
    await open(page, "/history");
    await expect(page).toHaveURL(/\/login\?next=/);
    await page.getByLabel("E-mail").fill(ADMIN.email);
    await page.getByLabel("Password", { exact: true }).fill("not the password");
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByRole("alert")).toBeVisible();

    await page.getByLabel("Password", { exact: true }).fill(ADMIN.password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page).toHaveURL("/history");
    await alive(page);
    await page.getByRole("button", { name: "Sign out", exact: true }).click();
    await expect(page).toHaveURL(/\/login/);
  });
});

// Asking the sample database, with the built-in engine and with a slow model.

import { ask, cell, composer, openIde } from "../harness/ide.mjs";
import { startModel } from "../harness/model.mjs";
import { alive, expect, test } from "../harness/test.mjs";

test("a question becomes SQL, rows and a chart", async ({ page }) => {
  await openIde(page);
  const turn = await ask(page, "monthly revenue last year");
  await expect(turn.getByRole("tab", { name: "Chart" })).toBeVisible();
  await expect(turn.locator(".statement")).toContainText(/SELECT/);
  await expect(turn.locator("canvas, .answer-pane svg").first()).toBeVisible();

  await turn.getByRole("tab", { name: "Grid" }).click();
  await expect(cell(turn, 1, 1)).toHaveText(/^\d{4}-01/);
  await expect(cell(turn, 12, 1)).toHaveText(/^\d{4}-12/);

  await turn.getByRole("button", { name: "Open in editor" }).click();
  await expect(page.locator(".monaco-editor .view-lines")).toContainText("SELECT");
});

test("a question that is not understood says which words", async ({ page }) => {
  await openIde(page);
  const turn = await ask(page, "frobnicate the zyzzyva");
  await expect(turn).toContainText(/zyzzyva/i);
  await expect(turn).toContainText(/frobnicate/i);
});

test("a reload in the middle of a run loses nothing", async ({ page, account }) => {
  const sql = "SELECT COUNT(*) AS customers FROM customers";
  const model = await startModel(JSON.stringify({ sql, explanation: "All customers, counted." }));
  await model.use(account);
  try {
    await openIde(page);
    const turn = await ask(page, "how many customers do we have?");
    await expect(turn).toContainText("Writing SQL");
    await expect.poll(() => model.calls.length).toBeGreaterThan(0);

    await page.reload();
    await alive(page);
    const again = page.getByRole("article").last();
    await expect(again).toContainText("how many customers do we have?");
    await expect(again).toContainText("Writing SQL");
    await expect(page.getByRole("button", { name: "Stop" })).toBeVisible();

    model.release();
    await expect(cell(again, 1, 1)).toHaveText(/^\d+$/);
    await expect(page.getByRole("button", { name: "Stop" })).toBeHidden();
    expect(model.calls.length, "the run was not started twice").toBe(1);
  } finally {
    await model.stop(account);
  }
});

test("a run that is stopped says so", async ({ page, account }) => {
  const model = await startModel("{}");
  await model.use(account);
  try {
    await openIde(page);
    const turn = await ask(page, "how many stores are there?");
    await page.getByRole("button", { name: "Stop" }).click();
    await expect(turn).toContainText("Stopped");
    await expect(composer(page)).toBeEnabled();
  } finally {
    await model.stop(account);
  }
});

// Asking the sample database, with the built-in engine and with a slow model.

import { rm } from "node:fs/promises";
import { join } from "node:path";
import { ask, cell, composer, openIde, results } from "../harness/ide.mjs";
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
  await expect(page.locator(".monaco-editor.focused")).toBeVisible();
  await page.keyboard.press("Control+Enter");
  await expect(results(page)).toContainText("12 rows");
});

test.describe("results that were removed", () => {
  // Chromium reports the refused request by itself.
  test.use({ expectedComplaints: [/status of 404/] });

  test("say so where the rows would be", async ({ page, server }) => {
    await openIde(page);
    const turn = await ask(page, "list all customers");
    await turn.getByRole("tab", { name: "Grid" }).click();
    await expect(cell(turn, 1, 1)).toHaveText(/\S/);
    await expect(turn.locator(".answer-missing")).toHaveCount(0);
    await rm(join(server.data, "results"), { recursive: true });

    await page.reload();
    await alive(page);
    const again = page.getByRole("article").last();
    await expect(again).toContainText("list all customers");
    await again.getByRole("button", { name: "Load all rows" }).click();
    await expect(again.getByRole("alert")).toContainText("Run it again");
    await expect(cell(again, 1, 1)).toHaveText(/\S/);
  });
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

test("a chip changes a part of the question, and with it the SQL", async ({ page }) => {
  await openIde(page);
  const turn = await ask(page, "top 5 products by price");
  await expect(turn.locator(".statement")).toContainText("LIMIT 5");
  const limit = turn.getByRole("button", { name: /^limit first 5/ });
  await limit.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("menuitem", { name: "first 10" })).toBeVisible();
  await page.getByRole("menuitem", { name: "first 10" }).press("Enter");
  const changed = page.getByRole("article").last();
  await expect(changed).toContainText("top 10 products by price");
  await expect(changed.locator(".statement")).toContainText("LIMIT 10");
  await expect(cell(changed, 10, 1)).toHaveText(/\S/);
});

test("the engine's reading stands beside a model's, and can be used", async ({ page, account }) => {
  const sql = "SELECT COUNT(*) AS customers FROM customers";
  const model = await startModel(JSON.stringify({ sql, explanation: "All customers, counted." }));
  await model.use(account);
  model.release();
  try {
    await openIde(page);
    const turn = await ask(page, "how many orders are there?");
    const doubt = turn.getByRole("complementary", { name: "Another reading" });
    await expect(doubt).toContainText("The built-in engine read it differently");
    await expect(doubt).toContainText("orders");
    await expect(turn.locator(".confidence summary")).toContainText(/guess/i);
    await doubt.getByRole("button", { name: "Use that reading" }).click();
    const again = page.getByRole("article").last();
    await expect(again.locator(".statement")).toContainText("orders");
    await expect(again.locator(".answer-text")).toContainText("24,000");
    expect(model.calls.length, "the model was not asked twice").toBe(1);
  } finally {
    await model.stop(account);
  }
});

test("a question with several readings asks back, and the keyboard chooses", async ({ page }) => {
  await openIde(page);
  const turn = await ask(page, "revenue by country");
  const choices = turn.getByRole("region", { name: /Which country do you mean/ });
  const choice = (name) => choices.getByRole("button", { name });
  await expect(choice(/customer country/)).toBeEnabled();
  await expect(page.getByRole("button", { name: "Stop" })).toBeHidden();

  await choices.getByText("SQL").first().click();
  await expect(choices.locator(".sql").first()).toContainText("customers");
  await choice(/customer country/).focus();
  await page.keyboard.press("ArrowDown");
  await expect(choice(/store country/)).toBeFocused();
  await page.keyboard.press("2");
  await expect(turn.locator(".answer-rows")).toBeVisible();
  await expect(turn.locator(".sql").last()).toContainText("stores");
  await expect(choice(/store country/)).toHaveAttribute("aria-current", "true");

  await page.reload();
  await expect(choice(/store country/)).toHaveAttribute("aria-current", "true");
  await expect(turn.locator(".answer-rows")).toBeVisible();
});

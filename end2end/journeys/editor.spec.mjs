// Statements in the editor: cancelled, refused, kept; and all of it by keyboard.

import { SHOP, postgres } from "../harness/databases.mjs";
import { cell, composer, connect, editorReady, openIde, results, run, write } from "../harness/ide.mjs";
import { alive, expect, test } from "../harness/test.mjs";

test.describe("cancelling", () => {
  // Chromium reports the answer of the cancelled request by itself.
  test.use({ expectedComplaints: [/status of 499/] });

  test("a long read is cancelled in the database", async ({ page, account }) => {
    const database = postgres(SHOP);
    try {
      await connect(account, "slow one", database);
      await openIde(page, "slow one");
      await run(page, endless("journey"));
      const running = () =>
        database.query(
          "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%journey%' AND pid <> pg_backend_pid()",
        );
      await expect.poll(running).toBe("1");

      await page.getByRole("button", { name: "Stop" }).click();
      const stopped = Date.now();
      await expect.poll(running, { intervals: [50] }).toBe("0");
      expect(Date.now() - stopped, "milliseconds until the database was free").toBeLessThan(2000);
      await expect(results(page).getByRole("alert")).toContainText(/cancel|stop/i);
      await expect(page.getByRole("button", { name: "Run" })).toBeVisible();
    } finally {
      database.drop();
    }
  });
});

test.describe("stopping by keyboard", () => {
  test.use({ expectedComplaints: [/status of 499/] });

  test("Esc ends what runs, suggestions or not", async ({ page }) => {
    await openIde(page);
    await write(page, endless("escaped").slice(0, -1));
    await page.keyboard.type("7");
    await page.keyboard.press("Control+Enter");
    await expect(page.getByRole("button", { name: "Stop" })).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(results(page).getByRole("alert")).toContainText(/cancel|stop/i);
  });
});

test("a binary value is said by its size; its bytes are shown on demand", async ({ page }) => {
  await openIde(page);
  await run(page, "SELECT zeroblob(3000) AS bytes, x'00ff' AS two");
  await expect(cell(results(page), 1, 1)).toHaveText("3,000 bytes");
  await expect(cell(results(page), 1, 2)).toHaveText("X'00FF'");
  await results(page).getByRole("grid").focus();
  await page.keyboard.press("Enter");
  const value = page.getByRole("dialog", { name: "bytes, row 1" });
  await expect(value).toContainText("00000010  00 00");
  await page.keyboard.press("Escape");
  await expect(value).toBeHidden();
});

test("closing the page ends what it ran", async ({ page, account }) => {
  const database = postgres(SHOP);
  try {
    await connect(account, "left alone", database);
    await openIde(page, "left alone");
    await run(page, endless("abandoned"));
    const running = () =>
      database.query(
        "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%abandoned%' AND pid <> pg_backend_pid()",
      );
    await expect.poll(running).toBe("1");
    await page.goto("about:blank");
    await expect.poll(running).toBe("0");
  } finally {
    database.drop();
  }
});

test.describe("refusals", () => {
  // Chromium reports the refused request by itself.
  test.use({ expectedComplaints: [/status of 422/] });

  test("a DELETE is refused with the reason, and nothing is gone", async ({ page, account }) => {
    const database = postgres(SHOP);
    try {
      await connect(account, "precious", database);
      await openIde(page, "precious");
      await run(page, "DELETE FROM orders");
      await expect(results(page).getByRole("alert")).toContainText(/DELETE|write|chang/i);
      expect(database.query("SELECT count(*) FROM orders")).toBe("5");
      await expect(page.locator(".monaco-editor .view-lines")).toContainText("DELETE");
    } finally {
      database.drop();
    }
  });

  test("an error is marked where it is", async ({ page }) => {
    await openIde(page);
    await run(page, "SELECT no_such_column\nFROM customers");
    await expect(results(page).getByRole("alert")).toContainText("no_such_column");
    await expect(page.locator(".monaco-editor .squiggly-error")).toBeVisible();
  });
});

test.describe("quick fixes", () => {
  // Chromium reports the refused requests by itself.
  test.use({ expectedComplaints: [/status of 422/] });

  const fix = async (page, word, title) => {
    await page.locator(".monaco-editor .view-lines").getByText(word).first().click();
    await page.keyboard.press("Control+.");
    await page.getByRole("option", { name: title }).click();
  };
  const text = (page) => page.locator(".monaco-editor .view-lines");

  test("a name that there is not becomes the nearest one", async ({ page }) => {
    await openIde(page);
    await run(page, "SELECT\n  emial\nFROM customers");
    await expect(page.locator(".monaco-editor .squiggly-error")).toBeVisible();
    await fix(page, "emial", "Change to email");
    await expect(text(page)).not.toContainText("emial");
    await expect(page.locator(".monaco-editor .squiggly-error")).toHaveCount(0);
    await page.keyboard.press("Control+Enter");
    await expect(cell(results(page), 1, 1)).toContainText("@");
  });

  test("of two statements the first alone runs", async ({ page }) => {
    await openIde(page);
    await write(page, "SELECT 'first';\nSELECT 'second'");
    await page.keyboard.press("Control+A");
    await page.keyboard.press("Control+Enter");
    await expect(results(page).getByRole("alert")).toContainText("Only one statement");
    await fix(page, "SELECT", "Run only the first statement");
    await expect(cell(results(page), 1, 1)).toHaveText("first");
    await expect(text(page)).toContainText("second");
  });
});

test("a draft survives a reload", async ({ page }) => {
  await openIde(page);
  await write(page, "SELECT 'half a thought");
  await page.getByRole("button", { name: "New tab" }).click();
  await write(page, "SELECT 'another one'");
  await page.reload();
  await alive(page);
  await editorReady(page);
  await expect(page.locator(".monaco-editor .view-lines")).toContainText("another one");
  await page.getByRole("tab", { name: "Query 1" }).click();
  await expect(page.locator(".monaco-editor .view-lines")).toContainText("half a thought");
});

test("without a mouse: a question, a statement, the grid", async ({ page }) => {
  await openIde(page);
  await reach(page, composer(page));
  await page.keyboard.type("how many customers are there");
  await page.keyboard.press("Enter");
  const turn = page.getByRole("article").last();
  await expect(cell(turn, 1, 1)).toHaveText(/^\d+$/);

  await reach(page, page.getByRole("button", { name: "Open in editor" }));
  await page.keyboard.press("Enter");
  await expect(page.locator(".monaco-editor .view-lines")).toContainText(/COUNT/i);
  await reach(page, page.getByRole("button", { name: "Run" }));
  await page.keyboard.press("Enter");
  await expect(cell(results(page), 1, 1)).toHaveText(/^\d+$/);
  await reach(page, results(page).getByRole("grid"));
  await page.keyboard.press("ArrowRight");
});

/** A read that the guard lets through and no database finishes: 5¹⁸ rows, counted. */
function endless(mark) {
  const tables = Array.from({ length: 18 }, (_, i) => `orders AS o${i}`).join(" CROSS JOIN ");
  return `SELECT count(*) AS ${mark} FROM ${tables}`;
}

/** Tabs forwards until the place has the focus. Leaves the editor first, where Tab indents. */
async function reach(page, place) {
  for (let presses = 0; presses < 120; presses += 1) {
    const there = await place.evaluate((element) => element.contains(document.activeElement));
    if (there) return;
    const inEditor = await page.evaluate(() => document.activeElement?.closest(".monaco-editor") !== null);
    if (inEditor) await page.keyboard.press("Control+M");
    await page.keyboard.press("Tab");
  }
  throw new Error(`the Tab key never reaches ${place}`);
}

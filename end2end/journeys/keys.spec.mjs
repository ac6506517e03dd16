// What keys do in the IDE: the list of them, plans, formatting, and that Tab reaches everything.

import { SHOP, mariadb, postgres } from "../harness/databases.mjs";
import { connect, openIde, results, write } from "../harness/ide.mjs";
import { expect, open, test } from "../harness/test.mjs";

const lines = (page) => page.locator(".monaco-editor .view-lines");
const plan = (page) => results(page).locator(".plan-step");

test("? lists the keys, and Esc closes the list", async ({ page }) => {
  await openIde(page);
  await page.getByRole("button", { name: "History" }).or(page.getByRole("link", { name: "History" })).first().focus();
  await page.keyboard.press("?");
  const list = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  await expect(list).toContainText("Explain the statement at the cursor");
  await page.keyboard.press("Escape");
  await expect(list).toBeHidden();
  // In a text it is a letter.
  await write(page, "SELECT 'why?'");
  await page.keyboard.type("?");
  await expect(list).toBeHidden();
  await page.keyboard.press("Control+K");
  await expect(page.getByLabel("Ask a question")).toBeFocused();
});

test("the plan of a statement, on three databases, and nothing is run", async ({ page, account }) => {
  const places = [
    { name: "Sample shop", table: "orders", expected: /SCAN|SEARCH/ },
    { name: "plans on PostgreSQL", make: postgres, dialect: "postgres", table: "orders", expected: /Seq Scan on orders/ },
    { name: "plans on MariaDB", make: mariadb, dialect: "mysql", table: "orders", expected: /Read all of [oc] / },
  ];
  for (const { name, make, dialect, table, expected } of places) {
    const database = make?.(SHOP);
    try {
      if (database) await connect(account, name, database, { dialect });
      await openIde(page, name);
      await write(page, `SELECT o.id, c.id AS customer\nFROM ${table} o JOIN customers c ON c.id = o.customer_id`);
      await page.keyboard.press("Control+E");
      await expect(plan(page).filter({ hasText: expected })).not.toHaveCount(0);
      expect(await plan(page).count()).toBeGreaterThan(1);
      await expect(results(page).getByRole("tab", { name: "Explain" })).toHaveAttribute("aria-selected", "true");
      await expect(results(page)).toContainText("nothing was run");
    } finally {
      database?.drop();
    }
  }
});

test.describe("what cannot be explained", () => {
  // Chromium reports the refused request by itself.
  test.use({ expectedComplaints: [/status of 422/] });

  test("says why", async ({ page }) => {
    await openIde(page);
    await write(page, "DELETE FROM orders");
    await page.keyboard.press("Control+E");
    await expect(results(page).getByRole("alert")).toContainText(/\S/);
  });
});

test("formatting lays out all, or the selection; what cannot be read stays", async ({ page }) => {
  await openIde(page);
  await write(page, "select id,email from customers where id=1 -- the first");
  await page.keyboard.press("Control+Shift+F");
  await expect(lines(page)).toContainText(/SELECT\s+id,\s+email\s*FROM\s+customers/);
  await expect(page.locator(".monaco-editor .view-line")).toHaveCount(7);
  await expect(lines(page)).toContainText("-- the first");
  await page.keyboard.press("Control+Z");
  await expect(lines(page)).toContainText("select id,email from customers");

  await write(page, "select 'open");
  // The editor closes the quote by itself.
  await page.keyboard.press("Delete");
  await page.keyboard.press("Control+Shift+F");
  await expect(page.getByText("nothing was changed")).toBeVisible();
  await expect(lines(page)).toContainText("select 'open");
});

test("Tab reaches every control of the IDE, in the order of the page, and shows where it is", async ({ page }) => {
  await openIde(page);
  // Tab starts where the focus was last: at the top of the page.
  await page.evaluate(() => {
    const top = document.createElement("span");
    top.tabIndex = -1;
    document.body.prepend(top);
    top.focus();
  });
  const { reached, missed, unmarked } = await walk(page);
  expect(missed, "controls that Tab does not reach").toEqual([]);
  expect(unmarked, "controls that do not show the focus").toEqual([]);
  const parts = reached.map(({ part }) => part).filter((part, i, all) => part !== all[i - 1]);
  expect(parts, "each part once, from left to right").toEqual(["head", "side", "editor", "results", "ask"]);
});

for (const path of ["/history", "/admin/connections?new", "/admin/users", "/admin/models", "/settings", "/admin/policies"]) {
  test(`Tab reaches every control of ${path}`, async ({ page }) => {
    await open(page, path);
    await page.getByRole("heading", { level: 1 }).waitFor();
    const { missed, unmarked } = await walk(page);
    expect(missed, "controls that Tab does not reach").toEqual([]);
    expect(unmarked, "controls that do not show the focus").toEqual([]);
  });
}

/** Presses Tab until it comes round; gives what it reached and what of the visible controls it did not. */
async function walk(page) {
  await page.evaluate(() => {
    window.walked = [];
    window.partOf = (element) => {
      const parts = { head: ".ide-head", side: ".side", editor: ".editor", results: ".results", ask: ".ask-side" };
      return Object.keys(parts).find((name) => element.closest(parts[name])) ?? "between";
    };
    // One of a group answers to arrows instead: a tab, a radio button, an item of a tree or grid.
    window.byArrows = (element) => element.tabIndex < 0 || (element.type === "radio" && !element.checked);
    window.said = (element) =>
      (element.getAttribute("aria-label") || element.textContent || element.name || element.id || element.className).trim().slice(0, 50);
  });
  const seen = [];
  for (let presses = 0; presses < 150; presses += 1) {
    const inEditor = await page.evaluate(() => document.activeElement?.closest(".monaco-editor") !== null);
    if (inEditor) await page.keyboard.press("Control+M");
    await page.keyboard.press("Tab");
    const now = await page.evaluate(() => {
      const element = document.activeElement;
      if (!element || element === document.body) return null;
      if (window.walked.includes(element)) return null;
      window.walked.push(element);
      const style = getComputedStyle(element);
      const around = element.closest(".monaco-editor, label, .tree, [role=grid], .composer, .input-with-button");
      // A tree shows it on its row, a splitter beside its thin line.
      const row = element.querySelector(".tree-active");
      const inside = [getComputedStyle(element, "::after"), ...(row ? [getComputedStyle(row)] : [])];
      const marks = [style, ...inside, ...(around ? [getComputedStyle(around), getComputedStyle(around, "::after")] : [])];
      const marked = marks.some((one) => (one.outlineStyle !== "none" && parseFloat(one.outlineWidth) > 0) || one.boxShadow !== "none");
      const caret = element.closest(".monaco-editor") !== null;
      return { part: window.partOf(element), said: window.said(element), marked: marked || caret };
    });
    if (!now) break;
    if (inEditor) await page.keyboard.press("Control+M");
    seen.push(now);
  }
  const missed = await page.evaluate(() =>
    [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")]
      .filter((element) => element.checkVisibility({ visibilityProperty: true }) && !element.disabled)
      .filter((element) => !element.closest(".monaco-editor, dialog:not([open])") && !window.byArrows(element))
      .filter((element) => !window.walked.includes(element))
      .map(window.said),
  );
  return {
    reached: seen.filter(({ part }) => part !== "between"),
    missed,
    unmarked: seen.filter(({ marked }) => !marked).map(({ said }) => said),
  };
}

// Rough handling: nothing, far too much, no text at all, tables wider than a screen, a database that
// goes away, and two windows of one person. A clear message each, nothing lost, the server stays up.

import { SHOP, mariadb, postgres } from "../harness/databases.mjs";
import { cell, composer, connect, editorReady, openIde, paste, results, run, write } from "../harness/ide.mjs";
import { ADMIN, alive, expect, open, test } from "../harness/test.mjs";

const MEGABYTE = 1 << 20;

test.afterEach(async ({ server }) => {
  expect(server.running(), "the server runs on").toBe(true);
  expect((await fetch(`${server.url}/readyz`)).ok).toBe(true);
});

test.describe("bad input", () => {
  // Chromium reports the refused requests by itself.
  test.use({ expectedComplaints: [/status of (400|413|422)/] });

  test("an empty question and an empty statement run nothing", async ({ page }) => {
    await openIde(page);
    for (const text of ["", " \n\t "]) {
      await composer(page).fill(text);
      await composer(page).press("Enter");
      await expect(page.getByRole("article")).toHaveCount(0);
      await expect(page.getByRole("button", { name: "Ask", exact: true })).toBeDisabled();
    }
    for (const text of ["", "-- only a comment"]) {
      await run(page, text);
      await expect(page.getByText("There is no statement at the cursor.").last()).toBeVisible();
    }
    await expect(results(page)).toContainText("No result yet");
  });

  test("a megabyte is turned down with the limit, and stays where it was typed", async ({ page }) => {
    await openIde(page);
    const question = "monthly revenue ".repeat(MEGABYTE / 16);
    await composer(page).fill(question);
    await expect(page.getByText(/characters too long/)).toBeVisible();
    await composer(page).press("Enter");
    await expect(page.getByRole("article")).toHaveCount(0);
    expect(await composer(page).inputValue()).toHaveLength(question.length);
    await composer(page).fill("");

    const sql = `SELECT 1 AS a\n${"-- a long comment, said once more ---------------------------------\n".repeat(16_000)}, 2 AS b`;
    expect(sql.length).toBeGreaterThan(MEGABYTE);
    await paste(page, sql);
    await page.keyboard.press("Control+Enter");
    await expect(results(page).getByRole("alert")).toContainText("is the limit", { timeout: 20_000 });
    await expect(page.locator(".monaco-editor .view-lines")).toContainText("2 AS b");
    const kept = () =>
      page.evaluate(() => Object.entries(localStorage).find(([key]) => key.startsWith("querent.drafts"))?.[1].length ?? 0);
    await expect.poll(kept).toBeGreaterThan(MEGABYTE);
  });

  test("what is no text is answered in words", async ({ page, account, server }) => {
    await openIde(page);
    const odd = "\u0001\u0002 \ufffd\ufffe \u202e revenue \u0007";
    await composer(page).fill(odd);
    await composer(page).press("Enter");
    await expect(page.locator(".ask-side").getByRole("alert")).toContainText("characters that are no text");
    await expect(composer(page)).toHaveValue(odd);
    await run(page, "SELECT \u0001\u0002\ufffe FROM \u202e customers");
    await expect(results(page).getByRole("alert")).toContainText(/\S/);
    await expect(page.locator(".monaco-editor .view-lines")).toContainText("customers");

    const cookie = account.cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
    const [{ id }] = await account.call("connections/list");
    const bytes = Uint8Array.from({ length: MEGABYTE }, (_, i) => (i * 151) % 256);
    for (const path of [`connections/${id}/query`, "ask/start"]) {
      const answer = await fetch(`${server.url}/api/${path}`, {
        method: "POST",
        headers: { "content-type": "application/json", origin: server.url, cookie },
        body: bytes,
      });
      expect(answer.status, path).toBeGreaterThanOrEqual(400);
      expect(answer.status, path).toBeLessThan(500);
      expect((await answer.json()).message, path).toMatch(/\S/);
    }
  });
});

for (const { name, make, dialect, columns } of [
  { name: "PostgreSQL's widest table", make: postgres, dialect: "postgres", columns: 1600 },
  // It takes 4,096 at most, of names as long as these as many as its table definition holds.
  { name: "MariaDB's widest table", make: mariadb, dialect: "mysql", columns: 2800 },
]) {
  test(`${name}: ${columns} columns in tree, preview and grid`, async ({ page, account }) => {
    const names = Array.from({ length: columns }, (_, i) => `c${String(i + 1).padStart(4, "0")}`);
    // What InnoDB does not take, MyISAM does.
    const engine = dialect === "mysql" ? " ENGINE=MyISAM" : "";
    const type = dialect === "mysql" ? "tinyint" : "smallint";
    const values = names.map((_, i) => (i * 7) % 100).join(", ");
    const database = make(
      `CREATE TABLE wide (${names.map((column) => `${column} ${type}`).join(", ")})${engine};
       ${Array.from({ length: 60 }, () => `INSERT INTO wide VALUES (${values});`).join("\n")}`,
    );
    try {
      await connect(account, name, database, { dialect });
      await openIde(page, name);
      const tree = page.getByRole("tree", { name: "Schema" });
      const row = tree.getByRole("treeitem", { name: /^wide/ });
      await row.click();
      const first = tree.getByRole("treeitem", { name: /^c0001/ });
      await expect(first).toHaveAttribute("aria-setsize", String(columns));
      expect(await tree.getByRole("treeitem").count(), "rows drawn in the tree").toBeLessThan(120);

      await row.focus().catch(() => {});
      await tree.focus();
      await row.click();
      await page.keyboard.press("p");
      await expect(cell(results(page), 1, 1)).toHaveText("0");
      const grid = results(page).getByRole("grid");
      await expect(grid).toHaveAttribute("aria-colcount", String(columns + 1));
      expect(await grid.getByRole("gridcell").count(), "cells drawn").toBeLessThan(1500);

      expect(await scrolled(grid), "milliseconds of a frame while scrolling").toBeLessThan(200);
      await expect(grid.getByRole("columnheader", { name: new RegExp(names.at(-1)) })).toBeVisible();
    } finally {
      database.drop();
    }
  });
}

/**
 * Scrolls a grid to its end in thirty steps; gives the middle one of the times between two frames: a machine
 * that is busy with other things delays some frames, a grid that draws too much delays each. */
function scrolled(grid) {
  return grid.evaluate(async (element) => {
    const all = [element, ...element.querySelectorAll("*")];
    const scroller = all.find((one) => one.scrollWidth > one.clientWidth + 100 && getComputedStyle(one).overflowX !== "visible");
    if (!scroller) throw new Error("nothing scrolls sideways");
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    const times = [];
    let last = await frame();
    for (let step = 1; step <= 30; step += 1) {
      scroller.scrollLeft = ((scroller.scrollWidth - scroller.clientWidth) * step) / 30;
      const now = await frame();
      times.push(now - last);
      last = now;
    }
    await frame();
    return times.toSorted((a, b) => a - b)[15];
  });
}

for (const { name, make, dialect, end } of [
  {
    name: "PostgreSQL",
    make: postgres,
    dialect: "postgres",
    end: (database) =>
      database.query(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE query LIKE '%slow_rows%' AND pid <> pg_backend_pid()",
      ),
  },
  {
    name: "MariaDB",
    make: mariadb,
    dialect: "mysql",
    end: (database) => {
      const id = database.query(
        "SELECT id FROM information_schema.processlist WHERE info LIKE '%slow_rows%' AND id <> connection_id()",
      );
      database.query(`KILL CONNECTION ${id.split("\n")[0]};`);
    },
  },
]) {
  test(`${name} goes away in the middle of a read: the rows so far are marked incomplete`, async ({ page, account }) => {
    const database = make(SHOP);
    try {
      await connect(account, `dying ${name}`, database, { dialect });
      await openIde(page, `dying ${name}`);
      await run(page, slowRows());
      await expect(results(page)).toContainText(/\d+ rows? so far/, { timeout: 20_000 });
      await expect(cell(results(page), 1, 1)).toBeVisible();
      end(database);
      await expect(results(page)).toContainText(/\d+ rows?, incomplete/);
      await expect(cell(results(page), 1, 1), "the rows that came stay").toBeVisible();
      await results(page).getByRole("tab", { name: "Messages" }).click();
      await expect(results(page).getByRole("alert")).toContainText(/connection|ended|terminat|lost|closed/i);

      await run(page, "SELECT 42 AS answer");
      await expect(cell(results(page), 1, 1)).toHaveText("42");
    } finally {
      database.drop();
    }
  });
}

/** A read that sends a row of 9 kB every now and then, and would go on for an hour. */
function slowRows() {
  const many = ["b", "c", "d", "e", "f", "g", "h", "i"].map((alias) => `orders ${alias}`).join(", ");
  return `SELECT repeat('x', 9000) AS slow_rows,
  (SELECT count(*) FROM ${many} WHERE b.total + c.total <> o.total + p.total + q.total) AS counted
FROM orders o, orders p, orders q, orders r, orders s`;
}

test.describe("two windows of one person", () => {
  test.use({ expectedComplaints: [/status of 401/] });

  test("both windows' texts stay, and each has its own run", async ({ page, context }) => {
    await openIde(page);
    await write(page, "SELECT 'from the first window' AS said");
    await expect.poll(() => kept(page)).toContain("first window");
    const other = await context.newPage();
    await openIde(other);
    await expect(other.locator(".monaco-editor .view-lines")).toContainText("first window");
    // Both go on with the same tab, and the second opens one.
    await run(other, "SELECT 'from the second window' AS said");
    await run(page, "SELECT 'the first one again' AS said");
    await expect(cell(results(other), 1, 1)).toHaveText("from the second window");
    await expect(cell(results(page), 1, 1)).toHaveText("the first one again");
    await other.getByRole("button", { name: "New tab" }).click();
    await write(other, "SELECT 'a third text'");
    await expect.poll(() => kept(page)).toContain("a third text");
    await write(page, "SELECT 'and the last word'");
    await expect.poll(() => kept(page)).toContain("the last word");
    for (const text of ["from the second window", "a third text"]) expect(await kept(page)).toContain(text);
    await other.close();
    await page.reload();
    await alive(page);
    await editorReady(page);
    await expect(page.getByRole("tablist", { name: "Editor tabs" }).getByRole("tab")).toHaveCount(3);
  });

  test("signed out in the other window: it says so, and the text is there after signing in", async ({ browser, server }) => {
    const context = await browser.newContext({ baseURL: server.url, viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    await signIn(page);
    await editorReady(page);
    await write(page, "SELECT 'not to be lost' AS said");
    const other = await context.newPage();
    await open(other, "/settings");
    await other.getByRole("button", { name: "Sign out", exact: true }).click();
    await other.waitForURL(/\/login/);

    await page.keyboard.press("Control+Enter");
    await expect(results(page).getByRole("alert")).toContainText(/not signed in|session has ended/i);
    await expect(page.locator(".monaco-editor .view-lines")).toContainText("not to be lost");
    await results(page).getByRole("link", { name: "Sign in again" }).click();
    await signIn(page);
    await editorReady(page);
    await expect(page.locator(".monaco-editor .view-lines")).toContainText("not to be lost");
    await page.locator(".monaco-editor .view-lines").first().click();
    await page.keyboard.press("Control+Enter");
    await expect(cell(results(page), 1, 1)).toHaveText("not to be lost");
    await context.close();
  });
});

/** What this browser keeps of the drafts. */
function kept(page) {
  return page.evaluate(() => Object.entries(localStorage).find(([key]) => key.startsWith("querent.drafts"))?.[1] ?? "");
}

async function signIn(page) {
  if (!page.url().includes("/login")) await page.goto("/login");
  await alive(page);
  await page.getByLabel("E-mail").fill(ADMIN.email);
  await page.getByLabel("Password", { exact: true }).fill(ADMIN.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL((url) => url.pathname === "/");
  await alive(page);
}

// What a person does in the IDE, by the names that the page gives its parts.

import { expect, open } from "./test.mjs";

/** The IDE on a connection, with Monaco and the composer there. */
export async function openIde(page, connection = "Sample shop") {
  await open(page, "/");
  await editorReady(page);
  const current = page.locator(".status-connection");
  await expect(current).not.toContainText("No connection");
  if (!(await current.textContent()).includes(connection)) await choose(page, connection);
}

export async function editorReady(page) {
  await page.locator(".monaco-editor .view-lines").first().waitFor();
  await expect(composer(page)).toBeVisible();
}

export const composer = (page) => page.getByLabel("Ask a question");
export const results = (page) => page.getByRole("region", { name: "Results" });

/** Replaces the text in the editor by a paste: what is typed, Monaco takes letter by letter. */
export async function paste(page, sql) {
  await page.locator(".monaco-editor .view-lines").first().click();
  await page.keyboard.press("Control+A");
  await page.evaluate((text) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", text);
    const event = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
    document.activeElement.dispatchEvent(event);
  }, sql);
}

/** Replaces the text in the editor. */
export async function write(page, sql) {
  await page.locator(".monaco-editor .view-lines").first().click();
  await page.keyboard.press("Control+A");
  await page.keyboard.insertText(sql);
}

export async function run(page, sql) {
  await write(page, sql);
  await page.keyboard.press("Control+Enter");
}

/** Chooses a connection by its name. */
export async function choose(page, name) {
  await page.getByRole("button", { name: /^Connection/ }).click();
  await page.getByRole("menuitem", { name: new RegExp(`^${name} `) }).click();
  await expect(page.locator(".status-connection")).toContainText(name);
}

export async function ask(page, question) {
  await composer(page).fill(question);
  await composer(page).press("Enter");
  const turn = page.getByRole("article").last();
  await expect(turn).toContainText(question);
  return turn;
}

/** A cell of a grid: row and column from 1, the row numbers left out. */
export function cell(place, row, column) {
  const at = place.locator(`[role=row][aria-rowindex="${row + 1}"]`);
  return at.getByRole("gridcell").nth(column - 1);
}

/** Adds a connection to a database of harness/databases.mjs, and waits until its schema is read. */
export async function connect(account, name, database, { dialect = "postgres", limits = {} } = {}) {
  const { host, port, database: of, user, password } = database;
  const tls = { mode: "off", ca: null, certificate: null, key: null };
  const target = { kind: "server", dialect, host, port: Number(port), database: of, user, password, tls };
  const all = { rows: 10000, bytes: 67108864, timeout_ms: 600000, sessions: 4, ...limits };
  await account.call("connections/add", { draft: { name, target, colour: "amber", limits: all, schemas: [] } });
  const read = async () => {
    const list = await account.call("connections/list");
    return list.some((one) => one.name === name && one.tables > 0);
  };
  await expect.poll(read, { message: `the schema of ${name}` }).toBe(true);
}

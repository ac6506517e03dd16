// Policies: written by an admin with real rows before and after, felt by an analyst at every door.

import { expectAccessible } from "../harness/axe.mjs";
import { cell, openIde, results, run } from "../harness/ide.mjs";
import { as, join } from "../harness/people.mjs";
import { expect, open, test as base } from "../harness/test.mjs";

const test = base.extend({
  /** An analyst of the same workspace. */
  analyst: [
    async ({ server, account }, use) => {
      await use(await join(server, account, { email: "alan@example.com", name: "Alan", role: "analyst" }));
    },
    { scope: "worker" },
  ],
});

test.afterEach(async ({ account }) => {
  for (const { id } of await account.call("policies/list")) await account.call("policies/delete", { id });
});

/** Stores a policy for analysts without the page. */
async function store(account, name, tables, more = {}) {
  const nobody = { everyone: false, roles: [], users: [] };
  const draft = {
    name,
    connection: null,
    applies_to: { ...nobody, roles: ["analyst"] },
    except: nobody,
    access: "allow",
    tables,
    enabled: true,
    ...more,
  };
  return account.call("policies/save", { id: null, draft, version: null });
}

const rule = (table, more) => ({ schema: "main", table, access: "allow", columns: [], rows: null, ...more });

/** Brings a table of the sample shop to the front of the policy's page. */
async function choose(page, table) {
  await page.getByRole("searchbox", { name: "Search tables and columns" }).fill(table);
  await page.getByRole("treeitem", { name: table }).first().click();
  await expect(page.getByRole("heading", { level: 3, name: `main.${table}` })).toBeVisible();
}

test("an admin masks e-mail addresses, and an analyst sees the masks", async ({ page, browser, server, analyst }) => {
  await open(page, "/admin/policies");
  await expect(page.getByText("Everybody sees everything")).toBeVisible();
  await page.getByRole("link", { name: "New policy" }).click();

  await page.getByLabel("Name", { exact: true }).fill("PII");
  await page.getByRole("group", { name: "Applies to" }).getByLabel("analysts").check();
  await expect(page.getByText("Analysts.", { exact: true })).toBeVisible();
  await choose(page, "customers");
  await page.getByLabel("Mask of email").selectOption("partial");

  // Real rows, as they are and as an analyst would see them.
  const rows = page.getByRole("region", { name: "Rows before and after" });
  await expect(rows.getByRole("columnheader", { name: /email before/ })).toBeVisible();
  const [before, after] = [rows.locator("tbody td.policy-before").first(), rows.locator("tbody td.policy-after").first()];
  await expect(before).toContainText("@");
  await expect(after).toHaveText(/^..\*\*\*$/);
  await page.getByLabel("Characters shown at the start").fill("3");
  await expect(after).toHaveText(/^...\*\*\*$/);
  await expectAccessible(page);

  // What was done so far survives a reload.
  await page.reload();
  await expect(page.getByText("These are changes of yours that are not saved yet.")).toBeVisible();
  await expect(page.getByLabel("Name", { exact: true })).toHaveValue("PII");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByRole("row", { name: /PII/ })).toContainText("Customers: 1 mask");
  await expectAccessible(page);

  await as(browser, server, analyst.cookies, [], async (theirs) => {
    await openIde(theirs);
    await run(theirs, "SELECT email, country FROM customers ORDER BY id LIMIT 3");
    const masked = cell(results(theirs), 1, 1);
    await expect(masked).toHaveText(/^...\*\*\*$/);
    await expect(masked).toHaveAttribute("title", /Partially masked.*customers\.email/);
    await expect(masked.locator(".g-mask")).toBeVisible();
    await expect(cell(results(theirs), 1, 2).locator(".g-mask")).toHaveCount(0);
    await expect(results(theirs).getByRole("columnheader", { name: /Partially masked/ })).toBeVisible();

    // What is masked cannot be found out by asking for it either.
    await run(theirs, "SELECT count(*) FROM customers WHERE email LIKE '%@%'");
    await expect(cell(results(theirs), 1, 1)).toHaveText("0");
  });
});

test("a hidden table is not there; view as says what somebody sees", async ({ page, account, browser, server, analyst }) => {
  await store(account, "No salaries", [
    rule("employees", { access: "deny" }),
    rule("customers", { columns: [["phone", "hash"]], rows: "country = 'Germany'" }),
  ]);
  await open(page, "/admin/policies?view");
  const seen = page.getByRole("row", { name: /customers/ });
  await expect(page.getByRole("row", { name: /employees/ })).toContainText("hidden");
  await expect(seen).toContainText("phone: hash");
  await expect(seen).toContainText("country = 'Germany'");
  await expectAccessible(page);
  await page.getByLabel("View as").selectOption({ label: "Alan" });
  await expect(page.getByRole("row", { name: /employees/ })).toContainText("No salaries");
  await page.getByLabel("View as").selectOption("admin");
  await expect(page.getByText("Everything is shown as it is")).toBeVisible();

  const complaints = [/status of 422/];
  await as(browser, server, analyst.cookies, complaints, async (theirs) => {
    await openIde(theirs);
    const tree = theirs.getByRole("tree", { name: "Schema" });
    await expect(tree.getByRole("treeitem", { name: /customers/ }).first()).toBeVisible();
    await expect(tree.getByRole("treeitem", { name: /employees/ })).toHaveCount(0);
    await run(theirs, "SELECT * FROM employees");
    await expect(results(theirs).getByRole("alert")).toContainText("employees");
    await run(theirs, "SELECT DISTINCT country FROM customers");
    await expect(cell(results(theirs), 1, 1)).toHaveText("Germany");
    await expect(results(theirs)).toContainText("1 row ");
  });
});

test.describe("conditions", () => {
  // Chromium reports the refused check by itself.
  test.use({ expectedComplaints: [/status of 422/] });

  test("a row filter says what is wrong and where", async ({ page }) => {
    await open(page, "/admin/policies?new");
    await choose(page, "customers");
    const filter = page.getByLabel("Only rows where");
    await filter.fill("contry = 'Germany'");
    await expect(page.getByText(/Line 1, column 1: .*contry/)).toBeVisible();
    await expect(filter).toHaveAttribute("aria-invalid", "true");
    await filter.fill("country = 'Germany' AND email = ");
    await page.getByRole("button", { name: "{user.email}" }).click();
    await expect(filter).toHaveValue("country = 'Germany' AND email = {user.email}");
    await expect(page.getByText("Works on this table.")).toBeVisible();
  });
});

test.describe("conflicts", () => {
  // Chromium reports the refused save by itself.
  test.use({ expectedComplaints: [/status of 409/] });

  test("another admin's change in between is shown, and one decides", async ({ page, account }) => {
    const { id, draft, version } = await store(account, "PII", [rule("customers", { columns: [["email", "hash"]] })]);
    await open(page, `/admin/policies?edit=${id}`);
    await choose(page, "customers");
    await page.getByLabel("Mask of phone").selectOption("null");

    const tables = [rule("customers", { columns: [["email", "null"]] })];
    await account.call("policies/save", { id, draft: { ...draft, tables }, version });
    await page.getByRole("button", { name: "Save", exact: true }).click();
    const conflict = page.getByRole("alert").filter({ hasText: "Somebody else saved this policy" });
    await expect(conflict).toContainText("email");
    await conflict.getByRole("button", { name: "Save mine over theirs" }).click();
    await expect(page.getByRole("row", { name: /PII/ })).toContainText("Customers: 2 masks");

    await open(page, "/admin/policies?changes");
    await expect(page.getByRole("row").nth(1)).toContainText("changed");
    await expect(page.getByRole("row").nth(1)).toContainText("Ada");
    await expectAccessible(page);
  });
});

test("what looks sensitive becomes a policy", async ({ page, account }) => {
  await open(page, "/admin/policies");
  const note = page.getByRole("status").filter({ hasText: "Sample shop look sensitive" });
  await note.getByRole("link", { name: "Review them" }).click();
  const email = page.getByRole("row", { name: /main\.customers.*e-mail/ });
  await expect(email.getByRole("checkbox")).toBeChecked();
  await expectAccessible(page);
  await page.getByLabel("Choose all").uncheck();
  await email.getByRole("checkbox").check();
  await page.getByRole("button", { name: "Draft a policy with 1 column" }).click();
  await expect(page.getByLabel("Name", { exact: true })).toHaveValue("Sensitive columns of Sample shop");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByRole("row", { name: /Sensitive columns/ })).toContainText("Everyone except admins");

  const [{ id }] = await account.call("policies/list");
  expect(id).toBeTruthy();
  await note.getByRole("link", { name: "Review them" }).click();
  await expect(email).toContainText("masked already");
});

test("a policy is switched off and deleted", async ({ page, account }) => {
  await store(account, "Short-lived", [rule("customers", { columns: [["email", "hash"]] })]);
  await open(page, "/admin/policies");
  const on = page.getByRole("switch", { name: "Short-lived is on" });
  await on.click();
  await expect(page.getByText("Short-lived is off.")).toBeVisible();
  await expect(on).not.toBeChecked();
  expect((await account.call("policies/list"))[0].draft.enabled).toBe(false);
  await page.getByRole("button", { name: "Delete Short-lived" }).click();
  await page.getByRole("button", { name: "Delete policy" }).click();
  await expect(page.getByText("Everybody sees everything")).toBeVisible();
});

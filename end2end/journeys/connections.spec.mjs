// Adding, testing and querying PostgreSQL and MariaDB; connections that fail.

import { SHOP, mariadb, postgres } from "../harness/databases.mjs";
import { ask, cell, openIde, results, run } from "../harness/ide.mjs";
import { expect, open, test } from "../harness/test.mjs";

const KINDS = [
  { kind: "PostgreSQL", make: postgres },
  { kind: "MySQL / MariaDB", make: mariadb },
];

for (const { kind, make } of KINDS) {
  test(`${kind}: add, test, query, ask`, async ({ page }) => {
    const database = make(SHOP);
    const name = `shop on ${kind.split(" ")[0]}`;
    try {
      await open(page, "/admin/connections?new");
      await fill(page, kind, name, database);
      await page.getByRole("button", { name: "Test" }).click();
      await expect(page.getByText("Connected to")).toBeVisible();
      await page.getByRole("button", { name: "Save" }).click();
      await expect(page.getByRole("row", { name: new RegExp(name) })).toContainText("2 tables");

      await openIde(page, name);
      await run(page, "SELECT city, SUM(total) AS revenue FROM orders JOIN customers ON customers.id = customer_id GROUP BY city ORDER BY city");
      await expect(cell(results(page), 1, 1)).toHaveText("Oslo");
      await expect(cell(results(page), 1, 2)).toHaveText("106.25");
      await expect(cell(results(page), 2, 2)).toHaveText("30.50");
      await expect(results(page)).toContainText("2 rows");

      const turn = await ask(page, "how many customers per city");
      await turn.getByRole("tab", { name: "Grid" }).click();
      await expect(turn.getByRole("row", { name: /Oslo 2/ })).toBeVisible();
    } finally {
      database.drop();
    }
  });
}

test("what fails is told apart", async ({ page }) => {
  const database = postgres("SELECT 1;");
  try {
    await open(page, "/admin/connections?new");
    await fill(page, "PostgreSQL", "broken", { ...database, password: "wrong" });
    const outcome = page.locator("[data-cause]");
    await page.getByRole("button", { name: "Test" }).click();
    await expect(outcome).toContainText("The user or password is wrong");

    await page.getByLabel("Password", { exact: true }).fill(database.password);
    await page.getByLabel("Database", { exact: true }).fill("no_such_database");
    await page.getByRole("button", { name: "Test" }).click();
    await expect(outcome).toContainText("The database does not exist there");

    await page.getByLabel("Port").fill("1");
    await page.getByRole("button", { name: "Test" }).click();
    await expect(outcome).toContainText("Nothing listens on that port");
  } finally {
    database.drop();
  }
});

async function fill(page, kind, name, { host, port, database, user, password }) {
  await page.getByText(kind, { exact: true }).click();
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("Host").fill(host);
  await page.getByLabel("Port").fill(port);
  await page.getByLabel("Database", { exact: true }).fill(database);
  await page.getByLabel("User", { exact: true }).fill(user);
  await page.getByLabel("Password", { exact: true }).fill(password);
}

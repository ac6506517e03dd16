// The pages there are, and how to tell that one is complete.

const heading = (name) => (page) => page.getByRole("heading", { level: 1, name }).waitFor();
const settled = (name) => async (page) => {
  await heading(name)(page);
  await page.locator(".loading").waitFor({ state: "detached" });
};

export const PAGES = [
  {
    name: "ide",
    path: "/",
    ready: async (page) => {
      await page.locator(".monaco-editor .view-lines").first().waitFor();
      await page.getByLabel("Ask a question").waitFor();
    },
  },
  { name: "history", path: "/history", ready: settled("History") },
  { name: "connections", path: "/admin/connections", ready: settled("Connections") },
  {
    name: "new connection",
    path: "/admin/connections?new",
    ready: (page) => page.getByRole("button", { name: "Save" }).waitFor(),
  },
  { name: "policies", path: "/admin/policies", ready: settled("Policies") },
  {
    name: "new policy",
    path: "/admin/policies?new",
    ready: async (page) => {
      await page.getByRole("list", { name: "Columns" }).getByRole("listitem").first().waitFor();
      await page.locator(".policy-rows").waitFor();
    },
  },
  {
    name: "sensitive columns",
    path: "/admin/policies",
    ready: async (page) => {
      await page.getByRole("link", { name: /Review them/ }).click();
      await page.getByLabel("Choose all").waitFor();
    },
  },
  { name: "view as", path: "/admin/policies?view", ready: settled("Policies") },
  { name: "policy changes", path: "/admin/policies?changes", ready: settled("Policies") },
  { name: "users", path: "/admin/users", ready: settled("Users") },
  { name: "models", path: "/admin/models", ready: settled(/Model/) },
  { name: "settings", path: "/settings", ready: settled("Settings") },
  {
    name: "not found",
    path: "/no-such-page",
    ready: (page) => page.getByText("There is no such page").waitFor(),
  },
];

export const STRANGERS_PAGES = [
  { name: "login", path: "/login", ready: (page) => page.getByRole("button", { name: "Sign in" }).waitFor() },
  { name: "set-up without a token", path: "/setup", ready: (page) => page.getByRole("heading", { level: 1 }).waitFor() },
];

/** The IDE with an answer, a result, a plan and the list of keys on screen. */
export const ASKED = [
  {
    name: "ide result",
    path: "/",
    ready: async (page) => {
      await PAGES[0].ready(page);
      await statement(page);
      await page.keyboard.press("Control+Enter");
      await page.getByRole("gridcell").first().waitFor();
    },
  },
  {
    name: "ide plan",
    path: "/",
    ready: async (page) => {
      await PAGES[0].ready(page);
      await statement(page);
      await page.keyboard.press("Control+E");
      await page.locator(".plan-step").first().waitFor();
    },
  },
  {
    name: "ide keys",
    path: "/",
    ready: async (page) => {
      await PAGES[0].ready(page);
      await page.getByRole("button", { name: /Keyboard shortcuts/ }).click();
      await page.getByRole("dialog").waitFor();
    },
  },
  {
    name: "ide asked",
    path: "/",
    ready: async (page) => {
      await PAGES[0].ready(page);
      await page.getByLabel("Ask a question").fill("monthly revenue last year");
      await page.keyboard.press("Enter");
      await page.locator(".answer-rows").waitFor({ timeout: 20_000 });
      await page.locator(".chart-host svg, .chart-host canvas").first().waitFor();
    },
  },
];

async function statement(page) {
  await page.locator(".monaco-editor .view-lines").first().click();
  await page.keyboard.press("Control+A");
  await page.keyboard.insertText(
    "SELECT c.country, count(*) AS orders, sum(o.total_amount) AS total\nFROM customers c\nJOIN orders o ON o.customer_id = c.id\nGROUP BY c.country\nORDER BY total DESC",
  );
}

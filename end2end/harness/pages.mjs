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

/** The IDE with an answer on screen. */
export const ASKED = [
  {
    name: "ide asked",
    path: "/",
    ready: async (page) => {
      await PAGES[0].ready(page);
      await page.getByLabel("Ask a question").fill("monthly revenue last year");
      await page.keyboard.press("Enter");
      await page.locator(".answer-rows").waitFor({ timeout: 20_000 });
      await page.locator(".answer-rows svg, .answer-rows canvas").first().waitFor();
    },
  },
];

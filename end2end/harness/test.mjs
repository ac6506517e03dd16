// `test` of the journeys: a server per file of journeys, a signed-in page, and no console errors.

import { spawnSync } from "node:child_process";
import { test as base, expect } from "@playwright/test";
import { startServer } from "./server.mjs";

export { expect };

/** The administrator that every server of the journeys has. */
export const ADMIN = { email: "ada@example.com", password: "correct horse battery staple" };

export const test = base.extend({
  /** Complaints of the page that a journey expects, as regular expressions. */
  expectedComplaints: [[], { option: true }],

  /** One server for all journeys of a worker. */
  server: [
    async ({}, use) => {
      const server = await startServer({ before: addAdmin });
      await use(server);
      const output = server.output();
      await server.stop();
      expect(output, "the server never panics").not.toContain("panicked at");
    },
    { scope: "worker", timeout: 120_000 },
  ],

  /** Somebody signed in: the cookies, and `call` for server functions. */
  account: [
    async ({ server }, use) => {
      const cookies = await signIn(server);
      const call = caller(server, cookies);
      await sampleShop(call);
      await use({ cookies, call });
    },
    { scope: "worker", timeout: 60_000 },
  ],

  baseURL: async ({ server }, use) => use(server.url),

  /** A page of somebody signed in. `anonymous` gives one of a stranger. */
  page: async ({ page, context, account, expectedComplaints }, use) => {
    await context.addCookies(account.cookies);
    await watched(page, expectedComplaints, use);
  },

  anonymous: async ({ browser, server, expectedComplaints }, use) => {
    const context = await browser.newContext({ baseURL: server.url });
    await watched(await context.newPage(), expectedComplaints, use);
    await context.close();
  },
});

/** Hands out a page and afterwards fails on what it complained about. */
export async function watched(page, expected, use) {
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(`uncaught: ${error.stack ?? error}`));
  page.on("console", (message) => {
    const at = message.location().url;
    if (["error", "warning"].includes(message.type())) complaints.push(`${message.text()} (${at})`);
  });
  await use(page);
  const unexpected = complaints.filter((text) => !expected.some((pattern) => pattern.test(text)));
  expect(unexpected, "the console stays quiet").toEqual([]);
}

/** Opens a page and waits until it answers. */
export async function open(page, path) {
  await page.goto(path);
  await alive(page);
}

export async function alive(page) {
  await page.locator("html[data-hydrated]").waitFor({ state: "attached" });
}

/** Signs the administrator in, through the door that people use; gives the browser's cookies. */
export async function signIn(server) {
  const answer = await fetch(`${server.url}/api/account/log_in`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: server.url },
    body: JSON.stringify(ADMIN),
  });
  if (!answer.ok) throw new Error(`signing in: ${answer.status} ${await answer.text()}`);
  return answer.headers.getSetCookie().map((line) => {
    const [, name, value] = line.match(/^([^=]+)=([^;]*)/);
    return { name, value, url: server.url };
  });
}

/** Makes the administrator on a server's data, before the server starts. */
export function addAdmin({ binary, env }) {
  const args = ["user", "add", ADMIN.email, "--name", "Ada", "--role", "admin", "--password-stdin"];
  const done = spawnSync(binary, args, { env, input: ADMIN.password, encoding: "utf8" });
  if (done.status !== 0) throw new Error(`querent user add: ${done.stderr}`);
}

/** The sample database is made after the start: waits until it is there and its schema is read. */
export async function sampleShop(call) {
  const made = async () => {
    const list = await call("connections/list");
    return list.some(({ sample, tables }) => sample && tables > 0);
  };
  await expect.poll(made, { timeout: 50_000, message: "the sample database" }).toBe(true);
}

/** Calls server functions as the page does. */
export function caller(server, cookies) {
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
  return async (path, body = {}) => {
    const answer = await fetch(`${server.url}/api/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", origin: server.url, cookie },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`);
    return JSON.parse(text);
  };
}

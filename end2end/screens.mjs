// Takes pictures of every page, 1440×900 and 1024×700, light and dark, for a person to look at.
//
//   cargo xtask screens [directory]

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { chromium as playwright } from "@playwright/test";
import { chromium } from "./harness/chromium.mjs";
import { ASKED, PAGES, STRANGERS_PAGES } from "./harness/pages.mjs";
import { startServer } from "./harness/server.mjs";
import { addAdmin, alive, caller, sampleShop, signIn } from "./harness/test.mjs";

const SIZES = [
  { width: 1440, height: 900 },
  { width: 1024, height: 700 },
];
const out = process.argv[2] ?? "target/screens";

await mkdir(out, { recursive: true });
const server = await startServer({ before: addAdmin });
const browser = await playwright.launch(chromium());
try {
  const cookies = await signIn(server);
  await sampleShop(caller(server, cookies));
  for (const viewport of SIZES) {
    for (const colorScheme of ["light", "dark"]) {
      const options = { viewport, colorScheme, baseURL: server.url };
      const signedIn = await browser.newContext(options);
      await signedIn.addCookies(cookies);
      await take(signedIn, [...PAGES, ...ASKED], viewport, colorScheme);
      await take(await browser.newContext(options), STRANGERS_PAGES, viewport, colorScheme);
    }
  }
} finally {
  await browser.close();
  await server.stop();
}

async function take(context, pages, { width }, scheme) {
  for (const { name, path, ready } of pages) {
    const page = await context.newPage();
    const file = join(out, `${name.replaceAll(" ", "-")}-${width}-${scheme}.png`);
    try {
      await page.goto(path);
      await alive(page);
      await ready(page);
    } catch (error) {
      // A page that never gets ready is worth a picture all the more.
      console.error(`${name}: ${error.message.split("\n")[0]}`);
    }
    await page.screenshot({ path: file });
    console.log(file);
    await page.close();
  }
  await context.close();
}

import { chromium as playwright } from "@playwright/test";
import { chromium } from "./harness/chromium.mjs";
const B = process.env.B ?? "http://127.0.0.1:3100";
const browser = await playwright.launch(chromium());
const ctx = await browser.newContext({ viewport: { width: +(process.env.W ?? 1440), height: +(process.env.H ?? 900) }, colorScheme: process.env.SCHEME ?? "light", baseURL: B });
const page = await ctx.newPage();
page.on("console", m => ["error","warning"].includes(m.type()) && console.log("CONSOLE", m.type(), m.text()));
page.on("pageerror", e => console.log("PAGEERROR", e.message));
await page.goto("/login");
await page.screenshot({ path: "/work/shots/login.png" });
await page.waitForTimeout(1500);
await page.getByLabel(/e-?mail/i).fill("admin@localhost");
await page.getByLabel(/password/i).first().fill("correct horse 42");
await page.keyboard.press("Enter");
await page.waitForTimeout(3000);
await page.screenshot({ path: "/work/shots/ide.png" });
const steps = (process.argv[2] ?? "").split(",").filter(Boolean);
for (const s of steps) {
  if (s.startsWith("/")) { await page.goto(s); await page.waitForTimeout(1500); await page.screenshot({ path: `/work/shots/p${s.replaceAll("/", "-")}.png` }); }
  else if (s.startsWith("ask:")) { await page.goto("/"); await page.waitForTimeout(1500); const q = page.getByLabel("Ask a question"); await q.fill(s.slice(4)); await page.keyboard.press("Enter"); await page.waitForTimeout(3500); await page.screenshot({ path: "/work/shots/ask.png" }); }
}
await browser.close();

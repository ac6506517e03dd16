// People besides the administrator: invited by a link, as people are, each with a page of their own.

import { watched } from "./test.mjs";

const PASSWORD = "a quite long password";

/** Invites somebody and accepts; gives the cookies of their session and their user id. */
export async function join(server, account, { email, name, role }) {
  const { path } = await account.call("users/invite", { email, name, role });
  const token = new URL(path, server.url).searchParams.get("token");
  const answer = await fetch(`${server.url}/api/account/accept_link`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: server.url },
    body: JSON.stringify({ token, name, password: PASSWORD }),
  });
  if (!answer.ok) throw new Error(`joining: ${answer.status} ${await answer.text()}`);
  const { user } = await answer.json();
  const cookies = answer.headers.getSetCookie().map((line) => {
    const [, key, value] = line.match(/^([^=]+)=([^;]*)/);
    return { name: key, value, url: server.url };
  });
  return { user, cookies };
}

/** Gives `use` a page of these people's own, which must not complain. */
export async function as(browser, server, cookies, expected, use) {
  const context = await browser.newContext({ baseURL: server.url });
  await context.addCookies(cookies);
  try {
    await watched(await context.newPage(), expected, use);
  } finally {
    await context.close();
  }
}

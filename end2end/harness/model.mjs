// A model server that speaks the chat protocol and answers when it is told to: it stands for a slow model.

import { createServer } from "node:http";

/** `reply` is every answer's text; nothing is answered before `release()`. */
export async function startModel(reply) {
  let release;
  const released = new Promise((resolve) => (release = resolve));
  const calls = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    calls.push(JSON.parse(body || "{}"));
    await released;
    if (calls.at(-1).stream) {
      const chunk = (delta, finish_reason) =>
        `data: ${JSON.stringify({ id: "1", object: "chat.completion.chunk", created: 0, model: "slow", choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.end(`${chunk({ role: "assistant", content: reply }, null)}${chunk({}, "stop")}data: [DONE]\n\n`);
    } else {
      const message = { role: "assistant", content: reply };
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify({ id: "1", object: "chat.completion", created: 0, model: "slow", choices: [{ index: 0, message, finish_reason: "stop" }] }));
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const settings = {
    provider: "open_ai_compatible",
    base_url: `http://127.0.0.1:${server.address().port}/v1`,
    api_key: "a key",
    has_api_key: false,
    model: "slow",
    temperature: 0,
    timeout_s: 60,
  };
  return {
    calls,
    release,
    /** The workspace drafts with this model from now on. */
    use: (account) => account.call("models/save", { settings }),
    /** The built-in engine drafts again. */
    async stop(account) {
      await account.call("models/save", { settings: { ...settings, provider: "built_in" } });
      release();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

// The real server binary on a free port with a data directory of its own.

import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const START_LIMIT_MS = 60_000;

/**
 * Starts a server on fresh data. `before` may use the binary on that data first; `output()` is all
 * that the server printed so far.
 */
export async function startServer({ before = () => {}, env: more = {} } = {}) {
  const binary = process.env.QUERENT_BINARY;
  if (!binary) {
    throw new Error("QUERENT_BINARY is not set: run the journeys with `cargo xtask test --browser`");
  }
  const data = await mkdtemp(join(tmpdir(), "querent-journey-"));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const env = {
    ...process.env,
    QUERENT_DATA_DIR: data,
    QUERENT_ALLOW_LOOPBACK_DATABASES: "true",
    QUERENT_ADDRESS: `127.0.0.1:${port}`,
    ...more,
  };
  before({ binary, env });
  const child = spawn(binary, ["serve"], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8");
    stream.on("data", (text) => (printed += text));
  }
  const ended = new Promise((resolve) => child.once("exit", resolve));

  const server = {
    url,
    data,
    pid: child.pid,
    output: () => printed,
    running: () => child.exitCode === null && child.signalCode === null,
    async stop() {
      child.kill("SIGTERM");
      const late = pause(10_000, "late", { ref: false });
      if ((await Promise.race([ended, late])) === "late") child.kill("SIGKILL");
      await rm(data, { recursive: true, force: true });
    },
  };
  try {
    await ready(server);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return server;
}

async function ready(server) {
  const deadline = Date.now() + START_LIMIT_MS;
  for (;;) {
    if (!server.running()) throw new Error(`the server ended:\n${server.output()}`);
    if (await answers(`${server.url}/readyz`)) return;
    if (Date.now() > deadline) throw new Error(`the server is not ready:\n${server.output()}`);
    await pause(20);
  }
}

async function answers(url) {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}

async function freePort() {
  const probe = createServer();
  await new Promise((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

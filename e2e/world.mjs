// The sandbox of one test file: started at first use, ended with the file.

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, cp, mkdtemp, rm, statfs } from "node:fs/promises";
import http from "node:http";
import net from "node:net";
import { after } from "node:test";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));

const keys = `${root}var/e2e-keys`;
const readyLimit = 60_000;
const stopLimit = 20_000;
const sites = {
  product: ["oneid", 8080],
  portal: ["cpso", 8081],
  connectingontario: ["connectingontario", 8082],
  clinicalconnect: ["clinicalconnect", 8083],
  otnhub: ["otnhub", 8084],
  cco: ["cco", 8085],
  inbox: ["inbox", 8090],
};

let current;
const endings = [];

/** Runs an ending when the file's tests are over: the latest first, and all, even if one fails. */
export const atEnd = (ending) => endings.unshift(ending);

// One hook for all, since the runner leaves out those after one that fails; and
// here, since a hook set inside a test belongs to that test.
after(async () => {
  const faults = [];
  for (const ending of endings) await Promise.resolve().then(ending).catch((fault) => faults.push(fault));
  if (faults.length) throw new Error(faults.map(({ message }) => message).join("\n"));
});

/** The world of this test file: `world.product`, `world.portal`, … are origins, `world.state` is its folder. */
export function world() {
  current ??= process.env.E2E_RUNNING ? Promise.resolve({ ...places(0), state: `${root}var` }) : start();
  return current;
}

function places(offset) {
  const at = ([name, port]) => `http://${name}.localhost:${port + offset}`;
  return Object.fromEntries(Object.entries(sites).map(([site, where]) => [site, at(where)]));
}

async function start() {
  const offset = await freeOffset();
  const state = await mkdtemp(`${(await memory()) ?? "/tmp"}/oneid-e2e-`);
  await chmod(state, 0o755); // PostgreSQL runs as another user when we are root
  // Making RSA keys takes seconds: `make` makes them once for all worlds.
  if (existsSync(keys)) await cp(keys, `${state}/keys`, { recursive: true });
  const child = spawn(`${root}bin/sandbox`, ["-state", state, "-port-offset", String(offset)], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let log = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (log = (log + text).slice(-20_000)));
  const ended = new Promise((resolve) => child.on("exit", (code, signal) => resolve(signal ?? code)));
  let early;
  ended.then((how) => (early = how));
  atEnd(async () => {
    child.kill("SIGINT");
    const killer = setTimeout(() => child.kill("SIGKILL"), stopLimit);
    const how = await ended;
    clearTimeout(killer);
    await rm(state, { recursive: true, force: true });
    if (how !== 0) throw new Error(`the sandbox ended with ${how}:\n${log}`);
  });
  const here = { ...places(offset), state };
  for (const began = Date.now(); ; await pause(50)) {
    if (early !== undefined) throw new Error(`the sandbox ended with ${early} while starting:\n${log}`);
    if ((await ready(`${here.product}/readyz`)) && (await ready(`${here.portal}/members.json`))) return here;
    if (Date.now() - began > readyLimit) throw new Error(`the sandbox is not ready after a minute:\n${log}`);
  }
}

/** A folder in memory with room to spare, or undefined. Disks take their time over a database's files. */
export async function memory() {
  const room = await statfs("/dev/shm").then(({ bavail, bsize }) => bavail * bsize, () => 0);
  return room > 2 * 2 ** 30 ? "/dev/shm" : undefined;
}

async function ready(url) {
  try {
    return (await ask(url)).status === 200;
  } catch {
    return false;
  }
}

// Files run at the same time, each on ports of its own.
async function freeOffset() {
  for (let turn = 0; turn < 100; turn++) {
    const offset = 1050 + 100 * ((process.pid + turn) % 100);
    const ports = [8025, ...Object.values(sites).map(([, port]) => port)];
    const free = await Promise.all(ports.map((port) => bindable(port + offset)));
    if (free.every(Boolean)) return offset;
  }
  throw new Error("no free ports for a sandbox");
}

function bindable(port) {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

/** One HTTP request outside the browser, which alone resolves names under .localhost. */
export function ask(url, { method = "GET", body, headers = {} } = {}) {
  const { host, port, pathname, search } = new URL(url);
  return new Promise((resolve, reject) => {
    const request = http.request(
      { host: "127.0.0.1", port, path: pathname + search, method, headers: { host, ...headers } },
      (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (part) => (text += part));
        response.on("end", () => resolve({ status: response.statusCode, headers: response.headers, text }));
      },
    );
    request.setTimeout(10_000, () => request.destroy(new Error(`${url} did not answer in 10 s`)));
    request.on("error", reject);
    request.end(body);
  });
}

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Asks again until the answer is neither null nor undefined. */
export async function until(what, question, limit = 15_000, every = 100) {
  for (const began = Date.now(); ; await pause(every)) {
    const answer = await question();
    if (answer !== null && answer !== undefined) return answer;
    if (Date.now() - began > limit) throw new Error(`waited ${limit / 1000} s for ${what}`);
  }
}

// What operators do in a shell.

import { spawn } from "node:child_process";
import { environ } from "./database.mjs";
import { root } from "./world.mjs";

/** Runs a command of oneid in the sandbox, types `input` into it, and returns what it printed. */
export async function oneid(world, args, input = "") {
  const child = spawn(`${root}bin/oneid`, args, { env: { ...process.env, ...(await environ(world)) } });
  let out = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (out += text));
  child.stdin.end(input);
  const status = await new Promise((resolve) => child.on("close", resolve));
  if (status !== 0) throw new Error(`oneid ${args.join(" ")} ended with ${status}:\n${out}`);
  return out;
}

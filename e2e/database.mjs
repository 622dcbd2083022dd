// What only time would do, done at once in the database of a sandbox.

import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The sandbox's environment, as its commands are given it. */
export async function environ(world) {
  const lines = (await readFile(`${world.state}/sandbox.env`, "utf8")).split("\n");
  const pairs = lines.map((line) => line.match(/^(?:export )?([A-Z_0-9]+)=(?:'(.*)'|(.*))$/)).filter(Boolean);
  return Object.fromEntries(pairs.map(([, name, quoted, plain]) => [name, quoted ?? plain]));
}

/** Runs a statement, and fails if it changes nothing. */
export async function change(world, statement) {
  const { ONEID_DATABASE_URL: address } = await environ(world);
  const { stdout } = await run("psql", ["--no-psqlrc", "--set=ON_ERROR_STOP=1", "--command", statement, address]);
  if (/ 0$/m.test(stdout)) throw new Error(`nothing was changed by: ${statement}`);
}

// What only time would do, done at once in the database of a sandbox.

import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Runs a statement, and fails if it changes nothing. */
export async function change(world, statement) {
  const environ = await readFile(`${world.state}/sandbox.env`, "utf8");
  const address = environ.match(/^ONEID_DATABASE_URL='?([^'\n]*)/m)[1];
  const { stdout } = await run("psql", ["--no-psqlrc", "--set=ON_ERROR_STOP=1", "--command", statement, address]);
  if (/ 0$/m.test(stdout)) throw new Error(`nothing was changed by: ${statement}`);
}

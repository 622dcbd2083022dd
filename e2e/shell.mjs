// What operators do in a shell.

import { spawn } from "node:child_process";
import { environ } from "./database.mjs";
import { root } from "./world.mjs";

/** Runs one of the operator's commands, `oneid …`, in the world, and returns what it printed. */
export const command = (world, ...args) => converse(world, args, "");

/** The same with answers to what it asks, a line each. */
export async function converse(world, args, answers) {
  const child = spawn(`${root}bin/oneid`, args, { env: { ...process.env, ...(await environ(world)) } });
  let out = "";
  let told = "";
  child.stdout.on("data", (text) => (out += text));
  child.stderr.on("data", (text) => (told += text));
  child.stdin.end(answers);
  const status = await new Promise((resolve) => child.on("close", resolve));
  if (status !== 0) throw new Error(`oneid ${args.join(" ")} ended with ${status}:\n${told}${out}`);
  return out;
}

let accounts = 0;

/**
 * Makes an account, no two of a file alike: `lang` is its language, `services` those it is enrolled
 * in, `licence` tells that it has one, `asked` that a second factor is asked of new browsers.
 */
export async function account(world, { first = "Ann", lang = "en", services = [], licence = true, asked = false } = {}) {
  const number = accounts++;
  const letter = (n) => String.fromCharCode(97 + (n % 26));
  const last = `Maker${letter(number / 26)}${letter(number)}`; // names have no digits
  const phone = `+1416555${String(3000 + number)}`;
  const printed = await command(
    world, "account", "create", "--first", first, "--last", last, "--email", `maker${number}@example.ca`, "--phone", phone,
    "--password", password, "--birth-date", "1970-01-01", "--language", lang,
    ...(licence ? ["--college", "cpso", "--licence", String(400100 + number)] : []),
    ...services.flatMap((name) => ["--service", name]), ...(asked ? [] : ["--no-challenge"]),
  );
  return { login: printed.trim(), name: `${first} ${last}`, phone };
}

/** Of those accounts, and of the sandbox's own. */
export const password = "Sugar-Canoe-1867";

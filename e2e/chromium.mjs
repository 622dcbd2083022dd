// The browser that journeys are walked in.

import { existsSync } from "node:fs";

// The shell is the same engine without a window's parts, and takes half the time.
const programs = ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium"];

/** Its path: CHROMIUM, or Debian's. */
export const program = process.env.CHROMIUM ?? programs.find(existsSync);

if (!program || !existsSync(program)) {
  throw new Error(`no Chromium at ${program ?? programs.join(" or ")}: apt-get install chromium-headless-shell, or set CHROMIUM`);
}

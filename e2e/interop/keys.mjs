// Keys and ports for services.

import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import net from "node:net";
import { promisify } from "node:util";

const made = new Map();

/** An RSA key and its certificate, as PEM; the same for the same name in one run. */
export function keyPair(name) {
  if (!made.has(name)) made.set(name, make(name));
  return made.get(name);
}

async function make(name) {
  const folder = await mkdtemp("/tmp/oneid-interop-key-");
  try {
    await promisify(execFile)("openssl", [
      "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-sha256", "-days", "30", "-subj", `/CN=${name}`,
      "-keyout", `${folder}/key`, "-out", `${folder}/certificate`,
    ]);
    const [key, certificate] = await Promise.all(["key", "certificate"].map((part) => readFile(`${folder}/${part}`, "utf8")));
    return { key, certificate };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** A port that nobody listens on. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

// SimpleSAMLphp (Debian's package) as a service provider, in PHP's own web server.

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { ask, atEnd, until } from "../world.mjs";
import { freePort, keyPair } from "./keys.mjs";

const library = "/usr/share/simplesamlphp";
const here = fileURLToPath(new URL("ssp/", import.meta.url));

/** Whether the package is on this machine. */
export const installed = existsSync(`${library}/lib/_autoload.php`);

/**
 * Starts a server with services of their own: `sources` by name, each with settings of
 * SimpleSAMLphp (saml:SP) on top of the usual ones. `shift` is how far ahead of this machine's
 * its clock is, in minutes. `encrypts: false` keeps a service from naming a key to write to it.
 */
export async function start(product, sources, { shift = 0 } = {}) {
  const place = await mkdtemp("/tmp/oneid-interop-ssp-");
  atEnd(() => rm(place, { recursive: true, force: true }));
  for (const folder of ["cert", "idp", "tmp", "sessions", "config", "www"]) await mkdir(`${place}/${folder}`);
  await cp(`${here}config.php`, `${place}/config/config.php`);
  await cp(`${here}authsources.php`, `${place}/config/authsources.php`);
  await cp(`${here}app.php`, `${place}/www/app.php`);
  await symlink(`${library}/www`, `${place}/www/simplesaml`);
  const port = await freePort();
  const base = `http://ssp.localhost:${port}`;
  const server = new Server(product, base, place);
  await server.trust();
  await server.write(sources);
  const program = shift ? ["faketime", "-f", `${shift > 0 ? "+" : ""}${shift}m`, "php"] : ["php"];
  const args = ["-d", "session.use_strict_mode=0", "-S", `127.0.0.1:${port}`, "-t", `${place}/www`];
  const child = spawn(program[0], [...program.slice(1), ...args], {
    env: {
      ...process.env, SIMPLESAMLPHP_CONFIG_DIR: `${place}/config`, SP_PLACE: place, SP_BASE: base, SP_LIBRARY: library,
      PHP_CLI_SERVER_WORKERS: "1",
    },
    stdio: ["ignore", "ignore", "pipe"],
    detached: true, // faketime starts php as a child of its own: both end with the group
  });
  let said = "";
  child.stderr.on("data", (words) => (said = (said + words).slice(-5000)));
  atEnd(() => process.kill(-child.pid, "SIGKILL"));
  await until("SimpleSAMLphp", async () => {
    if (child.exitCode !== null) throw new Error(`php ended:\n${said}`);
    return ask(`${base}/app.php/none`).catch(() => null);
  });
  server.said = () => said;
  return server;
}

class Server {
  constructor(product, base, place) {
    Object.assign(this, { product, base, place, sources: {} });
  }

  /** Takes the product's metadata as it is now, with its changes if any. */
  async trust(change = (xml) => xml) {
    const { text } = await ask(`${this.product}/saml/metadata`);
    await writeFile(`${this.place}/idp/product.xml`, change(text));
  }

  /** Writes services down: those named are added, or replace what was there. */
  async write(sources) {
    for (const [name, { key, encrypts = true, ...settings }] of Object.entries(sources)) {
      const pair = await keyPair(key ?? name);
      await writeFile(`${this.place}/cert/${name}.key`, pair.key);
      await writeFile(`${this.place}/cert/${name}.crt`, pair.certificate);
      this.sources[name] = {
        0: "saml:SP",
        entityID: `${this.base}/simplesaml/module.php/saml/sp/metadata.php/${name}`,
        idp: `${this.product}/saml/metadata`,
        privatekey: `${name}.key`, certificate: `${name}.crt`,
        "signature.algorithm": "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
        "redirect.sign": false, "sign.logout": true, "validate.logout": true,
        ...settings,
      };
      this.sources[name].encrypts = encrypts;
    }
    await writeFile(`${this.place}/sources.json`, JSON.stringify(this.sources));
  }

  /** A service of this server, as the tests use any library's. */
  service(name) {
    const at = (action, asks = {}) => `${this.base}/app.php/${action}?${new URLSearchParams({ source: name, ...asks })}`;
    return {
      name: `SimpleSAMLphp, ${name}`,
      entityID: this.sources[name].entityID,
      start: at("login"),
      login: (asks) => at("login", asks),
      me: at("me"),
      logout: at("logout"),
      metadata: async () => {
        const { status, text } = await ask(this.sources[name].entityID);
        if (status !== 200 || /<!doctype/i.test(text)) throw new Error(`SimpleSAMLphp has no metadata: ${status} ${text.replace(/<style[^]*?<.style>|<[^>]*>/g, " ").replace(/\s+/g, " ")}`);
        return this.sources[name].encrypts ? text : text.replace(/<md:KeyDescriptor use="encryption">[^]*?<\/md:KeyDescriptor>/, "");
      },
    };
  }
}

// The libraries that judge us, one as the other.

import { ask, world } from "../world.mjs";
import { certificatesOf, judge } from "./judges.mjs";
import { keyPair } from "./keys.mjs";
import * as nodesaml from "./nodesaml.mjs";
import { register } from "./product.mjs";
import * as simplesamlphp from "./simplesamlphp.mjs";

/** Each with the words for what they call otherwise. */
export const libraries = [
  {
    name: "SimpleSAMLphp",
    skip: simplesamlphp.installed ? false : "SimpleSAMLphp is not installed: apt install simplesamlphp",
    start: simplesamlphp.start,
    signs: { "redirect.sign": true, "sign.authnrequest": true },
  },
  { name: "node-saml", skip: false, start: nodesaml.start, signs: { signs: true } },
];

/** Starts a library with services and makes them known to the product. */
export async function services(library, sources, options) {
  const { product } = await world();
  const server = await library.start(product, sources, options);
  for (const name of Object.keys(sources)) await register(server.service(name));
  return server;
}

/** Judges all that a browser carried from the product. `keys` are names of key pairs by service. */
export async function judged(who, keys = {}) {
  const { product } = await world();
  const { text } = await ask(`${product}/saml/metadata`);
  const pairs = {};
  for (const [name, key] of Object.entries(keys)) pairs[name] = (await keyPair(key)).key;
  const keyOf = ({ to }) => pairs[Object.keys(pairs).find((name) => new RegExp(`[/.]${name}(/|$|\\?)`).test(to))] ?? null;
  return judge(who.messages, product, certificatesOf(text), keyOf);
}

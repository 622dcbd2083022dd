// What xmllint and xmlsec1 say about messages: schemas, signatures, and both again after
// decryption.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createVerify, X509Certificate } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { inflateRawSync } from "node:zlib";
import { root } from "../world.mjs";

const run = promisify(execFile);
const schemas = `${root}saml/samltest/schemas`;

/** A message as XML. */
export const read = ({ binding, value }) => {
  const bytes = Buffer.from(value, "base64");
  return (binding === "Redirect" ? inflateRawSync(bytes) : bytes).toString();
};

/** The first element's name and those of all elements in a message that have a signature. */
const kindOf = (xml) => xml.match(/<(?:\w+:)?(\w+)[\s>]/)[1];

/**
 * Judges every message that a browser carried from the product: schema, signatures by one of
 * the product's certificates, and the same of what is encrypted, with the service's key.
 */
export async function judge(messages, product, certificates, keyOf = () => null) {
  const ours = messages.filter((m) => !m.to.startsWith(`${product}/`));
  await Promise.all(ours.map((m) => judgeOne(m, certificates, keyOf(m))));
  return ours.length;
}

async function judgeOne(message, certificates, key) {
  const folder = await mkdtemp("/tmp/oneid-judge-");
  try {
    const xml = read(message);
    await writeFile(`${folder}/message.xml`, xml);
    await lint(`${folder}/message.xml`, "saml-schema-protocol-2.0.xsd");
    const kind = kindOf(xml);
    if (message.binding === "Redirect") assert.ok(querySigned(message.query, certificates), `${kind} by redirect: its signature`);
    else if (kind !== "Response" || signs(xml, "Response")) await verify(folder, "message.xml", kind, certificates);
    if (/<(?:\w+:)?EncryptedAssertion/.test(xml)) {
      assert.ok(key, "an encrypted assertion for nobody");
      assert.match(xml, /xmlenc11#aes(128|256)-gcm/);
      await writeFile(`${folder}/key.pem`, key);
      await run("xmlsec1", ["--decrypt", ...(await anyKey()), "--privkey-pem", `${folder}/key.pem`, "--output", `${folder}/open.xml`, `${folder}/message.xml`]);
      const inner = await assertionOf(`${folder}/open.xml`);
      await writeFile(`${folder}/assertion.xml`, inner);
      await lint(`${folder}/assertion.xml`, "saml-schema-assertion-2.0.xsd");
      if (/<(?:\w+:)?Signature[\s>]/.test(inner)) await verify(folder, "assertion.xml", "Assertion", certificates);
    } else if (signs(xml, "Assertion")) await verify(folder, "message.xml", "Assertion", certificates);
  } finally {
    await rm(folder, { recursive: true });
  }
}

// From 1.3 on, xmlsec1 has to be told to use a key that the message does not name.
let version;
async function anyKey() {
  version ??= (await run("xmlsec1", ["--version"])).stdout.match(/(\d+)\.(\d+)/).slice(1).map(Number);
  return version[0] > 1 || version[1] >= 3 ? ["--lax-key-search"] : [];
}

const signs = (xml, kind) =>
  new RegExp(`<(?:\\w+:)?${kind}[\\s][^>]*>\\s*<(?:\\w+:)?Issuer[^>]*>[^<]*</(?:\\w+:)?Issuer>\\s*<(?:\\w+:)?Signature[\\s>]`).test(xml);

async function assertionOf(file) {
  const { stdout } = await run("xmllint", ["--xpath", "//*[local-name()='Assertion']", file]);
  return stdout.trim();
}

const lint = (file, schema) =>
  run("xmllint", ["--nonet", "--noout", "--schema", `${schemas}/${schema}`, file], {
    env: { ...process.env, XML_CATALOG_FILES: `${schemas}/catalog.xml` },
  });

/** One of several certificates has to fit: two are published while keys change. */
async function verify(folder, file, kind, certificates) {
  const namespace = kind === "Assertion" ? "urn:oasis:names:tc:SAML:2.0:assertion" : "urn:oasis:names:tc:SAML:2.0:protocol";
  const faults = [];
  for (const [n, certificate] of certificates.entries()) {
    await writeFile(`${folder}/product-${n}.pem`, certificate);
    try {
      const node = `//*[local-name()='${kind}']/*[local-name()='Signature']`;
      await run("xmlsec1", [
        "--verify", "--enabled-key-data", "rsa,ec,ecdsa", "--pubkey-cert-pem", `${folder}/product-${n}.pem`,
        "--id-attr:ID", `${namespace}:${kind}`, "--node-xpath", node, `${folder}/${file}`,
      ]);
      return;
    } catch (fault) {
      faults.push(fault.stderr);
    }
  }
  assert.fail(`xmlsec1 refuses the ${kind}: ${faults.join("\n")}`);
}

function querySigned(query, certificates) {
  const [octets, signature] = query.split("&Signature=");
  const algorithm = decodeURIComponent(octets.match(/SigAlg=([^&]+)/)?.[1] ?? "");
  assert.match(algorithm, /(rsa|ecdsa)-sha256$/);
  return certificates.some((certificate) => {
    const key = { key: new X509Certificate(certificate).publicKey, dsaEncoding: "ieee-p1363" };
    return createVerify("sha256").update(octets).verify(key, Buffer.from(decodeURIComponent(signature), "base64"));
  });
}

/** The product's signing certificates, as PEM. */
export function certificatesOf(metadata) {
  const role = metadata.slice(metadata.indexOf("IDPSSODescriptor"));
  const keys = [...role.matchAll(/<(?:\w+:)?KeyDescriptor(?: use="(\w+)")?[^]*?<(?:\w+:)?X509Certificate>([^<]+)</g)];
  return keys
    .filter(([, use]) => use !== "encryption")
    .map(([, , body]) => `-----BEGIN CERTIFICATE-----\n${body.replace(/\s/g, "").replace(/.{64}/g, "$&\n")}\n-----END CERTIFICATE-----\n`);
}

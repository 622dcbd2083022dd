// The product as its operator has it, for services to be tried with.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { account, command } from "../shell.mjs";
import { atEnd, world } from "../world.mjs";
import { Person } from "./person.mjs";

export const saml = {
  persistent: "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
  transient: "urn:oasis:names:tc:SAML:2.0:nameid-format:transient",
  email: "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
  password: "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport",
  mfa: "https://refeds.org/profile/mfa",
  x509: "urn:oasis:names:tc:SAML:2.0:ac:classes:X509",
  status: (name) => `urn:oasis:names:tc:SAML:2.0:status:${name}`,
};

/** Makes a service known to the product. */
export async function register(service, ...more) {
  const here = await world();
  const folder = await mkdtemp("/tmp/oneid-interop-");
  atEnd(() => rm(folder, { recursive: true, force: true }));
  await writeFile(`${folder}/metadata.xml`, await service.metadata());
  return command(here, "sp", "import", `${folder}/metadata.xml`, "--start", service.start, ...more);
}

/** Somebody with an account that is never asked a second factor, in a browser of their own. */
export async function person() {
  const here = await world();
  const { login } = await account(here, { first: "Inter" });
  return new Person(here, login);
}

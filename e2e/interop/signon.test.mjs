// Signing on, as services see it that are made with other people's libraries.

import assert from "node:assert/strict";
import { test } from "node:test";
import { world } from "../world.mjs";
import { judged, libraries, services } from "./libraries.mjs";
import { text } from "./person.mjs";
import { person, saml } from "./product.mjs";

for (const library of libraries) {
  test(`signing on with ${library.name}`, { skip: library.skip }, async (t) => {
    const { product } = await world();
    const { signs } = library;
    const posts = library.name === "node-saml" ? { authnRequestBinding: "HTTP-POST", skipRequestCompression: true } : {};
    const server = await services(library, {
      plain: { encrypts: false },
      signed: { encrypts: false, ...signs },
      forged: { encrypts: false, ...signs },
      posted: { encrypts: false, ...signs, ...posts },
      forgedpost: { encrypts: false, ...signs, ...posts },
      hidden: {},
      launched: { encrypts: false, ...(library.name === "node-saml" && { validateInResponseTo: "ifPresent" }) },
    });
    const service = (name) => server.service(name);
    const account = await person();
    const signedIn = async () => {
      const who = account.elsewhere();
      await who.signIn();
      return who;
    };

    await t.test("by redirect, from nothing", async () => {
      const who = account.elsewhere();
      const learned = wantSignedIn(await who.learn(service("plain").login()));
      assert.equal(learned.context, saml.password);
      assert.ok(Math.abs(Date.now() - instant(learned)) < 120_000, String(learned.instant));
      assert.ok(Object.values(learned.attributes).flat().some((value) => value.includes("Inter")), JSON.stringify(learned.attributes));
      assert.ok(await judged(who) > 0);
    });

    await t.test("a signed request, and the same without its signature", async () => {
      const who = await signedIn();
      wantSignedIn(await who.learn(service("signed").login()));
      await judged(who);
      const ask = new URL((await who.once(service("signed").login())).headers.location);
      assert.ok(ask.searchParams.get("Signature"), ask.href);
      for (const part of ["SigAlg", "Signature"]) ask.searchParams.delete(part);
      await wantRefused(who, await who.open(ask.href));
    });

    await t.test("a request signed with another key than the one we know", async () => {
      await server.write({ forged: { encrypts: false, ...signs, key: "a key that nobody knows" } });
      const who = await signedIn();
      await wantRefused(who, await who.open(service("forged").login()));
      assert.equal((await who.learn(service("forged").me)).signedIn, false);
    });

    await t.test("by post, signed well and badly", async () => {
      if (library.name !== "node-saml") await server.trust((xml) => xml.replace(/<\w+:SingleSignOnService[^>]*HTTP-Redirect[^>]*>(<\/\w+:SingleSignOnService>)?/g, ""));
      const who = await signedIn();
      wantSignedIn(await who.learn(service("posted").login()));
      assert.ok(who.messages.some((m) => m.name === "SAMLRequest" && m.binding === "POST"), "the request was not posted");
      await server.write({ forgedpost: { encrypts: false, ...signs, ...posts, key: "a key that nobody knows" } });
      await wantRefused(who, await who.open(service("forgedpost").login()));
      await server.trust();
    });

    await t.test("an encrypted assertion", async () => {
      const who = await signedIn();
      wantSignedIn(await who.learn(service("hidden").login()));
      await judged(who, { hidden: "hidden" });
      assert.match(Buffer.from(who.messages.at(-1).value, "base64").toString(), /EncryptedAssertion/);
    });

    await t.test("ForceAuthn asks again, and says when", async () => {
      const who = await signedIn();
      wantSignedIn(await who.learn(service("plain").login()));
      await new Promise((resolve) => setTimeout(resolve, 1100)); // instants are told to the second
      const moment = who.trail.length;
      const began = Math.floor(Date.now() / 1000) * 1000;
      const learned = wantSignedIn(await who.learn(service("plain").login({ force: "yes" })));
      assert.ok(who.typedSince(moment), "nobody was asked");
      assert.ok(instant(learned) >= began, `${learned.instant}, asked at ${new Date(began).toISOString()}`);
    });

    await t.test("IsPassive without and with a session", async () => {
      const who = account.elsewhere();
      wantDeclined(await who.learn(service("plain").login({ passive: "yes" })), "Responder", "NoPassive");
      await who.signIn();
      await who.learn(service("plain").login());
      const moment = who.trail.length;
      wantSignedIn(await who.learn(service("plain").login({ passive: "yes" })));
      assert.ok(!who.typedSince(moment), "somebody was asked");
      await judged(who);
    });

    await t.test("contexts that can be met, and such that can't", async () => {
      const who = await signedIn();
      for (const asks of [{ context: saml.password }, { context: `${saml.mfa} ${saml.password}` }, { context: saml.password, comparison: "minimum" }]) {
        const learned = wantSignedIn(await who.learn(service("plain").login({ ...asks })));
        assert.equal(learned.context, saml.password, JSON.stringify(asks));
      }
      // Nobody can give the first; the second would take a code from the person's phone.
      wantDeclined(await who.learn(service("plain").login({ context: saml.x509 })), "Responder", "NoAuthnContext");
      wantDeclined(await who.learn(service("plain").login({ context: saml.mfa, passive: "yes" })), "Responder", "NoPassive");
      await judged(who);
    });

    await t.test("names: the same each time, a fresh one each time, and none that we don't give", async () => {
      const who = await signedIn();
      const name = async (format) => (await who.learn(service("plain").login({ format }))).nameID;
      assert.equal(await name(saml.persistent), await name(saml.persistent));
      assert.notEqual(await name(saml.transient), await name(saml.transient));
      wantDeclined(await who.learn(service("plain").login({ format: saml.email })), null, "InvalidNameIDPolicy");
    });

    await t.test("unsolicited, to a page of the service", async () => {
      const who = await signedIn();
      const launch = new URLSearchParams({ sp: service("launched").entityID, RelayState: service("launched").me });
      const page = await who.open(`${product}/saml/launch?${launch}`);
      assert.match(page.url, new RegExp(`^${new URL(service("launched").me).origin}`), `${page.url}: ${text(page)}`);
      assert.equal(JSON.parse(page.text).signedIn, true, page.text);
    });
  });
}

const instant = ({ instant }) => (typeof instant === "number" ? instant * 1000 : Date.parse(instant));

function wantSignedIn(learned) {
  assert.equal(learned.signedIn, true, JSON.stringify(learned));
  assert.ok(learned.nameID && learned.sessionIndex, JSON.stringify(learned));
  return learned;
}

function wantDeclined(learned, status, substatus) {
  assert.equal(learned.signedIn, false, JSON.stringify(learned));
  if (status) assert.equal(learned.status, saml.status(status), JSON.stringify(learned));
  assert.equal(learned.substatus, saml.status(substatus), JSON.stringify(learned));
}

async function wantRefused(who, page) {
  assert.ok(page.url.startsWith(who.world.product), page.url);
  assert.equal(page.status, 403, text(page));
  assert.match(text(page), /[A-Z0-9]{3}-[A-Z0-9]{3}/); // the number for the desk
}

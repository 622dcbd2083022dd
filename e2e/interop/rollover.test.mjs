// Our signing key changes while people go on signing in: with services that follow our metadata,
// and with one that takes its time.

import assert from "node:assert/strict";
import { test } from "node:test";
import { command } from "../shell.mjs";
import { ask, world } from "../world.mjs";
import { certificatesOf } from "./judges.mjs";
import { libraries, services } from "./libraries.mjs";
import { person } from "./product.mjs";

test("our key changes, and no sign-in fails meanwhile", async (t) => {
  const here = await world();
  const there = libraries.filter((library) => !library.skip);
  const followers = [];
  for (const library of there) followers.push(await services(library, { follows: { encrypts: false, ...library.signs } }));
  // Every library has one that learns of the new key long after the others.
  const laggards = [];
  for (const library of there) laggards.push(await services(library, { lags: { encrypts: false, ...library.signs } }));

  const account = await person();
  const everyoneSignsIn = async (when) => {
    const who = account.elsewhere();
    for (const service of [...followers.map((s) => s.service("follows")), ...laggards.map((s) => s.service("lags"))]) {
      const learned = await who.learn(service.login());
      assert.equal(learned.signedIn, true, `${when}, ${service.name}: ${JSON.stringify(learned)}`);
    }
    return who;
  };
  const published = async () => certificatesOf((await ask(`${here.product}/saml/metadata`)).text);
  const follow = (servers) => Promise.all(servers.map((server) => server.trust()));
  const lines = async () => (await command(here, "keys", "list")).trim().split("\n");
  const keyIn = async (state) => (await lines()).find((line) => line.includes("signing") && line.includes(state))?.trim().split(/\s+/)[0];

  await everyoneSignsIn("before");
  const [before] = await published();
  const old = await keyIn("current");

  await t.test("the next key is published and signs nothing", async () => {
    await command(here, "keys", "next");
    assert.equal((await published()).length, 2);
    await everyoneSignsIn("with the next key published");
    await follow(followers);
    await everyoneSignsIn("once the next key is known to those who follow");
  });

  await t.test("a service may go ahead", async () => {
    const { entityID } = followers[0].service("follows");
    await command(here, "keys", "switch", "--service", entityID);
    await everyoneSignsIn("after one has gone ahead");
  });

  await t.test("it signs for those who follow; the others keep the old one", async () => {
    for (const server of followers) await command(here, "keys", "confirm", server.service("follows").entityID);
    await command(here, "keys", "switch", "--reason", "a try");
    assert.equal((await published()).length, 2);
    const who = await everyoneSignsIn("after the switch");
    assert.equal(who.messages.filter(({ name }) => name === "SAMLResponse").length, followers.length + laggards.length);
    const out = await command(here, "keys", "laggards");
    for (const server of laggards) assert.ok(out.includes(server.service("lags").entityID), out);
    for (const server of followers) assert.ok(!out.includes(server.service("follows").entityID), out);
  });

  await t.test("the old one goes when the last has followed", async () => {
    await follow([...laggards, ...followers]);
    for (const server of laggards) await command(here, "keys", "switch", "--service", server.service("lags").entityID);
    await everyoneSignsIn("after the last went over");
    await command(here, "keys", "retire", old, "--reason", "the try is over");
    const after = await published();
    assert.equal(after.length, 1);
    assert.notEqual(after[0], before);
    await follow([...followers, ...laggards]);
    await everyoneSignsIn("without the old key");
  });

  await t.test("what the old key signs is believed no more", async () => {
    // A service that has not looked at our metadata since before: it must refuse what the new key signs.
    const who = account.elsewhere();
    const server = laggards.at(-1);
    server.idp.certificates = [before.replace(/-----[^-]+-----|\s/g, "")];
    const learned = await who.learn(server.service("lags").login());
    assert.equal(learned.signedIn, false, JSON.stringify(learned));
    assert.match(learned.error, /signature/i);
  });
});

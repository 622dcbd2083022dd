// Signing out of everything, from each side, with services of both libraries in one session.

import assert from "node:assert/strict";
import { test } from "node:test";
import { world } from "../world.mjs";
import { judged, libraries, services } from "./libraries.mjs";
import { forms, text } from "./person.mjs";
import { person, saml } from "./product.mjs";

const there = libraries.filter((library) => !library.skip);

test("signing out everywhere", async (t) => {
  const { product } = await world();
  const all = [];
  for (const [n, library] of there.entries()) {
    const names = [`first${n}`, `second${n}`];
    const sources = Object.fromEntries(names.map((name) => [name, { encrypts: false, ...library.signs }]));
    const server = await services(library, sources);
    all.push(...names.map((name) => ({ library, service: server.service(name) })));
  }
  const account = await person();

  const everywhere = async () => {
    const who = account.elsewhere();
    for (const { service } of all) assert.equal((await who.learn(service.login())).signedIn, true, service.name);
    return who;
  };
  const wantGone = async (who) => {
    for (const { service } of all) {
      assert.equal((await who.learn(service.me)).signedIn, false, `${service.name} is still open`);
    }
    const home = await who.follow(`${product}/home`);
    assert.match(new URL(home.url).pathname, /^\/(signin|session)/, home.url);
  };

  for (const library of there) {
    await t.test(`from a service with ${library.name}, to all others`, async () => {
      const who = await everywhere();
      const { service } = all.find((one) => one.library === library);
      const learned = await who.learn(service.logout);
      assert.equal(learned.logout, saml.status("Success"), JSON.stringify(learned));
      await wantGone(who);
      assert.ok(await judged(who) >= 2 * all.length, "every service was asked, and the first was answered");
    });
  }

  await t.test("from us", async () => {
    const who = await everywhere();
    const home = await who.follow(`${product}/home`);
    const leave = forms(home).find(({ url }) => new URL(url).pathname === "/signout");
    const page = await who.open(leave.url, { options: leave });
    assert.ok(page.url.startsWith(product), page.url);
    for (const { service } of all) assert.ok(who.messages.some(({ to }) => to.startsWith(new URL(service.me).origin)), service.name);
    await wantGone(who);
    await judged(who);
    assert.ok(text(page).length > 0);
  });
});

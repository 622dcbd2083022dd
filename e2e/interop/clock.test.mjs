// Services whose clocks go wrong: a little is forgiven, more is said in words.

import assert from "node:assert/strict";
import { test } from "node:test";
import { libraries, services } from "./libraries.mjs";
import { text } from "./person.mjs";
import { person, saml } from "./product.mjs";

const clocks = [
  ["2 minutes ahead", 2],
  ["2 minutes behind", -2],
  ["12 minutes ahead", 12],
  ["12 minutes behind", -12],
];
const forgiven = 3; // minutes

for (const library of libraries) {
  test(`clocks of ${library.name}`, { skip: library.skip }, async (t) => {
    const account = await person();
    for (const [title, shift] of clocks) {
      await t.test(title, async () => {
        const server = await services(library, { plain: { encrypts: false } }, { shift });
        const who = account.elsewhere();
        if (Math.abs(shift) < forgiven) {
          const learned = await who.learn(server.service("plain").login());
          assert.equal(learned.signedIn, true, JSON.stringify(learned));
          return;
        }
        if (shift > 0) {
          const learned = await who.learn(server.service("plain").login());
          assert.equal(learned.signedIn, false, JSON.stringify(learned));
          assert.equal(learned.substatus, saml.status("RequestDenied"), JSON.stringify(learned));
          return;
        }
        const page = await who.open(server.service("plain").login());
        assert.ok(page.url.startsWith(who.world.product) && page.status === 403, `${page.status} ${page.url}: ${text(page)}`);
        assert.match(text(page), /too old|expired|long/i);
      });
    }
  });
}

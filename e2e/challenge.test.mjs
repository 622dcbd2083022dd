// The second factor in a browser: a text, a call that moves the page on, and without script.

import assert from "node:assert/strict";
import { test } from "node:test";
import { byCall, byText, choose } from "./challenge.mjs";
import { message } from "./inbox.mjs";
import { journey } from "./journey.mjs";
import { password } from "./shell.mjs";
import { words } from "./words.mjs";
import { ask } from "./world.mjs";


async function passwordOnly(page, w, login, arrives) {
  await page.visit("/signin");
  await page.write(w("signin.form.login_id"), login);
  await page.write(w("signin.form.password"), password);
  await page.push(w("signin.form.submit"), arrives);
}

const why = async (page) => (await page.locator("#main p").first().textContent()).trim();

test("a new browser is asked for a text, and a remembered one is not asked again", async (t) => {
  await journey(t, { width: 360 }, async (page, world) => {
    const w = words("en");
    const number = "+14165550117";
    await passwordOnly(page, w, "margaret.dubois", { heading: w("challenge.choose.title") });
    assert.equal(await why(page), w("challenge.why.new_browser"));
    await byText(page, world, { w, number, remember: true, shows: ".tiles" });
    await message(world, "margaret.dubois@example.ca", { channel: "mail", has: w("mail.new_device.subject") });
    await page.locator(".menu summary").click();
    await page.push(w("ui.action.signout"), { heading: w("access.signedout.title") });
    await passwordOnly(page, w, "margaret.dubois", { shows: ".tiles" });
  });
});

test("la page avance d’elle-même quand on a appuyé sur la touche", async (t) => {
  await journey(t, { lang: "fr", scheme: "dark" }, async (page, world) => {
    const w = words("fr");
    await page.goto("/language/fr"); // the account's own is English
    await passwordOnly(page, w, "olusegun.adeyemi-clarke", { heading: w("challenge.choose.title") });
    assert.equal(await why(page), w("challenge.why.new_browser"));
    await byCall(page, world, { w, number: "+14165550124", shows: ".tiles" });
  });
});

test("a call and its button are enough without script", async (t) => {
  await journey(t, { script: false, width: 360 }, async (page, world) => {
    const w = words("en");
    await passwordOnly(page, w, "segun.clarke", { heading: w("challenge.choose.title") });
    await byCall(page, world, { w, number: "+14165550125", shows: ".tiles", script: false });
  });
});

test("two 9s in the call freeze the account", async (t) => {
  await journey(t, {}, async (page, world) => {
    const w = words("en");
    await passwordOnly(page, w, "segun.clarke", { heading: w("challenge.choose.title") });
    page.expect(/status of 40[13].*challenge/);
    await choose(page, world, { w, number: "+14165550125", method: "call" });
    const call = await message(world, "+14165550125", { channel: "call" });
    for (const digit of ["9", "9"]) {
      const answer = await ask(`${world.inbox}/calls/${encodeURIComponent(call.id)}/press`, {
        method: "POST", body: JSON.stringify({ digit }), headers: { "content-type": "application/json" },
      });
      assert.ok(answer.status < 300, answer.text);
    }
    await page.act(() => {}, { heading: w("signin.blocked.frozen_title") });
    page.expect(/status of 403.*signin/);
    await passwordOnly(page, w, "segun.clarke", { heading: w("signin.blocked.frozen_title") });
  });
});

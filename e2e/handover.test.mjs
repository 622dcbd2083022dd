// What the college's answer must not be: each variant is refused with a page that says what
// happened, whom to call and under which number, and opens nothing.

import assert from "node:assert/strict";
import { test } from "node:test";
import { journey } from "./journey.mjs";
import { enter, member, signUp, variant } from "./portal.mjs";
import { words } from "./words.mjs";
import { ask } from "./world.mjs";

const w = words("en");
const hostile = {
  unsigned: "invalid",
  "wrong-key": "invalid",
  sha1: "invalid",
  "tampered-name": "invalid",
  wrapped: "invalid",
  "two-assertions": "invalid",
  comment: "invalid",
  doctype: "invalid",
  "wrong-audience": "invalid",
  "wrong-destination": "invalid",
  "wrong-in-response-to": "invalid",
  expired: "expired",
  early: "invalid",
  "missing-birth-date": "incomplete",
  denied: "stopped",
};

test("a hostile answer of the college opens nothing, and the page says whom to call", async (t) => {
  await journey(t, { width: 360 }, async (page, world) => {
    const who = await member(world, 100101);
    page.expect(/status of 403.*college.cpso.return/);
    await enter(page, world, who);
    await variant(world, who, "unsigned");
    await page.locator("#consent").check();
    await page.submit("#signup", { shows: "#contact-h" });
    await refused(page, "invalid");

    const unlike = [];
    for (const [name, reason] of Object.entries(hostile)) {
      await variant(world, who, name);
      await page.goto("/register?college=cpso");
      await refused(page, reason).catch((cause) => unlike.push(`${name}: ${cause.message}`));
    }
    assert.deepEqual(unlike, []);
    await page.look();
  });
});

test("an answer works once, in the browser that asked, and one that nobody asked for is asked anew", async (t) => {
  await journey(t, {}, async (page, world) => {
    const who = await member(world, 100286);
    page.expect(/status of 403.*college.cpso.return/);
    const returns = [];
    page.on("request", (request) => request.url().includes("/college/cpso/return") && returns.push(request.url()));
    await signUp(page, world, who);
    await page.getByRole("heading", { level: 1, name: w("register.policies.title") }).waitFor();
    await page.visit(returns[0]); // a reload of the way in
    assert.equal(new URL(page.url()).pathname, "/register/policies");
    await page.follow(w("ui.action.cancel"), { heading: w("register.cancel.title") });
    await page.push(w("register.cancel.erase"), { heading: w("register.cancel.done_title") });

    await page.visit(returns[0], { shows: "#contact-h" });
    await refused(page, "used");
    await variant(world, who, "replayed");
    await page.visit("/register?college=cpso", { shows: "#contact-h" });
    await refused(page, "other_browser");

    await variant(world, who, "unsolicited");
    await page.visit("/register?college=cpso", { shows: "#contact-h" });
    await refused(page, "invalid"); // it has just asked, and would only ask in circles
  });
  await journey(t, {}, async (page, world) => {
    const unsolicited = (await ask(`${world.portal}/lab/last.xml`)).text;
    await enter(page, world, await member(world, 100286));
    await page.evaluate(({ address, message }) => {
      const form = document.createElement("form");
      form.method = "post";
      form.action = address;
      const field = form.appendChild(document.createElement("input"));
      field.name = "SAMLResponse";
      field.value = btoa(message);
      document.body.append(form);
      form.submit();
    }, { address: `${world.product}/college/cpso/acs`, message: unsolicited });
    await page.locator("#agree, #consent").first().waitFor();
    if (await page.locator("#consent").count()) {
      await page.locator("#consent").check();
      await page.submit("#signup");
    }
    await page.getByRole("heading", { level: 1, name: w("register.policies.title") }).waitFor();
    await page.look();
  });
});

async function refused(page, reason) {
  const { title, text, path, wizard } = await page.locator("#contact-h").waitFor().then(() => page.evaluate(async () => ({
    title: document.querySelector("h1").textContent,
    text: document.getElementById("main").innerText,
    path: location.pathname,
    wizard: (await (await fetch("/register/policies")).text()).includes('id="step"'),
  })));
  const names = { College: "CPSO", Minutes: 5, Missing: w("college.missing.birth") };
  assert.equal(title, w("college.refused.title"));
  assert.equal(path, "/college/cpso/return");
  assert.ok(text.includes(w(`college.refused.${reason}`, names)), `want ${reason}: ${text}`);
  assert.ok(text.includes("416-967-2606") && /1-800-268-7096[^]*606/.test(text), `nobody to call: ${text}`);
  assert.match(text, new RegExp(w("ui.reference.line", { Reference: "[A-Z0-9-]{6,}" })));
  assert.ok(!wizard, "the wizard is open");
}

// Getting back in: Forgot Login ID, Forgot Password by two proofs, and "this was not me".

import assert from "node:assert/strict";
import { test } from "node:test";
import { authenticator } from "./authenticator.mjs";
import { byText, rested } from "./challenge.mjs";
import { code, link, message, press } from "./inbox.mjs";
import { journey } from "./journey.mjs";
import { password, register } from "./registrant.mjs";
import { command, converse, password as standing } from "./shell.mjs";
import { words } from "./words.mjs";

const renewed = "Harbour 58 lantern";

test("a physician finds the Login ID, and sets a new password by answers and a link", async (t) => {
  await journey(t, {}, async (page, world) => {
    const randy = await register(page, world, { number: 100093, email: "randy.burt@example.ca", phone: true });
    const { w } = randy;

    await page.visit("/signin");
    await page.follow(w("signin.form.forgot_id"), { heading: w("recovery.loginid.title") });
    await page.write(w("recovery.loginid.first"), "randy");
    await page.write(w("recovery.loginid.last"), "BURT");
    await birth(page, randy);
    await page.push(w("recovery.loginid.submit"), { heading: w("recovery.loginid.questions_title") });
    await answer(page, randy);
    await page.push(w("recovery.loginid.submit"), { heading: w("recovery.loginid.sent_title") });
    await message(world, randy.email, { channel: "mail", has: w("mail.login_id.subject") });
    await rested(world);
    await page.push(w("recovery.password.proof_call"), { heading: w("challenge.call.title") });
    await pressed(page, world, randy);
    await page.act(() => {}, { heading: w("recovery.loginid.shown_title") });
    await page.getByText(randy.login).first().waitFor();

    await page.follow(w("recovery.password.title"), { heading: w("recovery.password.title") });
    await page.write(w("recovery.password.login_id"), randy.login.toLowerCase());
    await birth(page, randy);
    await page.push(w("recovery.password.submit"), { heading: w("recovery.password.proofs_title") });
    page.expect(/status of 422.*recovery/);
    await page.push(w("recovery.password.submit"), { shows: ".summary" });
    await choose(page, randy, "questions", w("recovery.loginid.questions_title"));
    await answer(page, randy);
    await page.push(w("recovery.loginid.submit"), { heading: w("recovery.password.proofs_title") });
    await page.getByText(w("recovery.password.given_questions"), { exact: true }).waitFor();
    await choose(page, randy, "link", w("recovery.loginid.sent_title"));
    await confirmElsewhere(page, world, randy);
    await page.push(w("recovery.password.submit"), { heading: w("recovery.password.new_title") });
    await reset(page, randy);
    await page.getByText(w("recovery.password.done_body")).first().waitFor();
    await message(world, randy.email, { channel: "mail", has: w("mail.recovery_done.subject") });

    await page.write(w("signin.form.login_id"), randy.login);
    await page.write(w("signin.form.password"), renewed);
    await page.push(w("signin.form.submit"), { heading: w("challenge.choose.title") });
  });
});

test("une médecin revient sans script, au clavier, sur un téléphone", async (t) => {
  await journey(t, { lang: "fr", script: false, width: 360, scheme: "dark" }, async (page, world) => {
    const elodie = await register(page, world, {
      lang: "fr", number: 100125, email: "elodie@exemple.ca", phone: true,
      answers: ["Honda Civic", "Mathilde", "Géographie", "Bastien", "Joël"],
    });
    const { w } = elodie;
    await page.visit("/recovery/password");
    await page.locator("#loginid").focus();
    await page.keyboard.type(elodie.login);
    await page.keyboard.press("Tab");
    const [year, month, day] = elodie.birth.split("-").map(Number);
    await page.keyboard.type(String(day));
    await page.keyboard.press("Tab");
    await page.locator("#birth-month").selectOption(String(month));
    await page.keyboard.press("Tab");
    await page.keyboard.type(String(year));
    await page.act(() => page.keyboard.press("Enter"), { heading: w("recovery.password.proofs_title") });

    await rested(world);
    const after = new Date().toISOString();
    await page.locator("input[name=proof]").first().focus();
    await page.keyboard.press("Space");
    await page.act(() => page.keyboard.press("Enter"), { heading: w("recovery.password.code_title") });
    await page.locator("#code").focus();
    await page.keyboard.type(await code(world, elodie.number, { after }));
    await page.act(() => page.keyboard.press("Enter"), { heading: w("recovery.password.proofs_title") });
    await choose(page, elodie, "questions", w("recovery.loginid.questions_title"));
    await answer(page, elodie);
    await page.act(() => page.keyboard.press("Enter"), { heading: w("recovery.password.new_title") });
    await page.locator("#password").fill(renewed);
    await page.locator("#confirm").fill(renewed);
    await page.act(() => page.keyboard.press("Enter"), { heading: w("signin.form.title") });
    await page.getByText(w("recovery.password.done_body")).first().waitFor();
  });
});

test("the desk completes what waits for it, and whoever did not ask freezes the account", async (t) => {
  await journey(t, { width: 360 }, async (page, world) => {
    const mike = await register(page, world, { number: 100118, email: "mike@example.ca", phone: true });
    const { w } = mike;
    await begin(page, mike);
    await page.locator("summary").filter({ hasText: w("recovery.password.none") }).click();
    await page.push(w("recovery.password.none_save"), { heading: w("recovery.password.desk_title") });
    await reference(page, w);

    await begin(page, mike);
    await choose(page, mike, "questions", w("recovery.loginid.questions_title"));
    await answer(page, mike);
    await page.push(w("recovery.loginid.submit"), { heading: w("recovery.password.proofs_title") });
    await page.locator("summary").filter({ hasText: w("recovery.password.none") }).click();
    await page.push(w("recovery.password.none_save"), { heading: w("recovery.password.desk_title") });
    await page.follow(w("recovery.password.desk_next"), { heading: w("recovery.password.desk_title") });
    await page.getByText(w("recovery.password.desk_not_yet")).waitFor();
    const number = await reference(page, w);
    await command(world, "staff", "add", "SEGUN.CLARKE", "service-desk");
    await converse(world, ["recovery", "complete", number, "--by", "SEGUN.CLARKE"], "bob\njoe\n");
    await page.follow(w("recovery.password.desk_next"), { heading: w("recovery.password.new_title") });
    await reset(page, mike);

    const notMe = await link(world, mike.email, { has: w("mail.recovery_done.subject") });
    await page.visit(notMe, { heading: w("recovery.notme.title") });
    await page.push(w("recovery.notme.freeze"), { heading: w("recovery.notme.frozen_title") });
    await reference(page, w);
    page.expect(/status of 403.*signin/);
    await page.visit("/signin");
    await page.write(w("signin.form.login_id"), mike.login);
    await page.write(w("signin.form.password"), renewed);
    await page.push(w("signin.form.submit"), { heading: w("signin.blocked.frozen_title") });
  });
});

// Accounts that the sandbox begins with, as their owners know them.
const margaret = { login: "MARGARET.DUBOIS", email: "margaret.dubois@example.ca", number: "+14165550117", birth: "1960-03-03" };
const segun = { login: "SEGUN.CLARKE", email: "segun.clarke@example.ca", number: "+14165550125", birth: "1977-11-30" };

test("a call and a mailed link are two kinds of proof", async (t) => {
  await journey(t, { width: 360 }, async (page, world) => {
    const who = { ...margaret, w: words("en") };
    const { w } = who;
    await begin(page, who);
    await choose(page, who, "call", w("challenge.call.title"));
    await pressed(page, world, who);
    await page.act(() => {}, { heading: w("recovery.password.proofs_title") });
    await page.getByText(w("recovery.password.given_call"), { exact: true }).waitFor();
    await choose(page, who, "link", w("recovery.loginid.sent_title"));
    await confirmElsewhere(page, world, who);
    await page.push(w("recovery.password.submit"), { heading: w("recovery.password.new_title") });
    await reset(page, who);
  });
});

test("one passkey is enough, and every session and remembered browser ends", async (t) => {
  await journey(t, {}, async (page, world) => {
    const who = { ...segun, w: words("en") };
    const { w } = who;
    await page.visit("/signin");
    await page.write(w("signin.form.login_id"), who.login);
    await page.write(w("signin.form.password"), standing);
    await page.push(w("signin.form.submit"), { heading: w("challenge.choose.title") });
    await byText(page, world, { w, number: who.number, remember: true, shows: "main" });
    const device = await authenticator(page);
    await page.visit("/profile/passkeys/add");
    await page.push(w("credentials.passkeys.add"), { heading: w("credentials.passkeys.title") });

    const elsewhere = await page.context().newPage();
    await elsewhere.goto("/home");
    await begin(page, who);
    await choose(page, who, "passkey", w("challenge.passkey.title"));
    await page.push(w("challenge.passkey.start"), { heading: w("recovery.password.new_title") });
    await device.agrees(false); // or it answers the next page's autofill list
    await reset(page, who);

    await elsewhere.goto("/home");
    await elsewhere.getByText(w("access.ended.elsewhere")).or(elsewhere.locator("#loginid")).first().waitFor();
    await page.write(w("signin.form.login_id"), who.login);
    await page.write(w("signin.form.password"), renewed);
    await page.push(w("signin.form.submit"), { heading: w("challenge.choose.title") });
  });
});

// The number to give the Service Desk, which is not the one to call.
async function reference(page, w) {
  const [before, after] = w("ui.reference.line", { Reference: "|" }).split("|");
  const text = await page.locator("main p", { hasText: before.trim() }).first().textContent();
  assert.match(text, /[A-Z0-9]{3}-[A-Z0-9]{3}/);
  return text.replace(before, "").replace(after, "").trim();
}

async function begin(page, who) {
  const { w } = who;
  await page.visit("/recovery/password");
  await page.write(w("recovery.password.login_id"), who.login);
  await birth(page, who);
  await page.push(w("recovery.password.submit"), { heading: w("recovery.password.proofs_title") });
}

async function birth(page, who) {
  const [year, month, day] = who.birth.split("-").map(Number);
  await page.locator("#birth").fill(String(day));
  await page.locator("#birth-month").selectOption(String(month));
  await page.locator("#birth-year").fill(String(year));
}

async function choose(page, { w }, proof, heading) {
  await page.locator(`input[name=proof][value=${proof}]`).check();
  await page.push(w("recovery.password.submit"), { heading });
}

async function answer(page, { known }) {
  for (const i of [1, 2]) {
    const label = await page.locator(`label[for=answer_${i}]`).textContent();
    await page.locator(`#answer_${i}`).fill(known.get(label.trim()));
  }
}

async function pressed(page, world, { number }) {
  await press(world, number, (await page.locator("strong.digit").textContent()).trim());
}

// The link is opened on another device, and its button pressed there.
async function confirmElsewhere(page, world, { w, email }) {
  const address = await link(world, email, { has: w("mail.recovery_link.subject") });
  const other = await page.context().browser().newContext({ locale: "en-CA" });
  const tab = await other.newPage();
  await tab.goto(address);
  await tab.getByRole("button", { name: w("recovery.password.link_yes"), exact: true }).click();
  await tab.getByText(w("recovery.password.link_done")).waitFor();
  await other.close();
}

async function reset(page, { w }) {
  const met = page.locator("#password-rules .met");
  await page.locator("#password").fill("maple");
  await met.first().waitFor();
  assert.equal(await met.count(), 1);
  await page.locator("#password").fill(renewed);
  await met.nth(3).waitFor();
  await page.locator("#confirm").fill(renewed);
  await page.locator("#password-match .met").waitFor();
  await page.push(w("recovery.password.new_submit"), { heading: w("signin.form.title") });
}

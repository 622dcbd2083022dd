// Getting back in: Forgot Login ID, Forgot Password by two proofs, and "this was not me".

import assert from "node:assert/strict";
import { test } from "node:test";
import { code, link, message, press } from "./inbox.mjs";
import { journey } from "./journey.mjs";
import { member, signUp } from "./portal.mjs";
import { e164, wizard } from "./wizard.mjs";
import { pause } from "./world.mjs";

const password = "Maple tin Roof 7";
const renewed = "Harbour 58 lantern";

test("a physician finds the Login ID, and sets a new password by answers and a link", async (t) => {
  await journey(t, {}, async (page, world) => {
    const randy = await register(page, world, { number: 100093, email: "randy.burt@example.ca" });
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
    await rested(randy);
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
      lang: "fr", number: 100125, email: "elodie@exemple.ca",
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

    await rested(elodie);
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

test("a stranger is led to the desk, and whoever did not ask freezes the account", async (t) => {
  await journey(t, { width: 360 }, async (page, world) => {
    const mike = await register(page, world, { number: 100118, email: "mike@example.ca" });
    const { w } = mike;
    await page.visit("/recovery/password");
    await page.write(w("recovery.password.login_id"), mike.login);
    await birth(page, mike);
    await page.push(w("recovery.password.submit"), { heading: w("recovery.password.proofs_title") });
    await page.locator("summary").filter({ hasText: w("recovery.password.none") }).click();
    await page.push(w("recovery.password.none_save"), { heading: w("recovery.password.desk_title") });
    assert.match(await page.locator("main").textContent(), /[A-Z0-9]{3}-[A-Z0-9]{3}/);

    const notMe = await link(world, mike.email, { has: w("mail.recovery_started.subject") });
    await page.visit(notMe, { heading: w("recovery.notme.title") });
    await page.push(w("recovery.notme.freeze"), { heading: w("recovery.notme.frozen_title") });
    assert.match(await page.locator("main").textContent(), /[A-Z0-9]{3}-[A-Z0-9]{3}/);
    page.expect(/status of 403.*signin/);
    await page.visit("/signin");
    await page.write(w("signin.form.login_id"), mike.login);
    await page.write(w("signin.form.password"), password);
    await page.push(w("signin.form.submit"), { heading: w("signin.blocked.frozen_title") });
  });
});

async function register(page, world, { lang = "en", number, answers, email }) {
  const steps = wizard(page, lang);
  const { w } = steps;
  const who = await member(world, number);
  await signUp(page, world, who);
  const phone = `416 555 ${String(number).slice(-4)}`;
  await steps.policies();
  if (lang === "fr") await page.use("button[name=move]"); // the college's middle name stands with the first
  await steps.personal({ email, phone });
  await steps.profession();
  await steps.answer(answers);
  const known = new Map();
  for (const i of [1, 2, 3]) {
    const question = await page.locator(`#question_${i} option:checked`).textContent();
    known.set(question.trim(), await page.locator(`#answer_${i}`).inputValue());
  }
  await steps.next("register.phone.title");
  await steps.phone(world, phone);
  const tested = Date.now();
  await steps.mail();
  await steps.review();
  await steps.password(password);
  const login = (await page.locator("#login-id").textContent()).trim();
  const confirm = await link(world, email, { has: w("mail.email_confirm.subject") });
  await page.visit(confirm);
  await page.submit("main form");
  return { login, email, number: e164(phone), birth: who.birth_date, tested, known, w };
}

// A number that a code went to a moment ago rests for half a minute.
const rested = ({ tested }) => pause(Math.max(0, tested + 31_000 - Date.now()));

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

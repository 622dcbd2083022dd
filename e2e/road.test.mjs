// From the college's portal into a clinical viewer: the whole of it, as a physician goes.

import assert from "node:assert/strict";
import { test } from "node:test";
import { byText } from "./challenge.mjs";
import { link, message } from "./inbox.mjs";
import { journey } from "./journey.mjs";
import { member, signUp } from "./portal.mjs";
import { attributes, open } from "./viewer.mjs";
import { words } from "./words.mjs";
import { e164, wizard } from "./wizard.mjs";

const password = "Maple tin Roof 7";

const roads = [
  {
    name: "from the portal into a viewer, on a phone",
    number: 100093, login: "RANDY.BURT", email: "randy.burt@example.ca", phone: "+1 416 555 0143", lang: "en", width: 360,
  },
  {
    name: "du portail au visualiseur, en français et dans le noir",
    number: 100125, login: "ELODIE.LEFEVRE-BELANGER", email: "elodie@exemple.ca", phone: "514 555 0144", lang: "fr", scheme: "dark",
    answers: ["Honda Civic", "Mathilde", "Géographie", "Bastien", "Joël"],
  },
  {
    name: "from the portal into a viewer without script",
    number: 100118, login: "MIKE.SINGH", email: "mike@example.ca", phone: "(647) 555-0145", lang: "en", script: false,
    names: { preferred_first: "Mike", preferred_last: "Singh" },
  },
];

for (const road of roads) {
  const { name, lang, script = true, width = 1280, scheme = "light" } = road;
  test(name, async (t) => {
    await journey(t, { lang, script, width, scheme }, async (page, world) => {
      await signUp(page, world, await member(world, road.number));
      await register(page, world, road);
      await confirmEmail(page, world, road);
      await signIn(page, world, road);
      await openServices(page, world, road);
      await signOut(page, road);
    });
  });
}

async function register(page, world, { lang, script = true, login, email, phone, answers, names = {} }) {
  const steps = wizard(page, lang);
  const { w } = steps;
  const step = async (number) => {
    const caption = w("register.frame.caption", { Step: number, Total: 7 });
    assert.equal((await page.locator(".caption").textContent()).trim(), caption);
  };

  await step(1);
  await steps.policies();

  await step(2);
  if (lang === "fr") await page.use("button[name=move]"); // the college's middle name stands with the first
  await steps.fill({ email, phone, ...names });
  if (script) await page.locator("#login-id").getByText(login).waitFor();
  else await page.use("button[name=preview]");
  assert.match(await page.locator("#login-id").textContent(), new RegExp(login));
  await steps.personal({ email, phone });

  await step(3);
  await steps.profession();
  await step(4);
  await steps.questions(answers);
  await step(5);
  await steps.phone(world, phone);
  await step(6);
  await steps.mail();

  await step(7);
  await page.use("a[href='/register/personal?change=1#preferred_first']");
  await page.locator("#title").selectOption({ index: 1 });
  const title = await page.locator("#title option:checked").textContent();
  await page.push(w("ui.action.next"), { heading: w("register.review.title") });
  await page.locator("dd").getByText(title).first().waitFor();
  await steps.review();

  await step(7);
  if (script) await tick(page);
  else await steps.fill({ password, confirm: password });
  await page.push(w("ui.action.finish"), { heading: w("register.complete.title") });
  assert.equal((await page.locator("#login-id").textContent()).trim(), `${login}@ONEID.ON.CA`);
}

// The rules are ticked by the server while one types, the second field here.
async function tick(page) {
  const met = page.locator("#password-rules .met");
  await page.locator("#password").pressSequentially("maple tin roof");
  await met.nth(1).waitFor();
  assert.equal(await met.count(), 2);
  await page.locator("#password").fill(password);
  await met.nth(3).waitFor();
  await page.locator("#confirm").fill("Maple");
  await page.locator("#password-match li:not(.met)").waitFor();
  await page.locator("#confirm").fill(password);
  await page.locator("#password-match .met").waitFor();
  await page.look();
}

async function confirmEmail(page, world, { lang, login, email }) {
  const w = words(lang);
  const welcome = await message(world, email, { channel: "mail", has: `${login}@ONEID.ON.CA` });
  assert.equal(welcome.subject, w("mail.welcome.subject"));
  await page.visit(await link(world, email, { has: w("mail.email_confirm.subject") }));
  await page.push(w("credentials.email.confirm", { Email: email }), { heading: w("credentials.email.done_title") });
}

async function signIn(page, world, { lang, login, phone }) {
  const w = words(lang);
  await page.visit("/signin");
  await page.write(w("signin.form.login_id"), ` ${login.toLowerCase()} `);
  await page.write(w("signin.form.password"), password);
  await page.push(w("signin.form.submit"), { heading: w("challenge.choose.title") });
  await byText(page, world, { w, number: e164(phone), shows: ".tiles" });
  assert.equal(new URL(page.url()).pathname, "/home");
}

async function openServices(page, world, { lang, script, number, login }) {
  const w = words(lang);
  await open(page, `${world.connectingontario}/signin`, { script });
  const told = JSON.stringify(await attributes(page));
  assert.ok(told.includes(String(number)), `no licence number in ${told}`);
  assert.ok(told.includes(login), `no Login ID in ${told}`);

  await page.use("form:has([name=only]) button");
  await open(page, `${world.connectingontario}/signin?binding=post`, { script });
  assert.equal(JSON.stringify(await attributes(page)), told);

  page.expect(/status of 403.*sso.continue/);
  await open(page, `${world.clinicalconnect}/signin`, { script, shows: "main .actions" });
  await page.getByRole("heading", { level: 1, name: w("enrolment.missing.title", { Service: "ClinicalConnect" }) }).waitFor();
}

async function signOut(page, { lang }) {
  const w = words(lang);
  await page.follow(w("enrolment.missing.others"), { shows: ".tiles" });
  await page.locator(".menu summary").click();
  await page.push(w("ui.action.signout"), { heading: w("sso.logout.done_title") });
  await page.visit("/home");
  assert.equal(new URL(page.url()).pathname, "/signin");
}

// The wizard as people walk it: back, twice, out of turn, wrongly, and later.

import assert from "node:assert/strict";
import { test } from "node:test";
import { press } from "./inbox.mjs";
import { journey } from "./journey.mjs";
import { member, signUp } from "./portal.mjs";
import { refused, wizard } from "./wizard.mjs";
import { words } from "./words.mjs";

const w = words("en");
const at = (page) => new URL(page.url()).pathname;
const back = w("ui.action.back");
const next = w("ui.action.next");
const later = w("ui.action.save_later");
const johns = ["Honda Accord", "Wilbert", "Math", "Bob", "Joe"];
const summary = { shows: ".summary" };

test("every step refuses what it must, keeps what was typed, and goes back and on", async (t) => {
  await journey(t, { width: 360 }, async (page, world) => {
    page.expect(/status of 422/);
    const steps = wizard(page);
    await signUp(page, world, await member(world, 100187));

    // 1: nothing opens before its turn
    await page.visit("/register/questions", { heading: w("register.policies.title") });
    await page.getByText(w("register.state.skipped")).waitFor();
    await page.push(next, summary);
    await refused(page, "agree");
    await steps.policies();

    // 2: refused, told, in another language, sent twice
    await steps.fill({ preferred_first: "", preferred_last: "Sm1th", email: "john", phone: "55" });
    await page.push(next, summary);
    await refused(page, "preferred_first", "preferred_last", "email", "phone");
    await steps.fill({ preferred_first: "John", preferred_last: "Smith", email: "john@example.ca" });
    page.speaks("fr");
    await page.use("button[name=switch_language]", { shows: "html[lang=fr-CA]" });
    assert.equal(await page.inputValue("#email"), "john@example.ca");
    assert.equal(await page.inputValue("#phone"), "55");
    page.speaks("en");
    await page.use("button[name=switch_language]", { shows: "html[lang=en-CA]" });
    await steps.fill({ phone: "416-555-0187" });
    await page.locator("#language").check();
    await page.locator(".actions .btn").first().dblclick();
    await page.getByRole("heading", { level: 1, name: w("register.profession.title") }).waitFor();

    // 3: back and on again; a second college
    await page.follow(back, { heading: w("register.personal.title") });
    assert.equal(await page.inputValue("#email"), "john@example.ca");
    await steps.next("register.profession.title");
    await page.use("button[name=add]", { shows: "#college_1" });
    await page.locator("#number_1").fill("12345");
    await page.push(next, summary);
    await refused(page, "college_1");
    await page.locator("#college_1").selectOption({ index: 3 });
    await page.locator("#number_1").fill("#%&");
    await page.push(next, summary);
    await refused(page, "number_1");
    await page.use("button[name=reset]");
    if (await page.locator("#number_1").count()) assert.equal(await page.inputValue("#number_1"), "");
    await steps.profession();

    // 4: five of each, all different and none of them known to others
    await page.push(next, summary);
    await refused(page, ...[1, 2, 3, 4, 5].map((n) => `answer_${n}`));
    await steps.answer(["Smith", "Math", "math ", "password", "Joe"]);
    await page.push(next, summary);
    await refused(page, "answer_1", "answer_3", "answer_4");
    await steps.questions(johns);

    // Away, which saves this step too, and back through the portal to the step after it
    await page.push(later, { heading: w("register.resume.saved_title") });
    await page.visit("/register/phone");
    assert.notEqual(at(page), "/register/phone");
    await signUp(page, world, await member(world, 100187));
    assert.equal(at(page), "/register/resume");
    await page.follow(w("register.resume.go", { Step: 6 }), { heading: w("register.mail.title") });
    await page.follow(back, { heading: w("register.phone.title") });

    await phones(page, world);
    await steps.mail();
    await steps.review();
    await passwords(page, steps);

    assert.match(await page.locator("#login-id").textContent(), /JOHN\.SMITH@ONEID\.ON\.CA/);
    await page.act(() => page.goBack(), { heading: w("register.complete.title") });
    await page.visit("/register/personal", { heading: w("register.state.finished_title") });
  });
});

// 5: up to three numbers, one of them tried by a call
async function phones(page, world) {
  await page.use("button[name=add]", { shows: "#phone_2_number" });
  await page.use("button[name=add]", { shows: "#phone_3_number" });
  assert.equal(await page.locator("button[name=add]").count(), 0);
  await page.locator("#phone_2_number").fill("416 555 0288 ext. 4");
  await page.locator("#phone_3_number").fill("12");
  await page.push(next, summary);
  await refused(page, "phone_2_number", "phone_3_number");
  await page.use("button[name=remove][value='3']");
  assert.equal(await page.locator("#phone_3_number").count(), 0);
  await page.locator("#phone_2_number").fill("416 555 0288");
  await page.locator("input[name=phone_2_method][value=call]").check();
  await page.use("button[name=test][value='2']", { shows: ".digit" });
  await press(world, "+14165550288", (await page.locator(".digit").textContent()).trim());
  await page.getByText(w("register.phone.test_ok"), { exact: true }).first().waitFor();
  await page.locator("#no_direct").check();
  await page.push(next, summary);
  await refused(page, "no_direct");
  await page.locator("#no_direct").uncheck();
  await page.push(next, { heading: w("register.mail.title") });
}

// 7: what is refused, and what is taken
async function passwords(page, steps) {
  for (const [password, confirm, ...fields] of [
    ["", "", "password", "confirm"],
    ["Short1", "Short1", "password"],
    ["Password1234", "Password1234", "password"],
    ["John.Smith 1970", "John.Smith 1970", "password"],
    ["Maple tin Roof 7", "Maple tin Roof 8", "confirm"],
  ]) {
    await steps.fill({ password, confirm });
    await page.push(w("ui.action.finish"), summary);
    await refused(page, ...fields);
    assert.equal(await page.inputValue("#password"), "", "a password is not shown again");
  }
  await steps.password("Maple tin Roof 7");
}

test("without script, with no phone, cancelled and taken up again", async (t) => {
  await journey(t, { script: false }, async (page, world) => {
    const steps = wizard(page);
    page.expect(/status of 422/);
    await signUp(page, world, await member(world, 100194));
    await steps.policies();
    await steps.fill({ email: "john.smith@example.ca" });
    page.speaks("fr");
    await page.use("button[name=switch_language]", { shows: "html[lang=fr-CA]" });
    assert.equal(await page.inputValue("#email"), "john.smith@example.ca");
    page.speaks("en");
    await page.use("button[name=switch_language]", { shows: "html[lang=en-CA]" });
    await steps.personal({ email: "john.smith@example.ca", phone: "416 555 0194", extension: "12" });
    await page.follow(w("ui.action.cancel"), { heading: w("register.cancel.title") });
    await page.push(w("register.cancel.keep"), { heading: w("register.cancel.done_title") });
    await signUp(page, world, await member(world, 100194));
    await page.follow(w("register.resume.go", { Step: 3 }), { heading: w("register.profession.title") });
    await steps.profession();
    await steps.questions(johns);
    await page.push(next, summary); // a number with an extension can't be called by a machine
    await steps.noPhone();
    await steps.mail();
    await steps.review();
    await steps.password("Maple tin Roof 7");
    assert.match(await page.locator("#login-id").textContent(), /JOHN\.SMITH2@ONEID\.ON\.CA/);
  });
});

test("names that are one, in other letters, or very long", async (t) => {
  await journey(t, {}, async (page, world) => {
    page.expect(/status of 422/);
    const steps = wizard(page);
    const preview = page.locator("#login-id");
    const names = async (number, email) => {
      await page.context().clearCookies();
      await signUp(page, world, await member(world, number));
      await steps.policies();
      await steps.fill({ email, phone: "416 555 0156" });
      await page.locator("#language").check();
    };

    await names(100156, "suharto@example.ca");
    await page.getByText(w("register.personal.one_name")).waitFor();
    await page.push(next, summary);
    await refused(page, "preferred_first");
    await steps.fill({ preferred_first: "Suharto" });
    await preview.getByText("SUHARTO.SUHARTO").waitFor();
    await steps.next("register.profession.title");

    await names(100347, "li@example.ca");
    await page.push(next, summary);
    await refused(page, "preferred_first", "preferred_last");
    await steps.fill({ preferred_first: "Ming", preferred_last: "Li" });
    await preview.getByText("MING.LI").waitFor();
    await steps.next("register.profession.title");

    await names(100170, "ottilie@example.ca");
    await preview.getByText(/OTTILIE\.WOLFE/).waitFor();
    await steps.next("register.profession.title");
  });
});

test("whoever has an account, or no active licence, is told so", async (t) => {
  await journey(t, { width: 360 }, async (page, world) => {
    page.expect(/status of 403/);
    for (const [number, title, text] of [
      [100217, "college.existing.title", w("college.existing.single")],
      [100224, "college.existing.title", w("college.existing.several")],
      [100200, "college.inactive.title", "416-967-2606"],
    ]) {
      await page.context().clearCookies();
      await signUp(page, world, await member(world, number));
      await page.getByRole("heading", { level: 1, name: w(title) }).waitFor();
      const told = await page.locator("#main").innerText();
      assert.ok(told.includes(text), told);
      assert.doesNotMatch(told, /ONEID\.ON\.CA|DUBOIS|SEGUN/);
    }
  });
});

test("a birth date put right by the college, in two tabs, before the session ends", async (t) => {
  await journey(t, {}, async (page, world) => {
    page.expect(/status of 422/);
    const who = await member(world, 100231);
    const steps = wizard(page);
    await signUp(page, world, who);
    await steps.policies();
    await page.getByText("December 8, 1997").waitFor();
    await steps.personal({ email: "hannah@example.ca", phone: "416 555 0231" });

    // Two tabs: the older form is not saved over the newer one.
    await page.follow(back, { heading: w("register.personal.title") });
    const tab = await page.context().newPage();
    await tab.goto("/register/personal");
    await tab.locator("#email").fill("newer@example.ca");
    await tab.locator(".actions .btn").first().click();
    await tab.getByRole("heading", { name: w("register.profession.title") }).waitFor();
    await tab.close();
    await page.locator("#email").fill("older@example.ca");
    await page.push(next);
    await page.getByText(w("register.state.other_tab")).waitFor();
    assert.equal(await page.inputValue("#email"), "newer@example.ca");

    await page.visit("/register/wrong?from=personal", { heading: w("register.wrong.title") });
    await page.push(w("register.wrong.pause"), { heading: w("register.resume.saved_title") });
    await page.visit(`${world.portal}/profile`);
    await page.submit("form[action='/profile/birth-date']");
    await signUp(page, world, who);
    await page.getByText(w("register.resume.updated")).waitFor();
    await page.locator(".actions .btn").first().click();
    await page.getByText("August 12, 1997").waitFor();
    await page.look();

    // The clock of the browser runs ahead to the warning.
    await page.clock.install();
    await page.reload();
    await page.clock.fastForward("58:00");
    await page.locator("#timeout[open]").waitFor();
    await page.look();
    await page.locator("#timeout-stay").click();
    await page.locator("#timeout:not([open])").waitFor({ state: "attached" });
    assert.equal(await page.locator("#status").textContent(), w("access.timeout.extended"));
  });
});

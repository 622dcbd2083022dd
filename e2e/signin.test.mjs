// What protects a sign-in, as its owner and as somebody else meets it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { byText, choose, rested } from "./challenge.mjs";
import { change } from "./database.mjs";
import { code } from "./inbox.mjs";
import { journey } from "./journey.mjs";
import { password } from "./shell.mjs";
import { words } from "./words.mjs";

const margaret = { login: "MARGARET.DUBOIS", number: "+14165550117" };
const olusegun = { login: "OLUSEGUN.ADEYEMI-CLARKE", number: "+14165550124" };
const segun = { login: "SEGUN.CLARKE", number: "+14165550125" };

test("guesses elsewhere lock nobody out on a browser of their own, and the lock opens by itself", async (t) => {
  await journey(t, {}, async (page, world) => {
    const w = words("en");
    await remembered(page, world, w, margaret);
    await signOut(page, w);
    await journey(t, { width: 360 }, async (stranger) => {
      stranger.expect(/status of 4(22|29).*signin/);
      for (let turn = 0; turn < 5; turn++) await signIn(stranger, w, margaret.login, `A wrong guess ${turn}`, { shows: ".summary" });
      await signIn(stranger, w, margaret.login, password, { shows: ".summary" });
      assert.match(await stranger.locator(".summary").textContent(), /try again at \d/i);
      assert.equal(await stranger.locator("#loginid").inputValue(), margaret.login);

      await signIn(page, w, margaret.login, password, { shows: ".tiles" });

      await change(world, "UPDATE signin_lanes SET wait_until = wait_until - interval '61 s' WHERE wait_until IS NOT NULL");
      await rested(world);
      await signIn(stranger, w, margaret.login, password, { heading: w("challenge.choose.title") });
    });
  });
});

test("un mot de passe d’un an est remplacé à l’ouverture de session, sans blocage", async (t) => {
  await journey(t, { lang: "fr", width: 360, scheme: "dark" }, async (page, world) => {
    const w = words("fr");
    await page.goto("/language/fr"); // the account's own is English
    await change(world, `UPDATE passwords SET set_at = set_at - interval '366 days'
      FROM accounts a WHERE a.id = passwords.account_id AND a.login_id = '${olusegun.login}'`);
    await signIn(page, w, olusegun.login, password, { heading: w("challenge.choose.title") });
    await byText(page, world, { w, number: olusegun.number, shows: "#confirm" });
    await page.getByRole("heading", { level: 1, name: w("signin.expired.title") }).waitFor();

    page.expect(/status of 422/);
    await choosePassword(page, w, password, { shows: ".summary" });
    await page.goto("/home");
    await page.getByRole("heading", { level: 1, name: w("signin.expired.title") }).waitFor();
    await choosePassword(page, w, "Phare 58 lanterne", { shows: ".tiles" });
    await signOut(page, w);
    await signIn(page, w, olusegun.login, "Phare 58 lanterne", { heading: w("challenge.choose.title") });
  });
});

test("a copied device cookie ends the copy's session and is told to its owner", async (t) => {
  await journey(t, {}, async (page, world) => {
    const w = words("en");
    await remembered(page, world, w, segun);
    await signOut(page, w);
    const copied = await page.context().cookies();
    await journey(t, { width: 360 }, async (thief) => {
      await thief.context().addCookies(copied);
      await signIn(thief, w, segun.login, password, { shows: ".tiles" });
      await change(world, "UPDATE devices SET rotated_at = rotated_at - interval '2 minutes' WHERE ended_at IS NULL");
      await signIn(page, w, segun.login, password, { heading: w("challenge.choose.title") });
      assert.equal((await page.locator("#main p").first().textContent()).trim(), w("challenge.why.theft"));
      await thief.visit("/home", { shows: "main" });
      await thief.getByText(w("access.ended.elsewhere")).first().waitFor();
    });
  });
});

test("of two tabs in one challenge the second goes on where the first has gone", async (t) => {
  await journey(t, {}, async (page, world) => {
    const w = words("en");
    const after = new Date().toISOString();
    await signIn(page, w, margaret.login, password, { heading: w("challenge.choose.title") });
    const other = await page.context().newPage();
    await other.goto("/home");
    await other.getByRole("heading", { level: 1, name: w("challenge.choose.title") }).waitFor();

    await choose(page, world, { w, number: margaret.number, method: "text" });
    const digits = await code(world, margaret.number, { after });
    await other.goto(page.url());
    await other.locator("#code").fill(digits);
    await other.getByRole("button", { name: w("challenge.text.submit"), exact: true }).click();
    await other.locator(".tiles").waitFor();

    await page.locator("#code").fill(digits);
    await page.push(w("challenge.text.submit"), { shows: "main" });
    await page.getByText(w("challenge.state.done_elsewhere")).first().waitFor();
    await page.follow(w("challenge.choose.submit"), { shows: ".tiles" });
  });
});

async function signIn(page, w, login, secret, arrives) {
  await page.visit("/signin");
  await page.write(w("signin.form.login_id"), login);
  await page.write(w("signin.form.password"), secret);
  await page.push(w("signin.form.submit"), arrives);
}

async function remembered(page, world, w, { login, number }) {
  await signIn(page, w, login, password, { heading: w("challenge.choose.title") });
  await byText(page, world, { w, number, remember: true, shows: ".tiles" });
}

async function choosePassword(page, w, chosen, arrives) {
  await page.locator("#password").fill(chosen);
  await page.locator("#confirm").fill(chosen);
  await page.push(w("credentials.password.submit"), arrives);
}

async function signOut(page, w) {
  await page.locator(".menu summary").click();
  await page.push(w("ui.action.signout"), { heading: w("access.signedout.title") });
}

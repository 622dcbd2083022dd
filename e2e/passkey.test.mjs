// Passkeys: offered, added, used, copied, removed; and what another site gets.

import assert from "node:assert/strict";
import { test } from "node:test";
import { authenticator } from "./authenticator.mjs";
import { message } from "./inbox.mjs";
import { journey } from "./journey.mjs";
import { password, register } from "./registrant.mjs";

test("a passkey is offered, signs in by button and by autofill, and is removed", async (t) => {
  await journey(t, {}, async (page, world) => {
    const randy = await register(page, world, { number: 100093, email: "randy@example.ca" });
    const { w } = randy;
    const device = await authenticator(page);

    await signIn(page, randy, { heading: w("signin.offer.title") });
    await page.follow(w("signin.offer.add"), { heading: w("credentials.passkeys.add") });
    await page.locator("#name").fill("");
    page.expect(/status of 422.*passkeys.add/);
    await page.push(w("credentials.passkeys.add"), { shows: ".passkey-fault:not(:empty)" });
    assert.equal(await fault(page), w("credentials.passkeys.name_missing"));
    await page.locator("#name").fill("Laptop");
    await page.locator("#name").press("Enter");
    await page.locator(".tiles").waitFor();
    assert.equal((await device.passkeys()).length, 1);
    await message(world, randy.email, { channel: "mail", has: w("mail.passkey_added.subject") });

    await signOut(page, randy);
    await byButton(page, device, randy, { shows: ".tiles" });
    await signOut(page, randy);
    await page.visit("/signin", { shows: ".tiles" }); // the device answers the autofill list by itself

    await page.visit("/profile/passkeys/add");
    await page.push(w("credentials.passkeys.add"), { shows: ".passkey-fault:not(:empty)" });
    assert.equal(await fault(page), w("credentials.passkeys.known"));

    await page.visit("/profile/passkeys");
    await page.getByText("Laptop", { exact: true }).waitFor();
    await page.getByText(w("credentials.passkeys.one_device")).waitFor();
    await page.use("dl.rows a[href$='/rename']", { heading: w("credentials.passkeys.rename_title", { Item: "Laptop" }) });
    await page.write(w("credentials.passkeys.name"), "Ward 4");
    await page.push(w("credentials.passkeys.rename_submit"), { heading: w("credentials.passkeys.title") });
    await page.getByText(w("credentials.passkeys.renamed", { Item: "Ward 4" })).first().waitFor();
    await message(world, randy.email, { channel: "mail", has: w("mail.passkey_renamed.subject") });
    await page.use("dl.rows a[href$='/remove']", { heading: w("credentials.passkeys.remove_title", { Item: "Ward 4" }) });
    await page.push(w("credentials.passkeys.remove"), { heading: w("credentials.passkeys.title") });
    await page.getByText(w("credentials.passkeys.none"), { exact: true }).waitFor();

    await signOut(page, randy);
    page.expect(/status of 422.*signin.passkey/);
    await byButton(page, device, randy, { shows: ".summary" });
    await page.getByRole("link", { name: w("signin.error.passkey_unknown") }).waitFor();
  });
});

test("une clé d’accès synchronisée est le second facteur, sur un téléphone", async (t) => {
  await journey(t, { lang: "fr", width: 360, scheme: "dark" }, async (page, world) => {
    const elodie = await register(page, world, {
      lang: "fr", number: 100125, email: "elodie@exemple.ca",
      answers: ["Honda Civic", "Mathilde", "Géographie", "Bastien", "Joël"],
    });
    const { w } = elodie;
    const device = await authenticator(page, { synced: true });
    await signIn(page, elodie, { heading: w("signin.offer.title") });
    await page.follow(w("signin.offer.later"), { shows: ".tiles" });
    await page.visit("/profile/passkeys/add");
    await page.push(w("credentials.passkeys.add"), { heading: w("credentials.passkeys.title") });
    await page.getByText(w("credentials.passkeys.synced_plain")).waitFor();

    const [first] = await device.passkeys();
    for (let turn = 0; turn < 3; turn++) {
      await signOut(page, elodie);
      await passwordOnly(page, elodie, device, { heading: w("challenge.choose.title") });
      await page.follow(w("challenge.choose.passkey_option"), { heading: w("challenge.passkey.title") });
      await page.push(w("challenge.passkey.start"), { shows: ".tiles" });
      await device.restore(first); // another of the person's devices, whose counter is behind
    }

    await signOut(page, elodie);
    await passwordOnly(page, elodie, device, { heading: w("challenge.choose.title") });
    await page.follow(w("challenge.choose.passkey_option"), { heading: w("challenge.passkey.title") });
    await device.verifies(false);
    await page.push(w("challenge.passkey.start"), { shows: ".passkey-fault:not(:empty)" });
    assert.equal(await fault(page), w("signin.error.passkey_cancelled"));
    await device.verifies(true);
    await page.push(w("challenge.passkey.start"), { shows: ".tiles" });
  });
});

test("a copy of a passkey is stopped, and its owner told", async (t) => {
  await journey(t, {}, async (page, world) => {
    const mike = await register(page, world, { number: 100118, email: "mike@example.ca" });
    const { w } = mike;
    const device = await authenticator(page);
    await signIn(page, mike, { heading: w("signin.offer.title") });
    await page.follow(w("signin.offer.add"), { heading: w("credentials.passkeys.add") });
    await page.push(w("credentials.passkeys.add"), { shows: ".tiles" });
    const [copy] = await device.passkeys();
    await signOut(page, mike);
    await byButton(page, device, mike, { shows: ".tiles" });
    await signOut(page, mike);

    await device.restore(copy);
    page.expect(/status of 422.*signin.passkey/);
    await byButton(page, device, mike, { shows: ".summary" });
    await page.getByRole("link", { name: w("signin.error.passkey_copied") }).waitFor();
    await message(world, mike.email, { channel: "mail", has: w("mail.passkey_refused.subject") });
  });
});

test("another site can't use a passkey of ours", async (t) => {
  await journey(t, {}, async (page, world) => {
    await authenticator(page);
    await page.goto(`${world.portal}/signin`);
    const { hostname } = new URL(world.product);
    const got = await page.evaluate(
      (rpId) => navigator.credentials.get({ publicKey: { rpId, challenge: new Uint8Array(32) } }).then(() => "a proof", ({ name }) => name),
      hostname,
    );
    assert.equal(got, "SecurityError");
  });
});

test("sign-in needs no passkey, no script and little to load", async (t) => {
  await journey(t, { script: false }, async (page) => {
    await page.visit("/signin");
    assert.equal(await page.locator("#passkey").isVisible(), false);
  });
});

// A device that agrees to everything answers the autofill list before anybody has typed.
async function quietly(device, deed) {
  await device?.agrees(false);
  await deed();
  await device?.agrees(true);
}

// The autofill list's own exchange begins a little after the page: it must be under way before
// the device agrees to anything, or it is what signs in.
async function byButton(page, device, { w }, arrives) {
  await quietly(device, async () => {
    const offered = page.waitForResponse((answer) => answer.url().endsWith("/signin/passkey/start"));
    await page.visit("/signin");
    await offered;
    await page.evaluate(() => new Promise((done) => setTimeout(done, 100)));
  });
  await page.push(w("signin.form.passkey"), arrives);
}

/** Signs in with the password alone; a second factor is then asked for. */
async function passwordOnly(page, { w, login }, device, arrives) {
  await quietly(device, async () => {
    await page.visit("/signin");
    await page.write(w("signin.form.login_id"), login);
    await page.write(w("signin.form.password"), password);
    await page.push(w("signin.form.submit"), arrives);
  });
}

/** Signs in with the password and two challenge questions. */
async function signIn(page, who, arrives) {
  const { w, known } = who;
  await passwordOnly(page, who, undefined, { heading: w("challenge.questions.title") });
  for (const i of [1, 2]) {
    const label = await page.locator(`label[for=answer_${i}]`).textContent();
    await page.locator(`#answer_${i}`).fill(known.get(label.trim()));
  }
  await page.push(w("challenge.questions.submit"), arrives);
}

async function signOut(page, { w }) {
  await page.locator(".menu summary").click();
  await page.push(w("ui.action.signout"), { heading: w("access.signedout.title") });
}

const fault = async (page) => (await page.locator(".passkey-fault").textContent()).trim();

// The services console: a service is registered, explained, approved by a second person, treated
// otherwise, watched and judged; in both languages, with and without script, wide and narrow.

import assert from "node:assert/strict";
import { test } from "node:test";
import { byText } from "./challenge.mjs";
import { change } from "./database.mjs";
import { journey } from "./journey.mjs";
import { account, command, password } from "./shell.mjs";
import { words } from "./words.mjs";
import { ask } from "./world.mjs";

const numbers = new Map(); // of their phones, by login ID

/** A service administrator. */
async function administrator(world, lang) {
  const { login, phone } = await account(world, { first: "Service", lang, services: ["otnhub"], licence: false });
  await command(world, "staff", "add", login, "service-administrator");
  numbers.set(login, phone);
  return login;
}

async function signIn(page, w, login) {
  await page.visit("/signin");
  await page.write(w("signin.form.login_id"), login);
  await page.write(w("signin.form.password"), password);
  await page.push(w("signin.form.submit"), { shows: "h1" });
}

async function signOut(page, w) {
  await page.locator(".menu summary").click();
  await page.push(w("ui.action.signout"), { heading: w("access.signedout.title") });
}

/** Metadata of a viewer that nobody knows, taken from one that is known. */
async function metadata(world, name) {
  const { text } = await ask(`${world.otnhub}/saml/metadata`);
  return text.replaceAll(`${world.otnhub}/`, `https://${name}.example/`);
}

test("a service is registered, approved by a second person, and treated as it needs", async (t) => {
  await journey(t, {}, async (page, world) => {
    const w = words("en");
    const [first, second] = [await administrator(world, "en"), await administrator(world, "en")];
    await signIn(page, w, first);
    await page.locator(".menu summary").click();
    await page.use('.menu a[href="/services"]', { heading: w("services.list.title") });
    await page.follow(w("services.list.register"), { heading: w("services.bring.title") });

    // What is wrong is said in words, with its line.
    const sound = await metadata(world, "maple");
    await page.getByLabel(w("services.bring.how_paste")).check();
    await page.locator("#text").fill(sound.replaceAll("https://maple.example", "http://maple.example"));
    await page.push(w("services.bring.submit"), { heading: w("services.review.title") });
    await page.getByText(w("services.finding.plain_http_why")).first().waitFor();
    assert.equal(await page.locator("#take").count(), 0);

    await page.follow(w("services.review.again"), { heading: w("services.bring.title") });
    await page.locator("#how-1, input[name=how][value=upload]").first().check();
    await page.locator("#file").setInputFiles({ name: "metadata.xml", mimeType: "application/xml", buffer: Buffer.from(sound) });
    await page.push(w("services.bring.submit"), { heading: w("services.review.title") });
    await page.write(w("services.review.name_en"), "Maple Viewer");
    await page.write(w("services.review.name_fr"), "Visualiseur Érable");
    await page.push(w("services.review.propose"), { heading: "Maple Viewer" });
    await page.getByText(w("services.version.mine")).waitFor();
    assert.equal(await page.locator("#approve").count(), 0);
    await signOut(page, w);

    await signIn(page, w, second);
    await page.visit("/services", { heading: w("services.list.title") });
    await page.use(".needs a.hit", { heading: "Maple Viewer" });
    await prove(page, world, { w, login: second, go: () => page.locator("#approve button").click(), shows: "#approve" });
    await page.push(w("services.version.approve"), { heading: "Maple Viewer" });
    await page.getByText(w("services.metadata.approved")).waitFor();

    await page.follow(w("services.tab.policy"), { shows: "#policy" });
    await page.getByLabel(w("services.policy.encrypt")).selectOption("required");
    await page.push(w("services.policy.save"), { shows: "#policy" });
    await page.getByText(w("services.policy.saved")).waitFor();
    await page.follow(w("services.tab.attributes"), { shows: "#preview" });
    await page.write(w("services.preview.login_id"), "MARGARET.DUBOIS");
    await page.push(w("services.preview.submit"), { shows: "#preview-of" });
    assert.ok(!(await page.locator("main").textContent()).includes("margaret.dubois@example.ca"));
    await page.follow(w("services.tab.setup"), { shows: "#ours-h" });
    await page.locator("details.more summary").first().click();
    await page.look();
    await page.follow(w("services.tab.history"), { shows: ".timeline" });
  });
});

test("les échanges d’un service sont observés et jugés, sur un téléphone et sans script", async (t) => {
  await journey(t, { lang: "fr", width: 360, script: false }, async (page, world) => {
    const w = words("fr");
    const login = await administrator(world, "fr");
    await signIn(page, w, login);
    await page.visit("/services", { heading: w("services.list.title") });
    await page.use('th a[href="/services/connectingontario"]', { heading: "ConnectingOntario" });
    await page.visit("/services/connectingontario/test", { shows: "#judge" });
    await page.push(w("services.test.window_start"), { shows: "#judge" });

    const { headers } = await ask(`${world.connectingontario}/signin`);
    page.expect(/status of 403.*sso.continue/); // no licence: the service stays closed to them
    await page.goto(headers.location);
    await page.visit("/services/connectingontario/test", { shows: ".finding" });
    await page.locator("#request").fill(headers.location);
    await page.push(w("services.test.judge"), { shows: "#judged-h" });
    await page.getByText(w("services.test.reply")).first().waitFor();
    await page.push(w("services.test.window_close"), { shows: ".notice.ok" });
    await page.locator(".finding").first().waitFor(); // what was kept stays
    await page.visit("/services/connectingontario", { shows: ".stats" });
    await page.visit("/services/connectingontario/metadata", { shows: "#keys-h" });
    await page.visit("/services/connectingontario/policy", { shows: "#policy" });
    await page.visit("/services/import", { shows: "#bring" });
    // Only the field of the chosen answer is there, and what is wrong is said at it.
    page.expect(/status of 422.*services.import/);
    await page.locator("#address").fill("http://ailleurs.example/metadonnees");
    await page.push(w("services.bring.submit"), { shows: ".summary" });
    await page.locator("#address-e").waitFor();
    assert.equal(await page.locator("#address").inputValue(), "http://ailleurs.example/metadonnees");
    assert.equal(await page.locator("#text").isVisible(), false);
  });
});

test("the overview draws what happened, in the dark too", async (t) => {
  await journey(t, { scheme: "dark" }, async (page, world) => {
    const w = words("en");
    const login = await administrator(world, "en");
    await signIn(page, w, login);
    await page.visit("/services/otnhub/test", { shows: "#judge" });
    await page.push(w("services.test.window_start"), { shows: "#judge" });
    page.expect(/status of 403.*(sso.continue|saml.sso)/);
    const stale = (await ask(`${world.connectingontario}/signin`)).headers.location;
    for (const address of [stale, stale, `${world.otnhub}/signin`]) await page.goto(address);
    await page.locator("button[value=accept]").click();
    await page.locator("dl dd").first().waitFor();
    for (let turn = 0; turn < 3; turn++) await page.goto(`${world.otnhub}/signin`);
    await page.visit("/services/otnhub", { shows: "svg.chart.wide rect.a" });
    await page.visit("/services/otnhub/test", { shows: ".finding" });
    await page.locator(".finding details summary").last().click();
    await page.look();
  });
});

/** Goes to what is done with keys, or approved: fresh proof of something held is wanted first. */
async function prove(page, world, { w, login, go, shows }) {
  await page.act(go, { heading: w("challenge.choose.title") });
  await byText(page, world, { w, number: numbers.get(login), shows });
}

test("our signing key is changed by two administrators, with the keyboard’s reach", async (t) => {
  await journey(t, {}, async (page, world) => {
    const w = words("en");
    const [first, second] = [await administrator(world, "en"), await administrator(world, "en")];
    await signIn(page, w, first);
    await page.visit("/services", { heading: w("services.list.title") });
    await page.follow(w("services.keys.title"), { heading: w("services.keys.title") });
    await page.locator("#signing-h ~ p a").first().focus();
    await prove(page, world, { w, login: first, go: () => page.keyboard.press("Enter"), shows: "#next" });
    await page.push(w("services.keys.propose"), { heading: w("services.keys.title") });
    await page.getByText(w("services.keys.was_proposed")).waitFor();
    await signOut(page, w);

    await signIn(page, w, second);
    await page.visit("/services/keys", { heading: w("services.keys.title") });
    const go = () => page.locator('.needs a[href^="/services/keys/proposed/"]').click();
    await prove(page, world, { w, login: second, go, shows: "#approve" });
    await page.push(w("services.keys.approve"), { heading: w("services.keys.title") });
    await page.locator("#key-signing-2").waitFor();
    await change(world, "INSERT INTO nodes SELECT 'west-2', now(), array_agg(fingerprint) FROM saml_keys WHERE id <> 'signing-2'");
    await page.visit("/services/keys", { shows: "#key-signing-2" });
    await page.getByText(w("services.keys.others_lack")).waitFor();
    await change(world, "DELETE FROM nodes WHERE name = 'west-2'");
    await page.use('a[href="/services/keys/switch/signing-2"]', { heading: /signing-2/ });
    await page.getByText(w("services.keys.early_stolen")).waitFor();
    assert.equal(await page.locator("#switch").count(), 0);
    await page.visit("/services/keys/of/otnhub", { shows: "#go" });
    await page.submit("#confirm", { shows: ".tag.ok" });
    await page.submit("#go", { shows: "#go" });
    await page.submit("#go", { shows: "#go" });
    await page.visit("/services/keys/retire/signing-2", { shows: "#retire" });
    await page.submit("#retire", { heading: w("services.keys.title") });
  });
});

test("la protection d’un service ne faiblit qu’à deux, sans script et à l’étroit", async (t) => {
  await journey(t, { lang: "fr", width: 360, script: false, scheme: "dark" }, async (page, world) => {
    const w = words("fr");
    const [first, second] = [await administrator(world, "fr"), await administrator(world, "fr")];
    await signIn(page, w, first);
    await page.visit("/services/clinicalconnect/policy", { shows: "#policy" });
    await page.getByLabel(w("services.policy.requests")).selectOption("off");
    await page.locator("#form_origins").fill("https://a-rather-long-name-of-a-further-origin.clinicalconnect.example");
    await page.push(w("services.policy.save"), { shows: "#withdraw" });
    assert.equal(await page.locator("#approve").count(), 0);
    await page.visit("/services", { shows: ".needs" });
    await page.locator(".menu summary").click();
    await page.push(w("ui.action.signout"), { heading: w("access.signedout.title") });
    await signIn(page, w, second);
    await page.visit("/services/clinicalconnect/policy", { shows: "#approve" });
    await prove(page, world, { w, login: second, go: () => page.locator("#approve button").click(), shows: "#approve" });
    await page.push(w("services.version.approve"), { shows: "#policy" });
    for (const path of ["", "/metadata", "/attributes", "/test", "/setup", "/history"]) await page.visit(`/services/clinicalconnect${path}`, { shows: ".tabs" });
    await page.visit("/services/keys", { shows: "#key-signing-1" });
    await page.visit("/services/keys/next", { shows: "#next" });
    await page.visit("/services/keys/of/clinicalconnect", { shows: "#keep" });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth).catch(() => 0);
    assert.equal(wide, 0);
  });
});

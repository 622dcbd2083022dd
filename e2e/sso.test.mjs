// What a person meets between a viewer and themselves: who asks, what is sent, under whose authority,
// who is there, and how they get back when it does not work.

import assert from "node:assert/strict";
import { test } from "node:test";
import { byText, choose } from "./challenge.mjs";
import { code } from "./inbox.mjs";
import { journey } from "./journey.mjs";
import { attributes, open } from "./viewer.mjs";
import { account, command, password } from "./shell.mjs";
import { words } from "./words.mjs";

const viewer = "ConnectingOntario";
const accept = 'form#notice button[value="accept"]';
const mfa = encodeURIComponent("https://refeds.org/profile/mfa");

async function signIn(page, w, who, options) {
  await page.write(w("signin.form.login_id"), who.login);
  await page.write(w("signin.form.password"), password);
  await page.push(w("signin.form.submit"), options);
}

test("the first time, what is sent is read, kept as a receipt, and not asked again", async (t) => {
  await journey(t, {}, async (page, world) => {
    const w = words("en");
    await page.visit(`${world.connectingontario}/signin`, { heading: w("signin.form.title_service", { Service: viewer }) });
    await signIn(page, w, await account(world), { heading: w("sso.release.title", { Service: viewer }) });
    await page.getByText(w("sso.attribute.licence")).waitFor();
    await page.push(w("sso.release.decline"), { shows: "main ul" }); // the viewer hears it
    assert.match(await page.locator("main ul").textContent(), /status:Responder.*status:RequestDenied/);
    page.expect(/status of 403.*saml\/acs/);

    await page.visit(`${world.connectingontario}/signin`, { shows: accept });
    await page.use(accept, { shows: "dl dd" });
    await page.visit("/profile/services", { heading: w("profile.receipts.title") });
    await page.getByRole("heading", { level: 2, name: viewer }).waitFor();
    await page.getByText(w("sso.attribute.licence")).waitFor();

    // From our side: a tile, and a link of the same kind.
    await page.visit("/home", { shows: ".tiles" });
    const tile = page.locator(".tiles a").first();
    assert.match(await tile.getAttribute("href"), /^\/saml\/launch\?sp=/);
    await page.act(() => tile.click(), { shows: "dl dd" });
    const entity = encodeURIComponent(`${world.connectingontario}/saml/metadata`);
    await page.visit(`/saml/launch?sp=${entity}&RelayState=token`, { shows: "dl dd" });
    page.expect(/status of 403.*saml\/launch/);
    await page.visit(`/saml/launch?sp=${entity}&RelayState=${encodeURIComponent("https://elsewhere.example/")}`, {
      heading: w("sso.error.title", { Service: viewer }),
    });
  });
});

test("en français, au clavier et sans script, sur un téléphone", async (t) => {
  await journey(t, { lang: "fr", script: false, width: 360, scheme: "dark" }, async (page, world) => {
    const w = words("fr");
    const who = await account(world, { lang: "fr", first: "Zoé" });
    await page.goto("/language/fr");
    await page.visit(`${world.connectingontario}/signin`, { heading: w("signin.form.title_service", { Service: viewer }) });
    await signIn(page, w, who, { heading: w("sso.release.title", { Service: viewer }) });
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "it is wider than the phone");

    await reach(page, w("sso.release.accept", { Service: viewer }));
    const posted = page.waitForResponse((r) => r.request().method() === "POST" && r.url().includes("/sso/continue"));
    await page.act(() => page.keyboard.press("Enter"), { heading: w("sso.post.title", { Service: viewer }) });
    const policy = (await posted).headers()["content-security-policy"];
    assert.ok(policy.includes(`form-action 'self' ${world.connectingontario};`) && !policy.includes("unsafe"), policy);
    assert.equal(await page.locator("html").getAttribute("lang"), "fr-CA");
    await reach(page, w("sso.post.action", { Service: viewer }));
    await page.act(() => page.keyboard.press("Enter"), { shows: "dl dd" });
    await page.visit("/profile/services", { heading: w("profile.receipts.title") });
    await page.getByText(w("sso.attribute.licence")).waitFor();
  });
});

/** Goes to a button as one does without a mouse. */
async function reach(page, name) {
  for (let i = 0; i < 40; i++) {
    await page.keyboard.press("Tab");
    if (await page.getByRole("button", { name, exact: true }).evaluate((b) => b === document.activeElement)) return;
  }
  throw new Error(`${name} is not reached by keyboard`);
}

test("one more check says who wants it, and can be left", async (t) => {
  await journey(t, { width: 360 }, async (page, world) => {
    const w = words("en");
    const who = await account(world);
    await page.visit("/signin");
    await signIn(page, w, who, { shows: ".tiles" });
    await open(page, `${world.connectingontario}/signin`);
    await page.visit(`${world.connectingontario}/signin?context=${mfa}`, { heading: w("challenge.choose.title") });
    await page.getByText(w("challenge.why.service", { Service: viewer })).waitFor();
    page.expect(/status of 403.*saml\/acs/);
    await page.push(w("ui.action.cancel"), { shows: "main ul" });
    assert.match(await page.locator("main ul").textContent(), /status:AuthnFailed/);

    await page.visit(`${world.connectingontario}/signin?context=${mfa}`, { heading: w("challenge.choose.title") });
    await byText(page, world, { w, number: who.phone, shows: "dl dd" });
    await page.getByText("https://refeds.org/profile/mfa").first().waitFor();

    await page.visit(`${world.connectingontario}/signin?passive`, { shows: "dl dd" });
    await page.visit(`${world.connectingontario}/signin?context=urn:nobody:knows`, { shows: "main ul" });
    assert.match(await page.locator("main ul").textContent(), /status:NoAuthnContext/);
  });
});

test("one authority is silent, among several the person chooses", async (t) => {
  await journey(t, { scheme: "dark" }, async (page, world) => {
    const w = words("en");
    const who = await account(world);
    await command(world, "examples");
    const sponsor = (organization) => command(world, "sponsor", who.login, organization, "--service", "connectingontario", "--role", "viewer");
    await sponsor("maple-falls-general-hospital");
    await page.visit("/signin");
    await signIn(page, w, who, { shows: ".tiles" });
    await open(page, `${world.connectingontario}/signin`);
    assert.match(JSON.stringify(await attributes(page)), /900000001117/);

    await sponsor("lac-aux-ormes-regional-hospital");
    await page.visit(`${world.connectingontario}/signin`, { heading: w("sso.authority.title") });
    page.expect(/status of 422.*sso\/continue/);
    await page.push(w("sso.authority.submit"), { shows: ".summary" });
    await page.getByLabel("Lac-aux-Ormes Regional Hospital").check();
    await page.push(w("sso.authority.submit"), { shows: "dl dd" });
    assert.match(JSON.stringify(await attributes(page)), /900000002234/);

    await page.visit(`${world.connectingontario}/signin`, { heading: w("sso.authority.title") });
    assert.ok(await page.getByLabel("Lac-aux-Ormes Regional Hospital").isChecked(), "the last one is not proposed");
    page.expect(/status of 403.*saml\/acs/);
    await page.push(w("sso.cancel.action", { Service: viewer }), { shows: "main ul" });
    assert.match(await page.locator("main ul").textContent(), /status:AuthnFailed/);
  });
});

test("a shared workstation asks who is there, and remembers nobody", async (t) => {
  await journey(t, { width: 360 }, async (page, world) => {
    const w = words("en");
    const [one, two] = [await account(world), await account(world, { first: "Bea", asked: true })];
    await page.visit("/workstation", { heading: w("sso.workstation.title") });
    await page.push(w("sso.workstation.turn_on"), { shows: ".notice.ok" });
    await page.visit("/signin");
    await signIn(page, w, one, { shows: ".tiles" });
    await page.visit(`${world.connectingontario}/signin`, { heading: w("sso.continue.title", { Name: one.name }) });
    await page.push(w("sso.continue.yes", { Name: one.name }), { shows: accept });
    await page.use(accept, { shows: "dl dd" });

    await page.visit(`${world.connectingontario}/signin`, { heading: w("sso.continue.title", { Name: one.name }) });
    await page.push(w("sso.continue.someone_else"), { heading: w("signin.form.title_service", { Service: viewer }) });
    await signIn(page, w, two, { heading: w("challenge.choose.title") });
    const after = new Date().toISOString();
    await choose(page, world, { w, number: two.phone, method: "text" });
    await page.getByText(w("challenge.device.shared")).waitFor();
    assert.equal(await page.locator("#remember").count(), 0);
    await page.locator("#code").fill(await code(world, two.phone, { after }));
    await page.push(w("challenge.text.submit"), { shows: accept });
    await page.use(accept, { shows: "dl dd" });
    assert.match(JSON.stringify(await attributes(page)), new RegExp(two.login.split("@")[0]));
  });
});

test("une autre personne prend la place, et une page d’avant ne sert plus", async (t) => {
  await journey(t, { lang: "fr" }, async (page, world) => {
    const w = words("fr");
    const [one, two] = [await account(world, { lang: "fr" }), await account(world, { lang: "fr", first: "Bea" })];
    await page.goto("/language/fr");
    let request;
    page.on("request", (r) => r.url().includes("/saml/sso?") && (request = r.url()));
    await page.visit("/signin");
    await signIn(page, w, one, { shows: ".tiles" });
    await page.visit(`${world.connectingontario}/signin`, { heading: w("sso.release.title", { Service: viewer }) });
    const waiting = page.url();
    await page.visit("/signin?again=yes", { shows: "#loginid" });
    await signIn(page, w, two, { shows: ".tiles" });
    await page.visit(waiting, { heading: w("sso.continue.title", { Name: two.name }) });
    await page.getByText(w("sso.continue.changed")).waitFor();
    await page.push(w("sso.continue.yes", { Name: two.name }), { shows: accept });
    await page.use(accept, { shows: "dl dd" });

    // Back, reload and bookmarks lead to where the viewer begins.
    page.expect(/status of 403.*(sso\/continue|saml\/sso)/);
    for (const old of [waiting, request]) {
      await page.visit(old, { heading: w("sso.error.title", { Service: viewer }) });
      await page.getByText(w("sso.error.used")).waitFor();
    }
    const start = page.getByRole("link", { name: w("sso.error.action", { Service: viewer }) });
    await page.act(() => start.click());
    assert.equal(new URL(page.url()).origin, world.connectingontario);
  });
});

test("somebody whose account is suspended on the way reads why, here and there", async (t) => {
  await journey(t, {}, async (page, world) => {
    const w = words("en");
    const who = await account(world);
    await page.visit("/signin");
    await signIn(page, w, who, { shows: ".tiles" });
    await page.visit(`${world.connectingontario}/signin`, { shows: accept });
    await command(world, "account", "suspend", who.login, "--reason", "left the hospital");
    await page.visit(`${world.connectingontario}/signin`, { heading: w("signin.form.title_service", { Service: viewer }) });
    page.expect(/status of 403.*signin/);
    await signIn(page, w, who, { heading: w("signin.blocked.suspended_title") });
    await command(world, "account", "resume", who.login, "--reason", "came back");
    await page.visit(`${world.connectingontario}/signin`, { heading: w("signin.form.title_service", { Service: viewer }) });
    await signIn(page, w, who, { shows: accept });
  });
});

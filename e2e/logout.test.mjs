// Signing out of every service: from us, from a service, past one that hangs, and without script.

import assert from "node:assert/strict";
import { test } from "node:test";
import { byText } from "./challenge.mjs";
import { journey } from "./journey.mjs";
import { account, password } from "./shell.mjs";
import { words } from "./words.mjs";
import { ask, until } from "./world.mjs";

const patience = 20_000; // a service that hangs keeps the page for eight seconds
const titles = { connectingontario: "ConnectingOntario", clinicalconnect: "ClinicalConnect", otnhub: "OTN Hub", cco: "CCO" };

/** Somebody who may open every service. `sure`: with a second factor. */
const somebody = (world, { sure = false } = {}) =>
  account(world, { first: "Log", services: Object.keys(titles).slice(1), asked: sure });

async function signIn(page, world, w, who, { sure = false } = {}) {
  await page.visit("/signin");
  await page.write(w("signin.form.login_id"), who.login);
  await page.write(w("signin.form.password"), password);
  await page.push(w("signin.form.submit"), sure ? { heading: w("challenge.choose.title") } : { shows: ".tiles" });
  if (sure) await byText(page, world, { w, number: who.phone, shows: ".tiles" });
}

/** Opens a service, reading what it is told the first time; without script each hand-over has a button. */
async function open(page, world, w, name, { script = true } = {}) {
  const signedIn = page.locator("dl dd").first();
  const notice = page.locator("button[value=accept]");
  const handOver = page.locator("form[data-auto-submit] button");
  await page.goto(`${world[name]}/signin`);
  for (let turn = 0; turn < 5; turn++) {
    await signedIn.or(notice).or(handOver).first().waitFor({ timeout: patience });
    if (await signedIn.isVisible()) return;
    if (await notice.isVisible()) await notice.click();
    else if (!script) await handOver.click();
  }
  throw new Error(`${name} does not open`);
}

const manner = (world, name, how) =>
  ask(`${world[name]}/lab/logout`, { method: "POST", body: `how=${how}`, headers: { "content-type": "application/x-www-form-urlencoded" } });

// While a service hangs, the browser is between two pages, and Playwright waits for it. A person
// does not: they read the page that is still there, and can click on it.
const leave = (what) => void what.click().catch(() => {});

async function reads(page, text) {
  const devtools = await page.context().newCDPSession(page);
  const question = { expression: "document.body?.innerText ?? ''", returnByValue: true };
  await until(`the page to say ${text}`, async () =>
    (await devtools.send("Runtime.evaluate", question).catch(() => null))?.result.value.includes(text) ? true : null, patience);
}

async function isOpen(page, world, name) {
  await page.goto(world[name]);
  return (await page.locator("dl dd").count()) > 0;
}

async function outcomes(page) {
  const rows = await page.locator(".table tbody tr").evaluateAll((all) =>
    all.map((row) => [row.querySelector("th").textContent.trim(), row.querySelector(".tag").textContent.trim()]),
  );
  return Object.fromEntries(rows);
}

test("from us: every service is asked in its own way, and the page says what each answered", async (t) => {
  await journey(t, { width: 360 }, async (page, world) => {
    const w = words("en");
    await signIn(page, world, w, await somebody(world, { sure: true }), { sure: true });
    for (const name of Object.keys(titles)) await open(page, world, w, name);
    await page.goto("/home");
    await page.locator(".menu summary").click();
    await page.push(w("ui.action.signout"), { heading: w("sso.logout.partial_title") });
    assert.deepEqual(await outcomes(page), {
      ConnectingOntario: w("sso.logout.tag_confirmed"), ClinicalConnect: w("sso.logout.tag_confirmed"),
      "OTN Hub": w("sso.logout.tag_confirmed"), CCO: w("sso.logout.tag_unable"),
    });
    for (const name of Object.keys(titles)) assert.equal(await isOpen(page, world, name), name === "cco", name);
    await page.visit("/home", { shows: "#loginid" });
  });
});

test("d’un service aux autres, puis retour au premier", async (t) => {
  await journey(t, { lang: "fr", scheme: "dark" }, async (page, world) => {
    const w = words("fr");
    await page.goto("/language/fr");
    await signIn(page, world, w, await somebody(world));
    for (const name of ["otnhub", "connectingontario"]) await open(page, world, w, name);
    await page.locator("form[action='/signout'] button").first().click();
    await page.waitForURL(`${world.connectingontario}/?out=all`, { timeout: patience });
    assert.equal(await isOpen(page, world, "otnhub"), false);
    await page.visit("/home", { shows: "#loginid" });
  });
});

test("a service that hangs or refuses keeps nobody, and can be asked again", async (t) => {
  await journey(t, {}, async (page, world) => {
    const w = words("en");
    await signIn(page, world, w, await somebody(world));
    for (const name of ["otnhub", "connectingontario"]) await open(page, world, w, name);
    await manner(world, "otnhub", "hang");
    const began = Date.now();
    leave(page.locator("form[action='/signout'] button").first());
    await reads(page, w("sso.logout.progress", { Service: titles.otnhub }));
    await reads(page, w("sso.logout.partial_title"));
    assert.ok(Date.now() - began > 7_000, "gave up at once");
    await page.look();
    assert.deepEqual(await outcomes(page), { "OTN Hub": w("sso.logout.tag_silent") });

    await manner(world, "otnhub", "refuse");
    await page.push(w("sso.logout.do_again", { Service: titles.otnhub }), { shows: ".tag.bad" });
    await manner(world, "otnhub", "confirm");
    await page.getByRole("link", { name: w("sso.logout.return", { Service: titles.connectingontario }) }).click();
    await page.waitForURL(`${world.connectingontario}/?out=partial`, { timeout: patience });
    assert.equal(await isOpen(page, world, "otnhub"), true);
  });
});

test("without script each step has its button, and a way on past a service that hangs", async (t) => {
  await journey(t, { script: false, width: 360 }, async (page, world) => {
    const w = words("en");
    await signIn(page, world, w, await somebody(world));
    for (const name of ["otnhub", "connectingontario"]) await open(page, world, w, name, { script: false });
    await page.goto("/home");
    await page.locator(".menu summary").click();
    await page.push(w("ui.action.signout"), { heading: w("sso.logout.title") });
    await page.getByText(w("sso.logout.progress", { Service: titles.otnhub })).waitFor();
    const on = await page.getByRole("link", { name: w("sso.logout.skip") }).boundingBox();

    await manner(world, "connectingontario", "hang");
    await page.getByRole("button", { name: w("sso.logout.leave", { Service: titles.otnhub }) }).click();
    leave(page.locator("form#saml button")); // the service's own hand-over
    // The next step goes out by itself, and hangs. Nothing can be asked of a browser meanwhile; but
    // its page is there, and the way on is where it was.
    await page.waitForEvent("request", (request) => request.url().startsWith(`${world.connectingontario}/saml/slo?`));
    await page.mouse.click(on.x + on.width / 2, on.y + on.height / 2);
    await reads(page, w("sso.logout.partial_title"));
    await page.look();
    assert.deepEqual(await outcomes(page), { "OTN Hub": w("sso.logout.tag_confirmed"), ConnectingOntario: w("sso.logout.tag_silent") });
    await manner(world, "connectingontario", "confirm");
    await page.push(w("sso.logout.do_again", { Service: titles.connectingontario }), { heading: w("sso.logout.done_title") });
    await page.look();
  });
});

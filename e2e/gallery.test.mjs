// What the parts of every screen do in a browser, on the gallery: no database,
// no session, every state at once.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
import { accessible, keep, named } from "./checks.mjs";
import { program } from "./chromium.mjs";
import { root } from "./world.mjs";

const pages = ["parts", "wizard", "refused", "signin", "account", "problem", "offline"];
let gallery, address, browser;

before(async () => {
  const build = spawn("go", ["build", "-o", "bin/gallery", "./views/gallery/serve"], { cwd: root, stdio: "inherit" });
  await new Promise((done, fail) => build.on("close", (code) => (code === 0 ? done() : fail(new Error("the gallery does not build")))));
  gallery = spawn(`${root}bin/gallery`, ["-addr", "127.0.0.1:0"], { stdio: ["ignore", "pipe", "inherit"] });
  address = await new Promise((done) => gallery.stdout.once("data", (text) => done(String(text).trim())));
  browser = await chromium.launch({ executablePath: program, args: ["--no-sandbox", "--disable-gpu"] });
});

after(async () => {
  await browser?.close();
  gallery?.kill();
});

/** A fresh profile; workers only where a test is about them. */
async function visit(name, { width = 1280, scheme = "light", worker = "block" } = {}) {
  const context = await browser.newContext({ baseURL: address, viewport: { width, height: 900 }, colorScheme: scheme, serviceWorkers: worker });
  const page = await context.newPage();
  page.on("pageerror", (error) => assert.fail(error));
  await page.goto(`/${name}`);
  return { page, context };
}

const focused = (page) => page.evaluate(() => document.activeElement.id || document.activeElement.className || document.activeElement.tagName);

/** Answers the wizard's form with a page of the gallery, as the product would. */
async function answering(page, { name, status, delay = 0 }) {
  const posts = [];
  await page.route("**/register/personal", async (route) => {
    const request = route.request();
    const kind = request.headers()["hx-request-type"];
    posts.push({ kind, sent: new URLSearchParams(request.postData()) });
    if (delay) await new Promise((done) => setTimeout(done, delay));
    const answer = await fetch(`${address}/${name}`, { headers: kind ? { "HX-Request-Type": kind } : {} });
    const headers = status >= 400 ? { "HX-Push-Url": "false" } : {};
    await route.fulfill({ status, contentType: "text/html; charset=utf-8", headers, body: await answer.text() });
  });
  return posts;
}

for (const scheme of ["light", "dark"]) {
  for (const width of [320, 1280]) {
    test(`the parts are accessible and fit ${width} px, ${scheme}`, async () => {
      const { page, context } = await visit("parts", { width, scheme });
      for (const name of pages) {
        for (const lang of ["en", "fr"]) {
          const answer = await page.goto(`/${name}?lang=${lang}`);
          keep(page.url(), await answer.text());
          await page.evaluate(() => document.fonts.ready);
          await named(page, lang);
          await accessible(page);
          const spill = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
          assert.equal(spill, 0, `${name} ${lang} is wider than the window`);
        }
      }
      await context.close();
    });
  }
}

test("a refused form comes back with the focus on its summary", async () => {
  const { page, context } = await visit("wizard");
  const posts = await answering(page, { name: "refused", status: 422 });
  await page.fill("#email", "x");
  await page.press("#email", "Enter");
  await page.waitForSelector(".summary");
  assert.equal(posts[0].kind, "partial");
  assert.equal(posts[0].sent.get("switch_language"), null, "Enter must not change the language");
  assert.equal(posts[0].sent.get("then"), null, "Enter must mean Next");
  assert.match(await page.title(), /^Error: Step 2 of 7/);
  await page.waitForFunction(() => document.activeElement.matches(".summary"));
  assert.equal(new URL(page.url()).pathname, "/wizard", "a refusal keeps its address out of the history");
  await page.click('.summary a[href="#language"]');
  assert.equal(await focused(page), "language");
  await context.close();
});

test("the next step takes the address, the title and the focus", async () => {
  const { page, context } = await visit("refused");
  await answering(page, { name: "wizard", status: 200 });
  await page.click(".actions .btn >> nth=0");
  await page.waitForFunction(() => !document.querySelector(".summary") && document.activeElement.matches("h1"));
  assert.match(await page.title(), /^Step 2 of 7/);
  assert.equal(new URL(page.url()).pathname, "/register/personal");
  assert.equal(await page.evaluate(() => scrollY), 0);
  await context.close();
});

test("a form is sent once, and says so when it takes long", async () => {
  const { page, context } = await visit("wizard");
  const posts = await answering(page, { name: "wizard", status: 200, delay: 1500 });
  await page.click(".actions .btn >> nth=0");
  await page.click(".actions .btn >> nth=0");
  assert.equal(await page.getAttribute("#main", "aria-busy"), "true");
  await page.waitForFunction(() => document.getElementById("status").textContent === "Saving…");
  assert.equal(await page.textContent(".actions .btn >> nth=0"), "Next", "the button keeps its words");
  await page.waitForFunction(() => document.getElementById("status").textContent === "" && !document.querySelector(".saving"));
  assert.equal(posts.length, 1);
  await context.close();
});

test("a change of language sends what was typed, past htmx", async () => {
  const { page, context } = await visit("wizard");
  const posts = await answering(page, { name: "wizard?lang=fr", status: 200 });
  await page.fill("#email", "keep@example.ca");
  await page.click("button[name=switch_language]");
  await page.waitForSelector("html[lang=fr-CA]");
  assert.equal(posts[0].kind, undefined);
  assert.equal(posts[0].sent.get("switch_language"), "fr");
  assert.equal(posts[0].sent.get("email"), "keep@example.ca");
  await context.close();
});

test("a password is shown on request and hidden when it is sent", async () => {
  const { page, context } = await visit("signin");
  await page.fill("#password", "maple tin");
  await page.click("[data-reveal=password]");
  assert.equal(await page.getAttribute("#password", "type"), "text");
  assert.equal(await page.textContent("[data-reveal=password]"), "Hide password");
  assert.equal(await page.textContent("#status"), "Your password is now visible.");
  await page.route("**/signin", (route) => route.fulfill({ status: 204 })); // the page stays
  await page.click(".btn.block");
  assert.equal(await page.getAttribute("#password", "type"), "password");
  await context.close();
});

test("the chosen colours hold from the first paint", async () => {
  const { page, context } = await visit("signin");
  await page.selectOption("#theme", "dark");
  await page.reload();
  assert.equal(await page.getAttribute("html", "data-theme"), "dark");
  assert.equal(await page.inputValue("#theme"), "dark");
  await context.close();
});

test("the end of a session is announced and put off in every tab", async () => {
  const { page, context } = await visit("timeout");
  const tab = await context.newPage();
  const fresh = '<div id="timeout-state" hidden data-left="900" data-warn="150" data-text="later" data-extend="/session/extend" data-ended="/session/ended"></div>';
  await context.route("**/session/extend", (route) => route.fulfill({ status: 200, contentType: "text/html", body: fresh }));
  await tab.goto(`${address}/timeout`);
  await page.reload();
  for (const p of [page, tab]) await p.waitForFunction(() => document.getElementById("timeout").open);
  assert.match(await page.title(), /^Signing out soon/);
  assert.equal(await focused(page), "timeout-stay");
  await page.click("#timeout-stay");
  for (const p of [page, tab]) await p.waitForFunction(() => !document.getElementById("timeout").open);
  assert.match(await page.title(), /^Step 2 of 7/);
  assert.equal(await page.textContent("#status"), "You are still signed in.");
  await context.close();
});

test("a session that was not put off leads to the page that says so", async () => {
  const { page, context } = await visit("timeout");
  await page.waitForURL("**/session/ended?back=%2Ftimeout");
  await context.close();
});

test("without a network there is the offline page, and nothing of a person is kept", async () => {
  const { page, context } = await visit("account", { worker: "allow" });
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => new Promise((done) => {
    if (navigator.serviceWorker.controller) done();
    else navigator.serviceWorker.addEventListener("controllerchange", done);
  })));
  await page.goto("/account");
  const kept = await page.evaluate(async () => {
    const urls = [];
    for (const name of await caches.keys()) for (const { url } of await (await caches.open(name)).keys()) urls.push(url);
    return urls.map((url) => new URL(url)).map(({ pathname, search }) => pathname + search);
  });
  assert.ok(kept.length > 8);
  for (const url of kept) assert.match(url, /^\/(static\/[\w.-]+|offline\?lang=(en|fr))$/);
  await context.setOffline(true);
  await page.goto("/wizard?lang=fr");
  assert.equal(await page.textContent("h1"), "Vous êtes hors ligne");
  await context.close();
});

test("the sign-in page weighs less than 50 KB", async () => {
  const context = await browser.newContext({ baseURL: address, serviceWorkers: "block" });
  const page = await context.newPage();
  const wire = await context.newCDPSession(page);
  await wire.send("Network.enable");
  let bytes = 0;
  wire.on("Network.loadingFinished", ({ encodedDataLength }) => (bytes += encodedDataLength));
  await page.goto("/signin", { waitUntil: "networkidle" });
  assert.ok(bytes < 50_000, `got ${bytes} bytes`);
  await context.close();
});

test("paper is light, whatever the screen is", async () => {
  const { page, context } = await visit("parts", { scheme: "dark" });
  const ink = () => page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue("--ink"));
  const dark = await ink();
  for (const theme of ["", "dark"]) {
    await page.evaluate((name) => (document.documentElement.dataset.theme = name), theme);
    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    assert.notEqual(await ink(), dark);
    await page.emulateMedia({ media: "screen", colorScheme: "dark" });
    assert.equal(await ink(), dark);
  }
  await context.close();
});

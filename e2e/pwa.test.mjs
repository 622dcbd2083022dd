// The installed product: manifests, worker, what it keeps, what it shows without a network, and
// what the first page weighs.

import assert from "node:assert/strict";
import { test } from "node:test";
import { byQuestions } from "./challenge.mjs";
import { journey } from "./journey.mjs";
import { member, signUp } from "./portal.mjs";
import { words } from "./words.mjs";
import { ask } from "./world.mjs";
import { guideAnswers, wizard } from "./wizard.mjs";

const firstPage = { bytes: 51_200, requests: 6 };

test("each language has a manifest to install from", async (t) => {
  for (const lang of ["en", "fr"]) {
    await journey(t, { lang }, async (page, world) => {
      await page.visit("/signin");
      const address = await page.getAttribute("link[rel=manifest]", "href");
      assert.equal(address, `/manifest.${lang}.webmanifest`);
      const answer = await ask(world.product + address);
      assert.match(answer.headers["content-type"], /^application\/manifest\+json/);
      const manifest = JSON.parse(answer.text);
      assert.equal(manifest.lang.slice(0, 2), lang);
      assert.equal(manifest.display, "standalone");
      assert.ok(manifest.id && manifest.name && manifest.short_name && manifest.start_url);
      for (const size of ["192x192", "512x512"]) assert.ok(manifest.icons.some(({ sizes }) => sizes === size), size);
      assert.ok(manifest.icons.some(({ purpose }) => purpose === "maskable"));
      for (const { src } of manifest.icons) assert.equal((await ask(world.product + src)).status, 200);
    });
  }
});

test("after a whole registration and a sign-in nothing of the person is kept, and offline there is a number to call", async (t) => {
  await journey(t, {}, async (page, world) => {
    const w = words("en");
    const steps = wizard(page);
    await page.visit("/signin");
    await page.evaluate(() => navigator.serviceWorker.ready);
    await signUp(page, world, await member(world, 100323));
    await steps.policies();
    await steps.personal({ email: "priya@example.ca", phone: "416 555 0323" });
    await steps.profession();
    await steps.questions();
    await steps.noPhone();
    await steps.mail();
    await steps.review();
    await steps.password("Maple tin Roof 7");
    await page.visit("/signin");
    await steps.fill({ loginid: "priya.natarajan", password: "Maple tin Roof 7" });
    await page.push(w("signin.form.submit"), { heading: w("challenge.questions.title") });
    await byQuestions(page, { w, known: guideAnswers(), shows: ".tiles" });

    const kept = await page.evaluate(async () => {
      const urls = [];
      for (const name of await caches.keys()) for (const { url } of await (await caches.open(name)).keys()) urls.push(url);
      return { urls: urls.map((url) => url.slice(location.origin.length)), stored: [Object.keys(localStorage), Object.keys(sessionStorage)].flat() };
    });
    assert.ok(kept.urls.length > 8, `only ${kept.urls} are kept`);
    for (const url of kept.urls) assert.match(url, /^\/(static\/[\w.-]+|offline\?lang=(en|fr))$/);
    assert.deepEqual(kept.stored, []);

    page.expect(/ERR_INTERNET_DISCONNECTED/);
    await page.context().setOffline(true);
    await page.visit("/profile", { heading: w("fault.offline.title") });
    assert.match(await page.locator("#main").innerText(), /1-866-250-1554/);
    await page.context().setOffline(false);
  });
});

test("the first page is light", async (t) => {
  await journey(t, {}, async (page) => {
    const wire = await page.context().newCDPSession(page);
    await wire.send("Network.enable");
    const loads = new Map();
    wire.on("Network.requestWillBeSent", ({ requestId, request }) => loads.set(requestId, { url: new URL(request.url).pathname, bytes: 0 }));
    wire.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => { loads.get(requestId).bytes = encodedDataLength; });
    await page.goto("/signin", { waitUntil: "networkidle" });
    const counted = [...loads.values()].filter(({ url }) => !url.includes("/favicon."));
    const bytes = counted.reduce((sum, load) => sum + load.bytes, 0);
    t.diagnostic([...loads.values()].map(({ url, bytes }) => `${bytes} ${url}`).join(", "));
    t.diagnostic(`the first page, besides its favicon: ${bytes} bytes, ${counted.length} requests`);
    assert.ok(bytes < firstPage.bytes, `${bytes} bytes`);
    // The passkey exchange waits until somebody moves, or a second and a half: its bytes count, but
    // the page is there before it.
    const needed = counted.filter(({ url }) => url !== "/signin/passkey/start");
    assert.ok(needed.length <= firstPage.requests, needed.map(({ url }) => url).join(" "));
    await page.look();
  });
});

// The first thing to know: the world starts, and its front doors open in both languages.

import { test } from "node:test";
import { journey } from "./journey.mjs";

for (const lang of ["en", "fr"]) {
  test(`the sign-in page opens in ${lang}`, async (t) => {
    await journey(t, { lang, width: 360 }, (page) => page.visit("/signin"));
  });
  test(`the portal opens in ${lang}`, async (t) => {
    await journey(t, { lang }, (page, world) => page.visit(`${world.portal}/signin`));
  });
}

test("the sign-in page opens without script", async (t) => {
  await journey(t, { script: false }, (page) => page.visit("/signin"));
});

test("the sign-in page opens in the dark", async (t) => {
  await journey(t, { scheme: "dark" }, (page) => page.visit("/signin"));
});

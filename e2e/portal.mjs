// A member in the college's portal.

import { ask } from "./world.mjs";

/** The sample members, as the portal lists them. */
export async function members(world) {
  return JSON.parse((await ask(`${world.portal}/members.json`)).text);
}

/** The sample member with that college number. */
export async function member(world, number) {
  const found = (await members(world)).find((m) => String(m.number) === String(number));
  if (!found) throw new Error(`the portal has no member ${number}`);
  return found;
}

/** Signs in to the portal and comes to the page that offers ONE ID. */
export async function enter(page, world, who) {
  await page.visit(`${world.portal}/signin?next=${encodeURIComponent("/oneid")}`);
  await page.locator("#user").fill(who.portal.user);
  await page.locator("#password").fill(who.portal.password);
  await page.submit("main form");
  if (new URL(page.url()).pathname !== "/oneid") await page.visit(`${world.portal}/oneid`);
}

/** Consents and signs up: ends on the product's first page for this member. */
export async function signUp(page, world, who) {
  await enter(page, world, who);
  await page.locator("#consent").check();
  await page.submit("#signup");
  // Without script the hand-over's form is sent by its button.
  while (new URL(page.url()).origin === world.portal && (await page.locator("form#saml").count())) {
    await page.submit("form#saml");
  }
}

/** Makes the portal's next answer about this member a faulty one; its page /lab lists them. */
export async function variant(world, who, name) {
  const body = JSON.stringify({ variant: name, member: String(who.number) });
  const answer = await ask(`${world.portal}/lab/next`, { method: "POST", body, headers: { "content-type": "application/json" } });
  if (answer.status !== 200) throw new Error(`the portal's lab answered ${answer.status}: ${answer.text}`);
}

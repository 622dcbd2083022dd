// The second factor, as a person gives it. Each step begins on a page that asks for it.

import { change } from "./database.mjs";
import { code, press } from "./inbox.mjs";

/** Chooses a text to the number and types its code. `more` are further fields by id. */
export async function byText(page, world, { w, number, shows, remember = false }) {
  const after = new Date().toISOString();
  await choose(page, world, { w, number, method: "text" });
  if (remember) await page.locator("#remember").check();
  await page.locator("#code").fill(await code(world, number, { after }));
  await page.push(w("challenge.text.submit"), { shows });
}

/** Chooses a call to the number, presses the digit that the page shows, and lets the page move on. */
export async function byCall(page, world, { w, number, shows, script = true }) {
  await choose(page, world, { w, number, method: "call" });
  const digit = (await page.locator("p.digit").textContent()).trim();
  await press(world, number, digit);
  if (script) await page.act(() => {}, { shows });
  else await page.push(w("challenge.call.answered", { Digit: digit }), { shows });
}

/** Answers the two questions asked; `known` has the answers by question. */
export async function byQuestions(page, { w, known, shows }) {
  for (const i of [1, 2]) {
    const label = await page.locator(`label[for=answer_${i}]`).textContent();
    await page.locator(`#answer_${i}`).fill(known.get(label.trim()));
  }
  await page.push(w("challenge.questions.submit"), { shows });
}

/** Chooses a way: text or call. */
export async function choose(page, world, { w, number, method }) {
  page.expect(/status of 429.*challenge/);
  const heading = w(`challenge.${method}.title`);
  const chosen = async () => {
    await page.getByLabel(w(`challenge.choose.${method}_option`, { Last: number.slice(-2) }), { exact: true }).check();
    await page.getByRole("button", { name: w("challenge.choose.submit"), exact: true }).click();
    const arrived = page.getByRole("heading", { level: 1, name: heading });
    await arrived.or(page.locator(".summary")).first().waitFor();
    return arrived.isVisible();
  };
  if (!(await chosen())) {
    await rested(world);
    await chosen();
  }
  await page.act(() => {}, { heading });
}

/** A number that a code went to a moment ago rests for half a minute: lets that pass. */
export const rested = (world) => change(world, "DELETE FROM counters");

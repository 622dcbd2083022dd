// The second factor, as a person gives it. Each step begins on a page that asks for it.

import { code, press } from "./inbox.mjs";
import { pause } from "./world.mjs";

/** Chooses a text to the number and types its code. `more` are further fields by id. */
export async function byText(page, world, { w, number, shows, remember = false }) {
  const after = new Date().toISOString();
  await choose(page, w, number, "text", w("challenge.text.title"));
  if (remember) await page.locator("#remember").check();
  await page.locator("#code").fill(await code(world, number, { after }));
  await page.push(w("challenge.text.submit"), { shows });
}

/** Chooses a call to the number, presses the digit that the page shows, and lets the page move on. */
export async function byCall(page, world, { w, number, shows, script = true }) {
  await choose(page, w, number, "call", w("challenge.call.title"));
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

/** Chooses a way. A number that a code went to a moment ago rests for half a minute. */
export async function choose(page, w, number, method, heading) {
  page.expect(/status of 429.*challenge/);
  const last = number.slice(-2);
  for (let turn = 0; ; turn++) {
    await page.getByLabel(w(`challenge.choose.${method}_option`, { Last: last }), { exact: true }).check();
    await page.getByRole("button", { name: w("challenge.choose.submit"), exact: true }).click();
    const arrived = page.getByRole("heading", { level: 1, name: heading });
    await arrived.or(page.locator(".summary")).first().waitFor();
    if (await arrived.isVisible()) return page.act(() => {}, { heading });
    if (turn > 25) throw new Error("no code is sent");
    await pause(2000);
  }
}

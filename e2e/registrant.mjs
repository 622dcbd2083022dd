// A sample member who goes the whole road, and what only they know afterwards.

import { link } from "./inbox.mjs";
import { member, signUp } from "./portal.mjs";
import { e164, wizard } from "./wizard.mjs";

export const password = "Maple tin Roof 7";

/**
 * Registers a member. Without `phone` none is named, so that no limit on texts stands between one
 * sign-in and the next; with it the phone is tested and the mail address confirmed.
 */
export async function register(page, world, { lang = "en", number, answers, email, phone = false }) {
  const steps = wizard(page, lang);
  const { w } = steps;
  const who = await member(world, number);
  await signUp(page, world, who);
  const typed = `416 555 ${String(number).slice(-4)}`;
  await steps.policies();
  if (lang === "fr") await page.use("button[name=move]"); // the college's middle name stands with the first
  await steps.personal({ email, phone: typed });
  await steps.profession();
  await steps.answer(answers);
  const known = new Map();
  for (const i of [1, 2, 3]) {
    const question = await page.locator(`#question_${i} option:checked`).textContent();
    known.set(question.trim(), await page.locator(`#answer_${i}`).inputValue());
  }
  await steps.next("register.phone.title");
  await (phone ? steps.phone(world, typed) : steps.noPhone());
  await steps.mail();
  await steps.review();
  await steps.password(password);
  const login = (await page.locator("#login-id").textContent()).trim();
  if (phone) {
    await page.visit(await link(world, email, { has: w("mail.email_confirm.subject") }));
    await page.submit("main form");
  }
  return { login, email, number: e164(typed), birth: who.birth_date, known, w };
}

// The seven steps as a physician fills them in, in either language.

import assert from "node:assert/strict";
import { code } from "./inbox.mjs";
import { words } from "./words.mjs";

/** The guide's own sample answers, by the places they stand in. */
const answers = {
  en: [
    ["Make and model of your first car?", "Honda Accord"],
    ["What is the name of your first childhood friend?", "John"],
    ["What is the first award you ever won?", "Math"],
    ["What is your oldest sibling’s middle name?", "Bob"],
    ["What is the middle name of your father?", "Joe"],
  ],
};

/** The same by question, as a challenge asks for them in English. */
export const guideAnswers = () => new Map(answers.en);

/** Playwright's page with the wizard's steps; each ends on the page after it. */
export function wizard(page, lang = "en") {
  const w = words(lang);
  const next = (heading, button = "ui.action.next") => page.push(w(button), { heading: w(heading) });
  const fill = (fields) => all(fields, (id, value) => page.locator(`#${id}`).fill(value));

  const steps = {
    w,
    next,
    fill,

    async policies() {
      await page.locator("#agree").check();
      await next("register.personal.title");
    },

    async personal({ email, phone = "416 555 0143", language = lang, ...more }) {
      await fill({ email, phone, ...more });
      await page.locator(`input[name=language][value=${language}]`).check();
      await next("register.profession.title");
    },

    profession: () => next("register.questions.title"),

    /** Chooses the guide's questions and types its answers, or the ones given. */
    async answer(given = answers.en.map(([, answer]) => answer)) {
      for (const [i, answer] of given.entries()) {
        const select = page.locator(`#question_${i + 1}`);
        const label = lang === "en" ? answers.en[i][0] : undefined;
        await select.selectOption(label ? { label } : { index: i + 1 });
        await page.locator(`#answer_${i + 1}`).fill(answer);
      }
    },

    async questions(given) {
      await steps.answer(given);
      await next("register.phone.title");
    },

    /** Has a code sent to the contact number and types it in. */
    async phone(world, to) {
      await page.use("button[name=test][value='1']");
      await page.locator("#phone_1_code").fill(await code(world, e164(to)));
      await page.use("button[name=confirm]");
      await page.getByText(w("register.phone.test_ok"), { exact: true }).first().waitFor();
      await next("register.mail.title");
    },

    async noPhone() {
      await page.locator("#no_direct").check();
      await next("register.mail.title");
    },

    mail: () => next("register.review.title"),
    review: () => next("register.password.title", "register.review.go"),

    async password(chosen) {
      await fill({ password: chosen, confirm: chosen });
      await next("register.complete.title", "ui.action.finish");
    },
  };
  return steps;
}

/** The page says that the form was refused, at these fields and in a summary that has the focus. */
export async function refused(page, ...fields) {
  await page.locator(".summary").waitFor();
  const got = await page.evaluate(() => ({
    title: document.title,
    focus: document.activeElement.className,
    listed: [...document.querySelectorAll(".summary a")].map((a) => a.hash.slice(1)),
    marked: [...document.querySelectorAll("[aria-invalid=true]")].map(({ id }) => id),
    silent: [...document.querySelectorAll("[aria-invalid=true]")].filter((field) => {
      const told = field.getAttribute("aria-describedby") ?? field.closest("fieldset")?.getAttribute("aria-describedby") ?? "";
      return !told.split(" ").some((id) => document.getElementById(id)?.classList.contains("error-text"));
    }).map(({ id }) => id),
  }));
  assert.match(got.title, /^(Error: |Erreur\s: )/);
  assert.equal(got.focus, "summary");
  assert.deepEqual(got.listed, fields);
  assert.deepEqual(got.silent, [], "fields without a word of what is wrong");
  await page.locator(".summary a").first().click();
  assert.equal(await page.evaluate(() => document.activeElement.id), fields[0]);
}

/** A Canadian number as carriers write it. */
export const e164 = (typed) => `+1${typed.replace(/\D/g, "").slice(-10)}`;

async function all(fields, deed) {
  for (const [id, value] of Object.entries(fields)) await deed(id, value);
}

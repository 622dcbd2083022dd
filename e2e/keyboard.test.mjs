// Registering and signing in with the keys alone: what has the focus is seen, and none keeps it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { journey } from "./journey.mjs";
import { member, signUp } from "./portal.mjs";
import { words } from "./words.mjs";

const w = words("en");
const password = "Maple tin Roof 7";
const most = 80; // more controls than any page has

for (const scheme of ["light", "dark"]) {
  test(`the keys are enough to register and to sign in, ${scheme}`, async (t) => {
    await journey(t, { width: scheme === "light" ? 1280 : 360, scheme }, async (page, world) => {
      const keys = keyboard(page);
      await signUp(page, world, await member(world, scheme === "light" ? 100132 : 100255));

      await keys.press("#agree", "Space");
      await keys.go("register.personal.title");
      await keys.type("#email", `keys.${scheme}@example.ca`);
      await keys.type("#phone", "416 555 0132");
      await keys.press("input[name=language]", "ArrowDown", "ArrowUp");
      await keys.go("register.profession.title");
      await keys.press("button[name=add]", "Enter");
      await page.locator("#college_1").waitFor();
      await keys.press("button[name=reset]", "Enter");
      await page.locator("#main").getByText(w("register.profession.row_removed")).waitFor();
      await keys.go("register.questions.title");
      const known = new Map();
      for (const [i, answer] of ["Honda Accord", "Wilbert", "Math", "Bob", "Joe"].entries()) {
        const question = await page.locator(`#question_${i + 1} option:checked`).textContent();
        known.set(question.trim(), answer);
        await keys.type(`#answer_${i + 1}`, answer);
      }
      await page.keyboard.press("Enter"); // in a field it means Next
      await keys.arrived("register.phone.title");
      await keys.press("#no_direct", "Space");
      await keys.go("register.mail.title");
      await keys.go("register.review.title");
      await keys.go("register.password.title");
      await keys.type("#password", password);
      await keys.type("#confirm", password);
      await page.keyboard.press("Enter");
      await keys.arrived("register.complete.title");
      const login = (await page.locator("#login-id").textContent()).trim();

      await keys.press("a[href='/signin']", "Enter");
      await keys.arrived("signin.form.title");
      await keys.type("#loginid", login);
      await keys.type("#password", password);
      await page.keyboard.press("Enter");
      await keys.arrived("challenge.questions.title");
      for (const i of [1, 2]) {
        const label = (await page.locator(`label[for=answer_${i}]`).textContent()).trim();
        await keys.type(`#answer_${i}`, known.get(label));
      }
      await page.keyboard.press("Enter");
      await page.waitForURL("**/home");
      await keys.press(".menu summary", "Enter");
      await keys.press("form[action='/signout'] button", "Enter");
      await keys.arrived("access.signedout.title");
      await keys.round();
    });
  });
}

function keyboard(page) {
  const focus = () => page.evaluate(() => {
    const at = document.activeElement;
    if (!at || at === document.body) return null;
    const shown = [at, at.closest("label")].filter(Boolean).some((el) => {
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(el);
      return (outlineStyle !== "none" && parseFloat(outlineWidth) > 0) || boxShadow !== "none";
    });
    const { width, height, top, bottom } = at.getBoundingClientRect();
    const name = `${at.tagName.toLowerCase()}#${at.id} ${at.name ?? ""} “${at.textContent.trim().slice(0, 40)}”`;
    return { name, shown, small: width < 2 || height < 2, away: bottom < 0 || top > innerHeight };
  });

  const tab = async () => {
    await page.keyboard.press("Tab");
    const at = await focus();
    if (at) {
      assert.ok(at.shown, `the focus on ${at.name} is not seen`);
      assert.ok(!at.small && !at.away, `${at.name} has the focus out of sight`);
    }
    return at;
  };

  const to = async (selector) => {
    for (let presses = 0; presses < most; presses++) {
      if (await page.evaluate((s) => document.activeElement.matches(s), selector)) return;
      await tab();
    }
    assert.fail(`${selector} is not reached with Tab`);
  };

  const keys = {
    async press(selector, ...names) {
      await to(selector);
      for (const name of names) await page.keyboard.press(name);
    },
    async type(selector, text) {
      await to(selector);
      await page.keyboard.press("Control+A");
      await page.keyboard.type(text);
    },
    /** On with the step's main button. */
    async go(heading) {
      await keys.press(".actions > button.btn", "Enter");
      await keys.arrived(heading);
    },
    async arrived(heading) {
      await page.getByRole("heading", { level: 1, name: w(heading) }).waitFor();
    },
    /** Once through the page: Tab comes out at its end. */
    async round() {
      const seen = new Set();
      for (let presses = 0; presses < most; presses++) {
        const at = await tab();
        if (!at) return;
        if (seen.has(at.name)) return;
        seen.add(at.name);
      }
      assert.fail("Tab never leaves the page");
    },
  };
  return keys;
}

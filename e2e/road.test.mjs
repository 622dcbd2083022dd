import { test } from "node:test";
import { journey } from "./journey.mjs";
import { member, signUp } from "./portal.mjs";
import { wizard } from "./wizard.mjs";

test("road", async (t) => {
  await journey(t, { width: 360 }, async (page, world) => {
    await signUp(page, world, await member(world, 100093));
    const steps = wizard(page, "en");
    await steps.policies();
    await steps.personal({ email: "randy@example.ca" });
    await steps.profession();
    await steps.questions();
    await steps.phone(world, "+14165550143");
    await steps.mail();
    await steps.review();
    await steps.password("Maple tin Roof 7");
  });
});

// The product's own words, for steps that are the same in both languages.

import { readFileSync } from "node:fs";
import { root } from "./world.mjs";

const read = (lang) => {
  const found = new Map();
  let key;
  for (const line of readFileSync(`${root}views/i18n/${lang}.toml`, "utf8").split("\n")) {
    key = line.match(/^\[([\w.]+)\]$/)?.[1] ?? key;
    const text = line.match(/^other = ("(?!"").*")$/)?.[1];
    if (text) found.set(key, JSON.parse(text));
  }
  return found;
};
const catalogues = { en: read("en"), fr: read("fr") };
const standing = {
  en: { Brand: "ONE ID", Agency: "Ontario Health", College: "CPSO", CollegeDesk: "the CPSO Physician Advisory Service" },
  fr: { Brand: "ONE ID", Agency: "Santé Ontario", College: "CPSO" },
};

/** words("fr")("ui.action.next") is what the button says; values fill the placeholders. */
export const words = (lang) => (key, values = {}) => {
  const text = catalogues[lang].get(key);
  if (text === undefined) throw new Error(`no words for ${key} in ${lang}`);
  return text.replace(/{{\.(\w+)}}/g, (all, name) => values[name] ?? standing[lang][name] ?? all);
};

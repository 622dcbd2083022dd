// What every page is judged by.

import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { atEnd, root } from "./world.mjs";

const axeSource = await readFile(`${root}node_modules/axe-core/axe.min.js`, "utf8");
const axeTags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"];

/** Runs axe in the page; works under its Content-Security-Policy and without its scripts. */
export async function accessible(page) {
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate(
    (values) => window.axe.run(document, { runOnly: { type: "tag", values }, resultTypes: ["violations"] }),
    axeTags,
  );
  if (violations.length === 0) return;
  const told = violations.map(({ id, help, nodes }) => {
    const where = nodes.map(({ target, any, all, none }) => {
      const why = [...any, ...all, ...none].map((check) => check.message).slice(0, 1);
      return `    ${target.join(" ")}: ${why}`;
    });
    return `  ${id}: ${help}\n${where.join("\n")}`;
  });
  throw new Error(`axe on ${page.url()}\n${told.join("\n")}`);
}

/**
 * What axe's judgement depends on: elements and attributes, which texts are there, and how they
 * are shown. Pages with the same build need to be judged once. Addresses, values and what the clock
 * writes for our scripts differ between pages that are built alike.
 */
export async function build(page) {
  const parts = await page.evaluate(() => {
    const said = [];
    const differs = new Set(["value", "nonce", "href", "action", "src", "content", "hx-get", "hx-post", "datetime", "data-hx-get", "data-hx-post", "data-left", "data-text"]);
    const walk = (node) => {
      if (node.nodeType === Node.TEXT_NODE) return node.data.trim() && said.push("text");
      if (node.nodeType !== Node.ELEMENT_NODE || node.localName === "script") return undefined;
      const attributes = [...node.attributes].map(({ name, value }) => (differs.has(name) ? name : `${name}=${value}`));
      const state = node === document.activeElement ? ["focus"] : [];
      said.push(`<${[node.localName, ...attributes, ...state, node.open ?? "", node.checked ?? ""].join(" ")}>`);
      node.childNodes.forEach(walk);
      return said.push("</>");
    };
    walk(document.documentElement);
    return [location.hostname, innerWidth, matchMedia("(prefers-color-scheme: dark)").matches, ...said];
  });
  return createHash("sha256").update(parts.join("\n")).digest("hex");
}

const own = new Set(); // the builds in which axe has found nothing
const shared = process.env.E2E_JUDGED; // the same of all files of a run: a folder with a file for each

/** Whether a page of that build was judged, here or by another file of this run. */
export const judged = (built) => own.has(built) || Boolean(shared && existsSync(`${shared}/${built}`));

/** Notes that axe has found nothing in pages of that build. */
export async function pass(built) {
  own.add(built);
  if (shared) await writeFile(`${shared}/${built}`, "");
}

/** Title, heading and language, by which people and their screen readers know where they are. */
export async function named(page, lang) {
  const { title, headings, language } = await page.evaluate(() => ({
    title: document.title,
    headings: [...document.querySelectorAll("h1")].map((h) => h.textContent.trim()),
    language: document.documentElement.lang,
  }));
  const faults = [];
  if (!title.trim()) faults.push("no title");
  if (headings.length !== 1) faults.push(`${headings.length} first-level headings: ${headings.join(" | ")}`);
  if (language.split("-")[0] !== lang) faults.push(`language is "${language}", want "${lang}"`);
  if (faults.length) throw new Error(`${page.url()}: ${faults.join("; ")}`);
}

const documents = new Map(); // hash of the HTML: where it was, what it was

/** Notes a document for the validator, which judges all of a file's pages at once. */
export function keep(url, html) {
  if (documents.size === 0) atEnd(valid);
  documents.set(createHash("sha256").update(html).digest("hex"), { url, html });
}

async function valid() {
  const folder = await mkdtemp("/tmp/oneid-html-");
  try {
    const urls = new Map();
    let number = 0;
    for (const { url, html } of documents.values()) {
      const name = `${++number}.html`;
      urls.set(name, url);
      await writeFile(`${folder}/${name}`, html);
    }
    const faults = await validate(folder);
    if (faults.length === 0) return;
    const told = faults.map(({ url, lastLine, message, extract }) => {
      const page = urls.get(url.split("/").pop());
      return `  ${page} line ${lastLine}: ${message}\n    ${(extract ?? "").replace(/\s+/g, " ").trim()}`;
    });
    throw new Error(`the HTML validator found ${faults.length} faults:\n${[...new Set(told)].join("\n")}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function validate(folder) {
  const jar = `${root}node_modules/vnu-jar/build/dist/vnu.jar`;
  // A short life: no time for the machine's second compiler or a parallel collector to pay off.
  const quick = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xss8m"];
  const java = spawn("java", [...quick, "-jar", jar, "--errors-only", "--format", "json", "--stdout", "--exit-zero-always", folder]);
  let out = "";
  let err = "";
  java.stdout.on("data", (text) => (out += text));
  java.stderr.on("data", (text) => (err += text));
  return new Promise((resolve, reject) => {
    java.on("error", (cause) => reject(new Error("the HTML validator needs java", { cause })));
    java.on("close", () => {
      try {
        resolve(JSON.parse(out).messages.filter(({ type }) => type !== "info"));
      } catch {
        reject(new Error(`the HTML validator said: ${out}${err}`));
      }
    });
  });
}

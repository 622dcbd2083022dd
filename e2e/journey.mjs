// One person's road through the product, in a browser of their own.

import { mkdir, writeFile } from "node:fs/promises";
import { chromium } from "playwright-core";
import { accessible, build, judged, keep, named, pass } from "./checks.mjs";
import { program } from "./chromium.mjs";
import { atEnd, memory, root, until, world } from "./world.mjs";

const switches = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];
const stepLimit = 10_000;
const height = 900;

let browser;

function launched() {
  if (!browser) {
    // Playwright has Chromium's parts share memory through the disk.
    browser = memory().then((there) =>
      chromium.launch({ executablePath: program, args: switches, ignoreDefaultArgs: there ? ["--disable-dev-shm-usage"] : [] }),
    );
    atEnd(async () => (await browser).close());
  }
  return browser;
}

/**
 * Runs steps(page, world) in a fresh browser profile. The page is Playwright's, with more to it:
 * visit, push, follow, submit, use, write, look, speaks, expect. See README.md.
 */
export async function journey(t, { lang = "en", script = true, width = 1280, scheme = "light" }, steps) {
  const here = await world();
  const context = await (await launched()).newContext({
    baseURL: here.product,
    locale: `${lang}-CA`,
    timezoneId: "America/Toronto",
    viewport: { width, height },
    colorScheme: scheme,
    javaScriptEnabled: script,
    reducedMotion: "reduce",
  });
  context.setDefaultTimeout(stepLimit);
  const page = await context.newPage();
  const road = new Road(page, { name: t.name, lang, script, width, scheme });
  try {
    await steps(road.lend(), here);
    road.judge();
  } catch (cause) {
    await road.wreck(cause);
    throw cause;
  } finally {
    await road.end();
  }
}

class Road {
  #page;
  #is;
  #troubles = [];
  #expected = [];
  #inFlight = 0;
  #document; // the HTML of the last whole page, until a part of it is swapped
  #looks = 0;
  #copy; // where axe looks at pages without script

  constructor(page, is) {
    this.#page = page;
    this.#is = is;
    page.on("console", (line) => {
      if (line.type() === "error") this.#troubles.push(`console: ${line.text()} (${line.location().url})`);
    });
    page.on("pageerror", (error) => this.#troubles.push(`exception: ${error.stack ?? error}`));
    page.on("request", () => this.#inFlight++);
    page.on("requestfinished", () => this.#inFlight--);
    page.on("requestfailed", (request) => {
      this.#inFlight--;
      const why = request.failure()?.errorText ?? "";
      if (why !== "net::ERR_ABORTED") this.#troubles.push(`request: ${request.url()} ${why}`); // a navigation aborts what it leaves
    });
    page.on("response", (response) => {
      const request = response.request();
      if (request.isNavigationRequest() && request.frame() === page.mainFrame()) {
        const html = response.headers()["content-type"]?.startsWith("text/html") && response.status() !== 303;
        this.#document = html ? response.text().catch(() => undefined) : undefined;
      } else if (request.headers()["hx-request"]) {
        this.#document = undefined;
      }
    });
  }

  /** Gives the page its further methods. */
  lend() {
    return Object.assign(this.#page, {
      visit: (path, options) => this.act(() => this.#page.goto(path), options),
      push: (name, options) => this.act(() => this.#page.getByRole("button", { name, exact: true }).click(), options),
      follow: (name, options) => this.act(() => this.#page.getByRole("link", { name, exact: true }).click(), options),
      submit: (form, options) => this.act(() => this.#page.locator(`${form} button, button[form="${form.replace("#", "")}"]`).first().click(), options),
      use: (selector, options) => this.act(() => this.#page.locator(selector).click(), options),
      write: (label, value) => this.#page.getByLabel(label, { exact: true }).fill(value),
      act: (deed, options) => this.act(deed, options),
      look: () => this.look(),
      speaks: (lang) => (this.#is.lang = lang),
      expect: (pattern) => this.#expected.push(pattern),
    });
  }

  /** Does something that leads to another screen, waits for what it shows, and looks at it. */
  async act(deed, { heading, shows } = {}) {
    await deed();
    if (shows) await this.#page.locator(shows).first().waitFor();
    if (heading) await this.#page.getByRole("heading", { level: 1, name: heading }).waitFor();
    await this.settle();
    await this.look();
  }

  /** Waits until nothing is loading, twice in a row: a redirect pauses between its requests. */
  async settle() {
    let quiet = 0;
    await until("the page to settle", async () => {
      const done = await this.#page.evaluate(() => document.readyState).catch(() => "navigating");
      quiet = this.#inFlight <= 0 && done === "complete" ? quiet + 1 : 0;
      return quiet >= 2 ? true : null;
    }, stepLimit, 30);
  }

  /** Judges the page as it stands. */
  async look() {
    const { lang, width } = this.#is;
    this.#looks++;
    await named(this.#page, lang);
    const built = await build(this.#page);
    if (!judged(built)) {
      await (this.#is.script ? accessible(this.#page) : this.#accessibleCopy());
      await pass(built); // after: a page that fails is judged again
    }
    keep(this.#page.url(), (await this.#document) ?? (await this.#page.content()));
    if (process.env.SHOTS) await this.shoot(process.env.SHOTS);
    await this.#page.setViewportSize({ width, height });
  }

  // axe is a script: it judges a copy of the page, without the page's own
  // scripts, in a profile that runs it.
  async #accessibleCopy() {
    const { width, scheme } = this.#is;
    const html = (await this.#page.content()).replace(/<script\b[^]*?<\/script>/g, "").replace(/<\/?noscript[^>]*>/g, "");
    if (!this.#copy) {
      const context = await (await launched()).newContext({ viewport: { width, height }, colorScheme: scheme });
      this.#copy = await context.newPage();
    }
    await this.#copy.unrouteAll();
    await this.#copy.route("**/*", (route) =>
      route.request().isNavigationRequest() ? route.fulfill({ body: html, contentType: "text/html" }) : route.continue(),
    );
    await this.#copy.goto(this.#page.url());
    await accessible(this.#copy);
  }

  /** Leaves nothing behind. */
  async end() {
    await this.#page.context().close();
    await this.#copy?.context().close();
  }

  async shoot(folder) {
    await mkdir(folder, { recursive: true });
    const slug = (text) => text.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "").slice(0, 60);
    const step = String(this.#looks).padStart(2, "0");
    const where = slug(new URL(this.#page.url()).pathname) || "home";
    for (const width of [360, 1280]) {
      await this.#page.setViewportSize({ width, height });
      for (const colorScheme of ["light", "dark"]) {
        await this.#page.emulateMedia({ colorScheme });
        const path = `${folder}/${slug(this.#is.name)}-${step}-${where}-${width}-${colorScheme}.png`;
        await this.#page.screenshot({ path, fullPage: true, caret: "initial" });
      }
    }
    await this.#page.emulateMedia({ colorScheme: this.#is.scheme });
  }

  /** Fails on what the browser complained of, save for what the steps announced. */
  judge() {
    const left = this.#troubles.filter((trouble) => !this.#expected.some((pattern) => pattern.test(trouble)));
    if (left.length) throw new Error(`the browser complained:\n  ${left.join("\n  ")}`);
  }

  /** Leaves the last page where it can be looked at. */
  async wreck(cause) {
    const folder = `${root}var/e2e`;
    const name = this.#is.name.replace(/[^\p{L}\p{N}]+/gu, "-").slice(0, 80);
    try {
      await mkdir(folder, { recursive: true });
      await this.#page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
      await writeFile(`${folder}/${name}.html`, await this.#page.content());
    } catch {
      // the page may be gone; the cause is what matters
    }
    const seen = this.#troubles.length ? `\nthe browser complained:\n  ${this.#troubles.join("\n  ")}` : "";
    cause.message += `\nat ${this.#page.url()}, left in var/e2e/${name}.png${seen}`;
  }
}

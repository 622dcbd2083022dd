// A person's browser without a screen: it keeps cookies, follows redirects, and pushes the
// button of a page where somebody would, or where a script does it for them. Services and
// protocol are what is looked at here; the screens are, in the journeys beside.

import { password } from "../shell.mjs";
import { ask } from "../world.mjs";

const most = 30;

export class Person {
  jars = new Map();
  /** Every request so far, "METHOD url". */
  trail = [];
  /** Every SAML message that was carried, { name, binding, value, to }. */
  messages = [];

  constructor(world, loginID) {
    this.world = world;
    this.loginID = loginID;
  }

  /** One request, as it is. */
  async once(url, { method = "GET", fields } = {}) {
    const { host } = new URL(url);
    const jar = this.jars.get(host) ?? this.jars.set(host, new Map()).get(host);
    const headers = { "user-agent": "interop", "accept-language": "en-CA" };
    if (jar.size) headers.cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    let body;
    if (method === "POST") {
      body = new URLSearchParams(fields).toString();
      headers["content-type"] = "application/x-www-form-urlencoded";
      headers["content-length"] = Buffer.byteLength(body);
    }
    this.trail.push(`${method} ${url}`);
    this.note(url, fields);
    const answer = await ask(url, { method, body, headers });
    for (const line of answer.headers["set-cookie"] ?? []) {
      const [, name, value] = line.match(/^([^=]+)=([^;]*)/);
      if (/;\s*(max-age=0|expires=Thu, 01[ -]Jan[ -]1970)/i.test(line) || value === "deleted") jar.delete(name);
      else jar.set(name, value);
    }
    return { ...answer, url, method };
  }

  note(url, fields) {
    const query = new URL(url).search.slice(1);
    for (const name of ["SAMLRequest", "SAMLResponse"]) {
      if (fields?.[name]) this.messages.push({ name, binding: "POST", value: fields[name], to: url });
      const value = new URLSearchParams(query).get(name);
      if (value) this.messages.push({ name, binding: "Redirect", value, query, to: url });
    }
  }

  /** The same account in another browser. */
  elsewhere() {
    return new Person(this.world, this.loginID);
  }

  /** Whether the password was typed since a moment of the trail. */
  typedSince(moment) {
    return this.trail.slice(moment).some((line) => line === `POST ${this.world.product}/signin`);
  }

  /** A request, and on through redirects. */
  async follow(url, options) {
    let page = await this.once(url, options);
    while (page.status >= 300 && page.status < 400) {
      if (this.trail.length > 500) throw new Error(`in circles: ${this.trail.slice(-8).join("\n")}`);
      page = await this.once(new URL(page.headers.location, page.url).href);
    }
    return page;
  }

  /**
   * Opens an address and goes where a person goes, until a page has nothing to push: answers
   * are handed over, the sign-in is filled in, a notice is read. `stop` ends earlier, at a page
   * that it fits.
   */
  async open(url, { stop = () => false, options } = {}) {
    let page = await this.follow(url, options);
    for (let n = 0; n < most; n++) {
      if (stop(page)) return page;
      const next = this.next(page);
      if (!next) return page;
      page = await this.follow(next.url, next);
    }
    throw new Error(`no end: ${this.trail.slice(-12).join("\n")}`);
  }

  /** Opens an address and reads the JSON it ends at. */
  async learn(url, options) {
    const page = await this.open(url, options);
    if (!/json/.test(page.headers["content-type"] ?? "")) {
      throw new Error(`${page.url} answered ${page.status} with a page:\n${text(page)}\n${this.trail.slice(-8).join("\n")}`);
    }
    return JSON.parse(page.text);
  }

  next(page) {
    const ours = page.url.startsWith(this.world.product);
    const refresh = page.headers.refresh?.match(/^\d+;\s*url=(.+)$/i);
    if (ours && refresh) return { url: new URL(refresh[1], page.url).href, method: "GET" };
    const all = forms(page);
    const handOver = all.find((f) => "SAMLResponse" in f.fields || "SAMLRequest" in f.fields);
    if (handOver) return handOver;
    if (!ours) return null;
    const signin = all.find((f) => "password" in f.fields && new URL(f.url).pathname === "/signin");
    if (signin) {
      if (/class="[^"]*errors?[^"]*"|id="errors"/.test(page.text) && page.status === 422) return null;
      return { ...signin, fields: { ...signin.fields, loginid: signin.fields.loginid || this.loginID, password } };
    }
    const onward = all.find((f) => new URL(f.url).pathname === "/sso/continue" && ["accept", "confirm"].includes(f.fields.do));
    if (onward) return onward;
    const link = [...page.text.matchAll(/<a\b[^>]*\bhref="([^"]*\bSAML(?:Request|Response)=[^"]*)"/g)][0];
    return link ? { url: new URL(decode(link[1]), page.url).href, method: "GET" } : null;
  }

  /** Signs in at the product itself. */
  async signIn() {
    return this.open(`${this.world.product}/signin`);
  }
}

/** The forms of a page, with the fields that a browser would send. */
export function forms(page) {
  return [...page.text.matchAll(/<form\b([^>]*)>([^]*?)<\/form>/gi)].map(([, head, body]) => {
    const fields = {};
    for (const [, tag] of body.matchAll(/<input\b([^>]*)>/gi)) {
      const name = attribute(tag, "name");
      const type = attribute(tag, "type") ?? "text";
      if (name === null || type === "submit" || ((type === "radio" || type === "checkbox") && !/\bchecked\b/.test(tag))) continue;
      fields[name] = attribute(tag, "value") ?? "";
    }
    const [, button] = body.match(/<button\b([^>]*)>/i) ?? []; // the first, as Enter would push it
    if (button && attribute(button, "name")) fields[attribute(button, "name")] ??= attribute(button, "value") ?? "";
    return {
      url: new URL(attribute(head, "action") || page.url, page.url).href,
      method: (attribute(head, "method") ?? "get").toUpperCase(),
      fields,
    };
  });
}

function attribute(tag, name) {
  const found = tag.match(new RegExp(`\\b${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`, "i"));
  return found ? decode(found[1] ?? found[2]) : null;
}

const entities = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

const decode = (value) =>
  value.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex, number, name) =>
    hex ? String.fromCodePoint(parseInt(hex, 16)) : number ? String.fromCodePoint(+number) : (entities[name] ?? whole),
  );

/** What a page says, without its markup. */
export const text = (page) =>
  decode(page.text.replace(/<(script|style|head)\b[^]*?<\/\1>/gi, "").replace(/<[^>]*>/g, " ")).replace(/\s+/g, " ").trim();

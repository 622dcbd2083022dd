// node-saml as a service provider, in a web server of this process.

import http from "node:http";
import { SAML } from "@node-saml/node-saml";
import { ask, atEnd } from "../world.mjs";
import { freePort, keyPair } from "./keys.mjs";

const statusOf = (xml) => [...(xml ?? "").matchAll(/StatusCode[^>]*Value="([^"]+)"/g)].map(([, value]) => value);

/**
 * Starts a server with services of their own: `sources` by name, each with options of node-saml
 * on top of the usual ones. `encrypts: false` keeps a service from naming a key to write to it,
 * `signs` has it sign. `shift` is how far ahead of this machine's its clock is, in minutes.
 */
export async function start(product, sources, { shift = 0 } = {}) {
  const port = await freePort();
  const server = new Server(product, `http://nodesaml.localhost:${port}`);
  await server.trust();
  await server.write(sources);
  const listener = http.createServer((request, response) =>
    at(shift, () => server.serve(request, response)).catch((fault) => reply(response, 500, { error: String(fault.stack) })),
  );
  await new Promise((resolve) => listener.listen(port, "127.0.0.1", resolve));
  atEnd(() => {
    listener.closeAllConnections();
    listener.close();
  });
  return server;
}

const clock = Date;

/** Does something by a clock that goes ahead or behind. Tests do one thing at a time. */
async function at(shift, something) {
  if (!shift) return something();
  const now = () => clock.now() + shift * 60_000;
  globalThis.Date = class extends clock {
    constructor(...parts) {
      super(...(parts.length ? parts : [now()]));
    }
    static now = now;
  };
  try {
    return await something();
  } finally {
    globalThis.Date = clock;
  }
}

function reply(response, status, said, headers = {}) {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(said));
}

const redirect = (response, location, headers = {}) => response.writeHead(302, { location, ...headers }).end();

class Server {
  sources = {};
  sessions = new Map();
  asked = new Map(); // requests sent, as node-saml's cache wants them

  constructor(product, base) {
    Object.assign(this, { product, base });
  }

  /** Takes the product's metadata as it is now. */
  async trust() {
    const { text } = await ask(`${this.product}/saml/metadata`);
    const role = text.slice(text.indexOf("IDPSSODescriptor"));
    const keys = [...role.matchAll(/<(?:\w+:)?KeyDescriptor(?: use="(\w+)")?[^]*?<(?:\w+:)?X509Certificate>([^<]+)</g)];
    const certificates = keys.filter(([, use]) => use !== "encryption").map(([, , body]) => body.replace(/\s/g, ""));
    const at = (service) =>
      role.match(new RegExp(`${service}[^>]*Binding="[^"]*HTTP-Redirect"[^>]*Location="([^"]+)"`))?.[1];
    this.idp = { certificates, sso: at("SingleSignOnService"), slo: at("SingleLogoutService") };
  }

  async write(sources) {
    for (const [name, { key, encrypts = true, signs = false, ...options }] of Object.entries(sources)) {
      this.sources[name] = { pair: await keyPair(key ?? name), encrypts, signs, options };
    }
  }

  saml(name, more = {}) {
    const { pair, encrypts, signs, options } = this.sources[name];
    return new SAML({
      issuer: `${this.base}/${name}/metadata`,
      callbackUrl: `${this.base}/${name}/acs`,
      logoutCallbackUrl: `${this.base}/${name}/slo`,
      entryPoint: this.idp.sso,
      logoutUrl: this.idp.slo ?? this.idp.sso,
      idpCert: this.idp.certificates,
      idpIssuer: `${this.product}/saml/metadata`,
      audience: `${this.base}/${name}/metadata`,
      decryptionPvk: encrypts ? pair.key : undefined,
      identifierFormat: null,
      disableRequestedAuthnContext: true,
      wantAssertionsSigned: true,
      wantAuthnResponseSigned: true,
      validateInResponseTo: "always",
      acceptedClockSkewMs: 180_000,
      signatureAlgorithm: "sha256",
      digestAlgorithm: "sha256",
      cacheProvider: {
        saveAsync: async (id, value) => (this.asked.set(id, value), { value, createdAt: Date.now() }),
        getAsync: async (id) => this.asked.get(id) ?? null,
        removeAsync: async (id) => (this.asked.delete(id), id),
      },
      ...(signs && this.signing(name)),
      ...options,
      ...more,
    });
  }

  async serve(request, response) {
    const url = new URL(request.url, this.base);
    const [, name, action] = url.pathname.split("/");
    const asks = Object.fromEntries(url.searchParams);
    const cookie = request.headers.cookie?.match(/\bnodesaml-(\w+)=([^;]*)/g) ?? [];
    const session = cookie.map((c) => c.split("=")[1]).map((id) => this.sessions.get(id)).find((s) => s?.name === name);
    let body = "";
    for await (const part of request) body += part;
    const fields = Object.fromEntries(new URLSearchParams(body));
    if (!this.sources[name]) return reply(response, 404, { error: "no such service" });
    switch (action) {
      case "metadata":
        response.setHeader("content-type", "application/xml");
        return response.end(this.metadata(name));
      case "login":
        return this.login(name, asks, response);
      case "acs":
        return this.answered(name, fields, response);
      case "me":
        return reply(response, 200, session?.learned ?? { signedIn: false });
      case "logout":
        return redirect(response, await this.saml(name, this.signing(name)).getLogoutUrlAsync(session.profile, "left", {}));
      case "slo":
        return this.left(name, request.method === "POST" ? fields : null, asks, url.search.slice(1), response);
    }
    reply(response, 404, { error: "no such page" });
  }

  signing(name) {
    return { privateKey: this.sources[name].pair.key, publicCert: this.sources[name].pair.certificate };
  }

  metadata(name) {
    const { pair, encrypts } = this.sources[name];
    return this.saml(name).generateServiceProviderMetadata(encrypts ? pair.certificate : null, pair.certificate);
  }

  async login(name, asks, response) {
    const saml = this.saml(name, {
      forceAuthn: "force" in asks, passive: "passive" in asks,
      ...("context" in asks && {
        disableRequestedAuthnContext: false, authnContext: asks.context.split(" "), racComparison: asks.comparison ?? "exact",
      }),
      ...("format" in asks && { identifierFormat: asks.format }),
    });
    if (this.sources[name].options.authnRequestBinding !== "HTTP-POST") {
      return redirect(response, await saml.getAuthorizeUrlAsync("back", undefined, {}));
    }
    response.setHeader("content-type", "text/html");
    response.end(await saml.getAuthorizeFormAsync("back"));
  }

  async answered(name, fields, response) {
    let profile;
    try {
      ({ profile } = await this.saml(name).validatePostResponseAsync(fields));
    } catch (fault) {
      const [status, substatus] = statusOf(fault.xmlStatus);
      return reply(response, 200, { signedIn: false, status: status ?? null, substatus: substatus ?? null, error: String(fault) });
    }
    if (!profile) { // the one refusal that node-saml takes for an answer
      const [status, substatus] = statusOf(Buffer.from(fields.SAMLResponse, "base64").toString());
      return reply(response, 200, { signedIn: false, status, substatus });
    }
    const id = crypto.randomUUID().replaceAll("-", "");
    const { Assertion: assertion } = profile.getAssertion();
    const statement = assertion.AuthnStatement[0];
    const learned = {
      signedIn: true, attributes: values(profile.attributes), nameID: profile.nameID, nameIDFormat: profile.nameIDFormat,
      sessionIndex: profile.sessionIndex, instant: statement.$.AuthnInstant,
      context: statement.AuthnContext[0].AuthnContextClassRef[0]._ ?? statement.AuthnContext[0].AuthnContextClassRef[0],
      relayState: fields.RelayState ?? null,
      encrypted: /EncryptedAssertion/.test(Buffer.from(fields.SAMLResponse, "base64").toString()),
    };
    this.sessions.set(id, { name, learned, profile });
    redirect(response, `${this.base}/${name}/me`, { "set-cookie": `nodesaml-${name}=${id}; Path=/; HttpOnly` });
  }

  /** Single logout: somebody else's request, or the answer to ours. */
  async left(name, fields, asks, query, response) {
    // node-saml looks for InResponseTo only in answers to sign-ons, so it can't insist on it here.
    const saml = this.saml(name, { ...this.signing(name), validateInResponseTo: "ifPresent" });
    const judge = () => {
      if (!fields) return saml.validateRedirectAsync(asks, query);
      return fields.SAMLRequest ? saml.validatePostRequestAsync(fields) : saml.validatePostResponseAsync(fields);
    };
    const { profile } = await judge();
    if (!profile) { // an answer; node-saml throws when it tells of no success
      for (const [id, s] of this.sessions) if (s.name === name) this.sessions.delete(id);
      return reply(response, 200, { signedIn: false, logout: "urn:oasis:names:tc:SAML:2.0:status:Success" });
    }
    const ended = [...this.sessions].filter(([, s]) => s.name === name && s.profile.nameID === profile.nameID);
    for (const [id] of ended) this.sessions.delete(id);
    const relayState = (fields ?? asks).RelayState ?? "";
    redirect(response, await saml.getLogoutResponseUrlAsync(profile, relayState, {}, ended.length > 0));
  }

  /** A service of this server, as the tests use any library's. */
  service(name) {
    const at = (action) => `${this.base}/${name}/${action}`;
    return {
      name: `node-saml, ${name}`,
      entityID: at("metadata"),
      start: at("login"),
      login: (asks = {}) => `${at("login")}?${new URLSearchParams(asks)}`,
      me: at("me"),
      logout: at("logout"),
      metadata: () => this.metadata(name),
    };
  }
}

const values = (attributes = {}) => Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, [value].flat()]));

// Has a passkey fill in a form: the server begins, the device answers, and the
// answer goes back as fields of the form. Without support the form stays hidden.
const form = document.querySelector("form[data-passkey]");
const { passkey: deed, ...words } = form.dataset;
const note = form.querySelector(".passkey-note");
const fault = form.querySelector(".passkey-fault");
const again = 4.5 * 60 * 1000; // an exchange lives five minutes
let busy = false;
let offer; // what ends an offer in the autofill list

const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
const text = (buffer) =>
  btoa(Array.from(new Uint8Array(buffer ?? []), (b) => String.fromCharCode(b)).join(""))
    .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

const set = (name, value) => {
  const field = form.elements[name] ?? form.appendChild(Object.assign(document.createElement("input"), { type: "hidden", name }));
  field.value = value;
};

// The options as the server sends them hold bytes as text.
const open = (options) => {
  options.challenge = bytes(options.challenge);
  if (options.user) options.user.id = bytes(options.user.id);
  for (const list of ["allowCredentials", "excludeCredentials"]) {
    options[list] = options[list]?.map((c) => ({ ...c, id: bytes(c.id) }));
  }
  return options;
};

// begin returns the exchange, or nothing when the page is left or says why not.
const begin = async () => {
  const answer = await fetch(words.start, {
    method: "POST", body: new URLSearchParams(new FormData(form)), headers: { Accept: "application/json" }, cache: "no-store",
  });
  // A page instead of an exchange: it is asked or done elsewhere.
  if (answer.redirected) return location.assign(answer.url);
  if (answer.ok && !answer.headers.get("content-type").includes("json")) return location.reload();
  const begun = await answer.json();
  if (!begun.error) return begun;
  fault.textContent = begun.error;
};

const ask = async (how = {}) => {
  const begun = await begin();
  if (!begun || how.signal?.aborted) return;
  const { id, response: r } = await navigator.credentials[deed]({ publicKey: open(begun.publicKey), ...how });
  set("exchange", begun.exchange);
  set("credential", id);
  set("client", text(r.clientDataJSON));
  if (deed === "create") {
    set("attestation", text(r.attestationObject));
    set("transports", r.getTransports?.().join(" ") ?? "");
  } else {
    set("data", text(r.authenticatorData));
    set("signature", text(r.signature));
    set("handle", text(r.userHandle));
  }
  form.submit(); // not requestSubmit: the press of the button has been heard
  return true;
};

const why = ({ name }) => {
  if (name === "InvalidStateError" && words.known) return words.known;
  if (name === "NotAllowedError" || name === "AbortError") return words.cancelled;
  return navigator.onLine ? words.failed : document.body.dataset.offline;
};

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (busy) return;
  busy = true;
  offer?.abort();
  fault.textContent = "";
  note.textContent = words.waiting;
  try {
    busy = await ask();
  } catch (error) {
    fault.textContent = why(error);
    busy = false;
  }
  note.textContent = "";
});

// The page comes first: the exchange is begun when somebody moves, or soon.
const stirred = () => new Promise((go) => {
  setTimeout(go, 1500);
  for (const sign of ["pointermove", "pointerdown", "keydown"]) addEventListener(sign, go, { once: true, passive: true });
});

// Passkeys among the suggestions of the Login ID field. What goes wrong there
// concerns nobody who types.
const suggest = async () => {
  offer = new AbortController();
  const { signal } = offer;
  const timer = setTimeout(async () => {
    offer.abort();
    if (document.hidden) await new Promise((seen) => document.addEventListener("visibilitychange", seen, { once: true }));
    if (!busy) suggest();
  }, again);
  signal.addEventListener("abort", () => clearTimeout(timer));
  await ask({ mediation: "conditional", signal }).catch(() => {});
};

if (self.PublicKeyCredential && navigator.credentials) {
  form.hidden = false;
  document.querySelector("[data-passkey-none]")?.remove();
  const { isConditionalMediationAvailable: suggests, isUserVerifyingPlatformAuthenticatorAvailable: has } = PublicKeyCredential;
  if (words.removed) {
    PublicKeyCredential.signalUnknownCredential?.({ rpId: location.hostname, credentialId: words.removed })?.catch(() => {});
  }
  if ("autofill" in words && (await suggests?.call(PublicKeyCredential))) stirred().then(() => busy || suggest());
  const main = document.getElementById(words.offers);
  if (main && (await has?.call(PublicKeyCredential))) {
    main.append(Object.assign(document.createElement("input"), { type: "hidden", name: "passkeys", value: "yes" }));
  }
}
// A page brought back from memory asks anew.
addEventListener("pageshow", ({ persisted }) => { if (persisted) busy = false; });

// What every page gains from script. Nothing here is needed to use the page.
const root = document.documentElement;
const words = document.body.dataset;
const byId = (id) => document.getElementById(id);

// A live region must exist before its text does: these are in every page.
const say = (text, region = "status") => {
  const at = byId(region);
  if (at) at.textContent = text;
};

// ---- Colours: a cookie, so that the server draws the first paint in them
const theme = byId("theme");
if (theme) {
  const kept = /(?:^|; )theme=(light|dark)/.exec(document.cookie)?.[1];
  if (kept) root.dataset.theme = kept; // a page from the cache was drawn for everyone
  theme.value = root.dataset.theme ?? "";
  theme.addEventListener("change", () => {
    const { value } = theme;
    if (value) root.dataset.theme = value;
    else delete root.dataset.theme;
    const secure = location.protocol === "https:" ? "; secure" : "";
    document.cookie = `theme=${value}; path=/; samesite=lax; max-age=${value ? 31536000 : 0}${secure}`;
  });
  byId("theme-choice").hidden = false;
}

// ---- Show and hide what is typed
const reveal = (button, show) => {
  const field = byId(button.dataset.reveal);
  if (!field) return;
  field.type = show ? "text" : "password";
  button.firstElementChild.textContent = show ? button.dataset.hide : button.dataset.show;
};
const buttons = () => document.querySelectorAll("[data-reveal]");
const offerReveal = () => buttons().forEach((b) => { b.hidden = false; });
const hideAll = () => buttons().forEach((b) => reveal(b, false));
offerReveal();

// ---- One sending at a time; the button keeps its words
const busy = new Map();
const rest = () => {
  busy.forEach((timers) => timers.forEach(clearTimeout));
  busy.clear();
  document.querySelectorAll(".saving").forEach((note) => note.remove());
  if ([words.saving, words.slow].includes(byId("status").textContent)) say("");
};
const note = (form, text) => {
  say(text);
  const row = form.querySelector(".actions") ?? form;
  const seen = row.querySelector(".saving") ?? row.appendChild(document.createElement("span"));
  seen.className = "saving";
  seen.ariaHidden = "true"; // the status region has said it
  seen.textContent = text;
};

// At the window, before anything else hears of it.
addEventListener("submit", (event) => {
  const form = event.target;
  // A passkey's form is not sent yet: its own script sends it.
  if (form.method === "dialog" || form.hasAttribute("data-passkey")) return;
  if (busy.has(form)) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  hideAll(); // what is sent is not left readable
  busy.set(form, [
    setTimeout(() => note(form, words.saving), 1000),
    setTimeout(() => { note(form, words.slow); busy.delete(form); }, 10000),
  ]);
  // A change of language needs a whole page: htmx must not send it.
  if (event.submitter?.name === "switch_language") event.stopImmediatePropagation();
}, true);

addEventListener("click", (event) => {
  const target = event.target.closest?.("[data-reveal], .summary a");
  if (!target) return;
  if (target.matches("a")) return follow(event, target);
  const show = byId(target.dataset.reveal).type === "password";
  reveal(target, show);
  if (target.dataset.shown) say(show ? target.dataset.shown : target.dataset.hidden);
});

// ---- A line of the summary shows the label before it enters the field
const follow = (event, link) => {
  const field = byId(decodeURIComponent(link.hash.slice(1)));
  if (!field) return;
  event.preventDefault();
  const group = field.closest("fieldset");
  const label = field.labels?.[0] ?? group;
  const first = group?.querySelector("legend");
  (first && field.type === "radio" ? first : label)?.scrollIntoView();
  field.focus({ preventScroll: true });
};

// ---- htmx: busy, settled, out of reach
const main = byId("main");
document.addEventListener("htmx:before:request", () => { main.ariaBusy = "true"; });
document.addEventListener("htmx:finally:request", () => {
  main.ariaBusy = null;
  rest();
});
document.addEventListener("htmx:after:swap", offerReveal);
document.addEventListener("htmx:error", () => {
  rest();
  say(navigator.onLine ? words.slow : words.offline, "alert");
});

// ---- Network
const network = byId("network");
const report = (text) => {
  if (!network) return;
  network.replaceChildren();
  if (!text) return;
  const line = document.createElement("div");
  line.className = "shell";
  line.textContent = text;
  network.append(line);
};
addEventListener("offline", () => report(words.offline));
addEventListener("online", () => {
  report(words.online);
  setTimeout(() => report(""), 8000);
});

// ---- Back and forward
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  // A page of a signed-in person is never shown from memory: they may have
  // signed out since.
  if (words.signedIn) return location.reload();
  rest();
  hideAll();
});

if ("serviceWorker" in navigator) {
  navigator.serviceWorker.register("/sw.js").catch(() => { /* the page does without */ });
}

// Warns before the session ends. The server decides when that is; every answer
// says how much time is left, and all tabs of the browser hear of it.
const dialog = document.getElementById("timeout");
const byId = (id) => document.getElementById(id);
const state = () => byId("timeout-state").dataset;
const tabs = "BroadcastChannel" in self ? new BroadcastChannel("session") : null;
const title = document.title;
let ends = 0;
let timers = [];

const tell = (text) => { byId("timeout-left").textContent = text; };

const open = () => {
  if (dialog.open) return;
  byId("timeout-p").textContent = state().text;
  dialog.showModal();
  byId("timeout-stay")?.focus();
  document.title = dialog.dataset.title;
};

const close = (words) => {
  if (!dialog.open) return;
  dialog.close();
  tell("");
  document.title = document.title === dialog.dataset.title ? title : document.title;
  byId("status").textContent = words ?? "";
};

const leave = () => {
  const { ended } = state();
  location.assign(`${ended}${ended.includes("?") ? "&" : "?"}back=${encodeURIComponent(location.pathname + location.search)}`);
};

// Timers sleep when a laptop does, so each one looks at the clock again.
const at = (secondsBefore, act) => {
  const wait = ends - secondsBefore * 1000 - Date.now();
  if (wait > -1000) timers.push(setTimeout(act, Math.max(0, wait)));
};

const start = (end) => {
  ends = end;
  timers.forEach(clearTimeout);
  timers = [];
  const warn = Number(state().warn);
  at(warn, () => { open(); tell(dialog.dataset.first); });
  // Three announcements, not a countdown: a screen reader must be able to talk
  // about something else.
  if (warn > 60) at(60, () => tell(dialog.dataset.minute));
  if (warn > 30) at(30, () => tell(dialog.dataset.half));
  at(0, leave);
};

const renewed = (end, text, words) => {
  if (text) state().text = text;
  close(words);
  start(end);
};

// A page that has just been sent is a session that has just been extended.
const heard = () => {
  const end = Date.now() + Number(state().left) * 1000;
  tabs?.postMessage({ end, text: state().text, lang: document.documentElement.lang });
  renewed(end);
};

tabs?.addEventListener("message", ({ data }) => {
  if (data.end <= ends) return;
  renewed(data.end, data.lang === document.documentElement.lang ? data.text : "");
});

byId("timeout-stay")?.addEventListener("click", async () => {
  try {
    const answer = await fetch(state().extend, { method: "POST", headers: { Accept: "text/html" }, cache: "no-store" });
    if (!answer.ok) return leave();
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("timeout-state");
    if (!fresh) return leave();
    byId("timeout-state").replaceWith(document.adoptNode(fresh));
    const words = dialog.dataset.extended;
    heard();
    byId("status").textContent = words;
  } catch {
    tell(document.body.dataset.offline);
  }
});

// Escape says "I am here" as the button does.
dialog.addEventListener("cancel", (event) => {
  event.preventDefault();
  byId("timeout-stay")?.click();
});

document.addEventListener("htmx:after:swap", heard);
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && ends && Date.now() > ends) leave();
});
heard();

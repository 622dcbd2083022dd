// What a new password's page gains from script: the rules are judged while one
// types, by the server, and the two fields are compared here. Only the first
// field is ever sent before the form is.
const byId = (id) => document.getElementById(id);
const say = (text) => { byId("status").textContent = text; };

let asked = 0;
const judge = async (rules) => {
  const turn = ++asked;
  const body = new URLSearchParams({ password: byId("password").value });
  const answer = await fetch(rules.dataset.check, { method: "POST", body });
  const html = answer.status === 200 && await answer.text();
  // The page may have changed meanwhile, or more been typed.
  if (!html || turn !== asked || !rules.isConnected) return;
  rules.replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
  say(rules.querySelector(".said").textContent.trim());
};

const compare = (list) => {
  const [first, again] = list.dataset.match.split(" ").map(byId);
  const [same, different] = list.children;
  const typed = again.value !== "";
  const equal = typed && first.value === again.value;
  const before = same.hidden;
  same.hidden = !equal;
  different.hidden = !typed || equal;
  if (before && equal) say(same.textContent.trim());
};

const timers = {};
const rested = (name, after, then) => {
  clearTimeout(timers[name]);
  timers[name] = setTimeout(then, after);
};

document.addEventListener("input", ({ target }) => {
  const list = document.querySelector("[data-match]");
  const rules = document.querySelector("[data-check]");
  if (list?.dataset.match.split(" ").includes(target.id)) {
    rested("match", 400, () => { if (list.isConnected) compare(list); });
  }
  // What can't be judged now is judged when the form is sent.
  if (rules && target.id === "password") {
    rested("rules", 700, () => { if (rules.isConnected) judge(rules).catch(() => {}); });
  }
});

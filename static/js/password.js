// Says whether two fields hold the same. They are compared here: only the first
// is ever sent before the form is, and not by this.
let wait = 0;

const compare = (list) => {
  const [first, again] = list.dataset.match.split(" ").map((id) => document.getElementById(id));
  const [same, different] = list.children;
  const typed = again.value !== "";
  const equal = typed && first.value === again.value;
  const before = same.hidden;
  same.hidden = !equal;
  different.hidden = !typed || equal;
  if (before && equal) document.getElementById("status").textContent = same.textContent.trim();
};

document.addEventListener("input", (event) => {
  const list = document.querySelector("[data-match]");
  if (!list || !list.dataset.match.split(" ").includes(event.target.id)) return;
  clearTimeout(wait);
  wait = setTimeout(() => { if (list.isConnected) compare(list); }, 400);
});

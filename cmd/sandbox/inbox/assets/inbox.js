// Draws the page again when something has arrived, keeping the focus. While
// someone fills in a field, the page is left alone.
const main = () => document.getElementById("main");
async function look() {
  try {
    const { version } = await (await fetch("/version")).json();
    const typing = document.activeElement?.matches("input, select");
    if (String(version) !== main().dataset.version && !typing) {
      const page = await (await fetch(location.href)).text();
      const fresh = new DOMParser().parseFromString(page, "text/html");
      const focus = document.activeElement?.id;
      main().replaceWith(fresh.getElementById("main"));
      document.getElementById("menu-calls").innerHTML = fresh.getElementById("menu-calls").innerHTML;
      if (focus) document.getElementById(focus)?.focus({ preventScroll: true });
    }
  } catch {
    // The sandbox has stopped or is about to answer; look again later.
  }
  setTimeout(look, 700);
}
look();

// Offers to copy a text or to print the page.
const offer = () => {
  document.querySelectorAll("[data-print]").forEach((b) => { b.hidden = false; });
  if (!navigator.clipboard) return;
  document.querySelectorAll("[data-copy]").forEach((b) => { b.hidden = false; });
};

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy], [data-print]");
  if (!button) return;
  if (button.hasAttribute("data-print")) return print();
  const source = document.getElementById(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(source.textContent.trim());
    document.getElementById("status").textContent = "";
    document.getElementById("status").textContent = button.dataset.copied;
  } catch {
    // Copying was refused: select the text, so that the keyboard can.
    getSelection().selectAllChildren(source);
  }
});

document.addEventListener("htmx:after:swap", offer);
offer();

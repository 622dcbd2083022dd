// Sends the one form of a page that only passes a message on. Without script
// the person presses its button.
document.querySelector("form[data-auto-submit]")?.submit();

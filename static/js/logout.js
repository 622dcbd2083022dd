// On the way round the services of a sign-out. This page stays in the window
// until the service answers; when it does not, the way goes on without it.
const patience = 8000;
const step = document.querySelector("[data-skip]");
if (step?.dataset.skip) setTimeout(() => location.replace(step.dataset.skip), patience);
step?.querySelector("form")?.submit();

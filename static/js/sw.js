// Keeps the look of the product and a page for when there is no network.
// Nothing else, ever: what may be kept is a list, and every page of the product
// comes from the network or not at all.
const KEEP = self.KEEP;
const CACHE = `keep-${[...KEEP.join()].reduce((h, c) => (Math.imul(h, 31) + c.charCodeAt(0)) >>> 0, 7).toString(36)}`;

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(CACHE);
    await cache.addAll(KEEP.map((url) => new Request(url, { cache: "reload", credentials: "omit" })));
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) if (name !== CACHE) await caches.delete(name);
    await self.clients.claim();
  })());
});

const offline = async (url) => {
  const lang = url.searchParams.get("lang") ?? (navigator.language.startsWith("fr") ? "fr" : "en");
  const page = await caches.match(`/offline?lang=${lang === "fr" ? "fr" : "en"}`);
  return page ?? Response.error();
};

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin || request.headers.has("range")) return;
  if (request.mode === "navigate") {
    // A page that cannot be reached is told so; no page is kept.
    event.respondWith(fetch(request).catch(() => offline(url)));
    return;
  }
  if (!KEEP.includes(url.pathname)) return;
  event.respondWith(caches.match(request, { ignoreVary: true }).then((kept) => kept ?? fetch(request)));
});

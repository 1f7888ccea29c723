// Keeps the page itself for where there is no network; data are never kept here.

const CACHE = "stocktake-1";
const HOME = "/stocktake/";
const PARTS = [
  "app.js", "camera.js", "codes.js", "counting.js", "elements.js", "ending.js", "lists.js",
  "qr-scanner.min.js", "qr-scanner-worker.min.js", "sending.js", "store.js", "style.css",
  "tally.js", "texts.js",
].map((name) => `${HOME}files/${name}`);

self.addEventListener("install", (event) => {
  const fill = async () => {
    const cache = await caches.open(CACHE);
    await cache.addAll([HOME, ...PARTS].map((url) => new Request(url, { cache: "reload" })));
    await self.skipWaiting();
  };
  event.waitUntil(fill());
});

self.addEventListener("activate", (event) => {
  const tidy = async () => {
    for (const name of await caches.keys()) {
      if (name.startsWith("stocktake-") && name !== CACHE) await caches.delete(name);
    }
    await self.clients.claim();
  };
  event.waitUntil(tidy());
});

// The network first, so that an update of the server is seen at once; what it gives is kept.
async function answer(request, key) {
  const cache = await caches.open(CACHE);
  try {
    const fresh = await fetch(request);
    if (fresh.ok && !fresh.redirected) await cache.put(key, fresh.clone());
    if (fresh.ok || fresh.status < 500) return fresh;
    return (await cache.match(key)) ?? fresh;
  } catch (broken) {
    const kept = await cache.match(key);
    if (kept) return kept;
    throw broken;
  }
}

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  const isOurs = url.origin === self.location.origin && url.pathname.startsWith(HOME);
  if (!isOurs || event.request.method !== "GET") return;
  // every address of the page is the same page
  const key = event.request.mode === "navigate" ? HOME : url.pathname;
  event.respondWith(answer(event.request, key));
});

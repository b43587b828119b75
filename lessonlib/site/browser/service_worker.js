// Keeps what was loaded, so that the next visit works without a network.
// What never changes within a release (Python, its packages, JupyterLite's own files) comes from the
// cache; pages, notebooks and settings come from the server while it can be reached. JupyterLite's own
// worker, below, answers all else: it gives the kernel its files.
{
  const CACHE = "lessonlib-RELEASE";
  const PATIENCE = 3000; // milliseconds; a network that is there but does not answer is none
  const FIXED = /\/(static\/pyodide|build|extensions)\//;

  self.addEventListener("fetch", (event) => {
    const { request } = event;
    const url = new URL(request.url);
    const ours = url.href.startsWith(self.registration.scope);
    if (request.method !== "GET" || !ours) return;
    if (/\/api\/(drive|stdin|service-worker-heartbeat)/.test(url.pathname)) return;
    event.respondWith(FIXED.test(url.pathname) ? cached(request) : fresh(request));
    event.stopImmediatePropagation();
  });

  self.addEventListener("activate", (event) => {
    event.waitUntil(
      caches.keys().then((names) =>
        Promise.all(
          names.filter((name) => name.startsWith("lessonlib-") && name !== CACHE)
            .map((name) => caches.delete(name)))));
  });

  async function cached(request) {
    const cache = await caches.open(CACHE);
    return (await cache.match(request, { ignoreSearch: true })) ?? keep(cache, request);
  }

  async function fresh(request) {
    const cache = await caches.open(CACHE);
    const kept = await cache.match(request, { ignoreSearch: true });
    if (!kept) return keep(cache, request);
    const late = new Promise((resolve) => setTimeout(resolve, PATIENCE, kept));
    return Promise.race([keep(cache, request).catch(() => kept), late]);
  }

  async function keep(cache, request) {
    const response = await fetch(request);
    if (response.ok && response.status === 200) await cache.put(request, response.clone());
    return response;
  }
}

importScripts("jupyterlite-service-worker.js");

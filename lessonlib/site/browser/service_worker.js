// Keeps what was loaded, so that the next visit works without a network.
// What never changes within a release (Python, its packages, JupyterLite's own files) comes from the
// cache; pages, notebooks and settings come from the server while it can be reached. JupyterLite's own
// worker, below, answers all else: it gives the kernel its files.
{
  const CACHE = "lessonlib-RELEASE";
  const PATIENCE = 2000; // milliseconds; a network that is there but does not answer is none
  const FIXED = /\/(static\/pyodide|build|extensions)\//;

  let heard = 0; // when the network last answered
  let isSilent = false; // it is there, but does not answer

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
    const answer = keep(cache, request, "no-cache"); // what the browser has kept is no answer
    answer.then(() => { heard = Date.now(); isSilent = false; }, () => {});
    if (isSilent) return kept ?? new Response("", { status: 504 });
    return kept ? Promise.race([answer.catch(() => kept), late(kept)]) : answer;
  }

  // A page asks for a dozen files, one after the other: who has waited once does not wait again.
  async function late(kept) {
    const asked = Date.now();
    await new Promise((resolve) => setTimeout(resolve, PATIENCE));
    isSilent ||= heard < asked;
    return kept;
  }

  async function keep(cache, request, mode = "default") {
    const response = await fetch(request, { cache: mode });
    if (response.ok && response.status === 200) await cache.put(request, response.clone());
    return response;
  }
}

importScripts("jupyterlite-service-worker.js");

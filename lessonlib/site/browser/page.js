// What the page of a notebook does before it loads anything else.
{
  const { serviceWorker } = navigator;
  const { src } = document.currentScript;
  const SITE = new URL("../../", src).href;
  const EARLY = new URL("early_worker.mjs", src).href;

  if (serviceWorker?.controller) startPython();
  else serviceWorker?.addEventListener("controllerchange", askAgain, { once: true });
  performance.setResourceTimingBufferSize(2000); // for askAgain: a page loads some 300 files

  // Starts Python while the page loads its own files, not after them: JupyterLite, which makes a worker
  // then, is given the one that is under way. A worker that is older than the service worker could
  // not reach the notebooks, so the first visit is left alone.
  function startPython() {
    const Ordinary = window.Worker;
    let early = new Ordinary(EARLY, { type: "module" });
    early.onerror = () => (early = null);
    window.Worker = class extends Ordinary {
      constructor(script, options) {
        if (early && String(script).endsWith("$worker")) {
          const underWay = early;
          early = null;
          return underWay;
        }
        super(script, options);
      }
    };
  }

  // The service worker keeps what passes through it. On the first visit, it has missed the beginning.
  function askAgain() {
    const loaded = performance.getEntriesByType("resource").map(({ name }) => name);
    for (const address of new Set([location.href, EARLY, ...loaded])) {
      if (address.startsWith(SITE)) fetch(address).catch(() => {});
    }
  }
}

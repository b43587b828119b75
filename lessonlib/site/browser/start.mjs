// Starts Python: in each worker, JupyterLite asks this file for Pyodide's `loadPyodide`.
//
// What every lesson needs is imported before the notebooks' folder is there, since each import would
// look into it, by a request. What Python compiled for that is kept, so that the next visit need not.
import { loadPyodide as load } from "$pyodide/pyodide.mjs";

const PACKAGES = $packages;
const IMPORTS = "import pyodide_kernel, matplotlib.pyplot, lessonlib.notebook";
const COMPILED = "compiled-$key"; // a cache's name: with other packages, another cache
const QUIET = 15000; // milliseconds after the start: by then the first cells have run

const here = (file) => new URL(file, import.meta.url).href;
let python;

/** Start Python, unless this worker has done so already. */
export function start() {
  return (python ??= started());
}

export async function loadPyodide({ stdout, stderr }) {
  const pyodide = await start();
  pyodide.setStdout({ batched: stdout });
  pyodide.setStderr({ batched: stderr });
  return pyodide;
}

async function started() {
  const [library, packages] = await Promise.all([kept("library"), kept("packages")]);
  return begun(library, packages).catch(() => begun(new Blob(), new Blob()));
}

async function begun(library, packages) {
  const pyodide = await load({
    indexURL: here("$pyodide/"),
    lockFileURL: here("$lock"),
    packages: PACKAGES,
    ...(library.size && { stdLibURL: URL.createObjectURL(library) }),
  });
  const compiled = pyodide.pyimport("lessonlib.compiled");
  const isWhole = compiled.restore(pyodide.toPy(await packages.arrayBuffer()));
  pyodide.runPython(IMPORTS);
  if (!isWhole) setTimeout(() => keep(compiled).catch(console.warn), QUIET);
  return pyodide;
}

/** Return what an earlier visit kept, or nothing: not every browser lets a page keep anything. */
async function kept(name) {
  try {
    return await (await caches.match(here(name), { cacheName: COMPILED })).blob();
  } catch {
    return new Blob();
  }
}

async function keep(compiled) {
  for (const name of await caches.keys()) {
    if (name.startsWith("compiled-")) await caches.delete(name);
  }
  const cache = await caches.open(COMPILED);
  await cache.put(here("library"), new Response(compiled.library().toJs()));
  await cache.put(here("packages"), new Response(compiled.packages().toJs()));
}

// Runs verdicts.py in the browser edition's Python, without a browser:
// node verdicts.mjs SITE TESTS NAME...
import { readFileSync } from "node:fs";
import { join } from "node:path";

const [site, tests, ...names] = process.argv.slice(2);
const home = join(site, "static/pyodide/");
const { loadPyodide } = await import(join(home, "pyodide.mjs"));
const python = await loadPyodide({ indexURL: home, packages: ["numpy", "matplotlib", "lessonlib"] });
python.mountNodeFS("/tests", tests);
python.globals.set("NAMES", python.toPy(names));
python.runPython(readFileSync(join(tests, "site/verdicts.py"), "utf8").split("\nif __name__")[0]);
python.runPython("main('/tests/lessons', NAMES)");

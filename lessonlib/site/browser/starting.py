"""How Python starts in a page: early, with imports done, and from what an earlier visit kept."""

import json
from pathlib import Path
from string import Template

from lessonlib.site.browser.distribution import LOCK, PACKAGES, Distribution, sha256
from lessonlib.site.browser.lite import EXTENSION_OF_KERNEL, PYODIDE

PAGE = "notebooks/index.html"  # where each notebook has a kernel of its own
FIRST_IN_HEAD = f'<head>\n    <script src="../{PYODIDE}/page.js"></script>'


def write(site: Path, release: Distribution) -> None:
    """Write what starts Python into a site that has everything else of Python and JupyterLite."""
    folder = site / PYODIDE
    (worker,) = (site / EXTENSION_OF_KERNEL).glob("comlink.worker.*.js")
    names = {
        "pyodide": release.place if release.is_remote else ".",
        "packages": json.dumps(PACKAGES),
        "lock": LOCK,
        "key": sha256(folder / LOCK)[:12],
        "worker": worker.relative_to(site).as_posix(),
    }
    for name in ("start.mjs", "early_worker.mjs", "page.js"):
        text = (Path(__file__).parent / name).read_text(encoding="utf-8")
        (folder / name).write_text(Template(text).substitute(names), encoding="utf-8")
    page = (site / PAGE).read_text(encoding="utf-8")
    (site / PAGE).write_text(page.replace("<head>", FIRST_IN_HEAD, 1), encoding="utf-8")

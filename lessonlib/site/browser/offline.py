"""What the browser keeps, so that the next visit needs no network."""

import hashlib
import json
from pathlib import Path

LITES = "jupyterlite-service-worker.js"
OURS = "service-worker.js"
FIRST = "first-visit.json"  # what the first page fetches while it is read


def write(site: Path) -> None:
    """Put our service worker before JupyterLite's, and name the release in it."""
    (site / LITES).write_bytes((site / OURS).read_bytes())
    (site / FIRST).write_text(json.dumps(sorted(_core(site))))
    template = (Path(__file__).parent / "service_worker.js").read_text(encoding="utf-8")
    (site / OURS).write_text(template.replace("RELEASE", _release(site)), encoding="utf-8")


def _core(site: Path) -> list[str]:
    """Return the files that every lesson needs: Pyodide and its packages, if they are here."""
    return [path.relative_to(site).as_posix() for path in (site / "static/pyodide").iterdir()]


def _release(site: Path) -> str:
    """Return a name that is another one when any file is."""
    digest = hashlib.sha256()
    for path in sorted(each for each in site.rglob("*") if each.is_file()):
        digest.update(path.relative_to(site).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]

"""JupyterLite: its pages, the lessons as its contents, and its settings."""

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import lessonlib
from lessonlib.errors import UserError
from lessonlib.site.browser.distribution import PACKAGES, Record, record

PYODIDE = "static/pyodide"  # in the site
MARK = "jupyter-lite.json"  # a folder with this is a site
EXTENSION_OF_KERNEL = "extensions/@jupyterlite/pyodide-kernel-extension/static"
BUILD = {
    "contents": ["contents"],
    "apps": ["lab", "notebooks", "tree"],
    "no_sourcemaps": True,
    "no_unused_shared_packages": True,
}
PLUGIN = "@jupyterlite/pyodide-kernel-extension:kernel"
SETTINGS = {
    "pyodideUrl": f"./{PYODIDE}/start.mjs",
    "disablePyPIFallback": True,
    "loadPyodideOptions": {"packages": PACKAGES},  # these it need not install
}
# Our own extensions: of the browser edition, and the one that an installed JupyterLab has as well.
LAB_SETTINGS = Path(lessonlib.__file__).parent / "lab_settings" / "labextensions"
OURS = {
    "lessonlib-browser": Path(__file__).parent / "plugin.js",
    "lessonlib-narrow": LAB_SETTINGS / "lessonlib-narrow/static/plugin.js",
}
# What is installed beside JupyterLite is built in as well, though a browser has no use for it.
UNUSED = ("@jupyter/nbgrader", "@jupyter-widgets/jupyterlab-manager", "jupyterlab-jupytext")
OVERRIDES = {
    # A page that is closed takes with it what was typed since: save often.
    "@jupyterlab/docmanager-extension:plugin": {"autosaveInterval": 15},
    "@jupyterlab/notebook-extension:tracker": {"windowingMode": "defer"},
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
}


def build(course: Path, out: Path) -> None:
    """Run JupyterLite's own build in a folder of its own: an old one's notes would be believed."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        shutil.copytree(course, home / "contents", ignore=shutil.ignore_patterns(".*"))
        config = {"LiteBuildConfig": {**BUILD, "output_dir": str(out.resolve())}}
        (home / "jupyter_lite_config.json").write_text(json.dumps(config))
        (home / "overrides.json").write_text(json.dumps(OVERRIDES))
        (home / MARK).write_text(json.dumps(_page_config()))
        command = [sys.executable, "-m", "jupyterlite_core", "build"]
        done = subprocess.run(command, cwd=home, capture_output=True, text=True)
    if done.returncode:
        raise UserError(f"JupyterLite did not build: {(done.stderr or done.stdout)[-600:]}")


def _page_config() -> dict:
    data = {
        "appName": "From one ReLU layer to back-propagation",
        "disabledExtensions": ["@jupyter-notebook/notebook-extension:trusted"],
        "litePluginSettings": {PLUGIN: SETTINGS},
    }
    return {"jupyter-lite-schema-version": 0, "jupyter-config-data": data}


def set_plugins(out: Path) -> None:
    """Add our plugins to JupyterLite's, for all its pages, and take away those that do nothing."""
    for name in UNUSED:
        shutil.rmtree(out / "extensions" / name, ignore_errors=True)
    for name, script in OURS.items():
        (out / "extensions" / name).mkdir()
        shutil.copyfile(script, out / "extensions" / name / "plugin.js")
    settings = json.loads((out / MARK).read_text(encoding="utf-8"))
    data = settings["jupyter-config-data"]
    used = [each for each in data["federated_extensions"] if each["name"] not in UNUSED]
    ours = [{"name": name, "load": "plugin.js", "extension": "./extension"} for name in OURS]
    data["federated_extensions"] = used + ours
    (out / MARK).write_text(json.dumps(settings, indent=1), encoding="utf-8")


def kernel_wheels(out: Path) -> list[Record]:
    """Move the kernel's wheels to Pyodide's, so that one lock file names all, and return them."""
    records = []
    for name in ("ipykernel", "piplite", "pyodide_kernel"):
        (wheel,) = (out / EXTENSION_OF_KERNEL / "pypi").glob(f"{name}-*.whl")
        records.append(record(Path(shutil.copy(wheel, out / PYODIDE)), [name]))
    return records

"""`lessonlib learn`: JupyterLab, opened on a lesson."""

import errno
import os
import socket
import sys
from pathlib import Path

from lessonlib.errors import UserError

# Lab would otherwise ask every new learner whether it may fetch news, go online for updates, and
# show nbgrader's tools for instructors beside its Validate button.
SETTINGS = Path(__file__).parent / "lab_settings"


def learn(root: Path, lesson: str = "00", port: int = 8888, browser: bool = True) -> None:
    """Start JupyterLab on a lesson's notebook; this process becomes Lab's and does not return."""
    notebook = find_notebook(root, lesson)
    expect_free(port)
    print(f"Opening {notebook.stem} in JupyterLab on port {port}. Stop with Ctrl-C.", flush=True)
    os.chdir(root)  # where Lab's Validate button looks for nbgrader_config.py
    os.execv(sys.executable, [sys.executable, *_arguments(root, notebook, port, browser)])


def find_notebook(root: Path, lesson: str) -> Path:
    """Return the learner's copy of the lesson with this number or name."""
    lessons = sorted(path.name for path in (root / "course").glob("[0-9][0-9]-*"))
    for name in lessons:
        if lesson in (name, name.split("-")[0]):
            return root / "course" / name / f"{name}.ipynb"
    known = f"There are: {', '.join(lessons)}." if lessons else "The folder course/ is empty."
    raise UserError(f"There is no lesson {lesson}. {known}")


def expect_free(port: int) -> None:
    """Complain if Lab could not listen on the port: Lab itself would only log it."""
    with socket.socket() as probe:
        if os.name == "posix":  # a port just left by another server is free, and Lab takes it
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise UserError(_why_not(port, error)) from None


def _why_not(port: int, error: OSError) -> str:
    other = port + 11 if 1024 <= port < 65000 else 8899
    advice = f"choose another: make learn PORT={other}"
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is in use, perhaps by another JupyterLab. Close it or {advice}"
    return f"Port {port} cannot be used ({error.strerror}). Please {advice}"


def _arguments(root: Path, notebook: Path, port: int, browser: bool) -> list[str]:
    page = notebook.relative_to(root).as_posix()
    return [
        *("-m", "jupyterlab", f"--port={port}", "--ServerApp.port_retries=0"),
        f"--ServerApp.root_dir={root}",
        f"--LabApp.default_url=/lab/tree/{page}",
        f"--LabApp.app_settings_dir={SETTINGS}",
        "--log-level=WARN",  # its address would drown in notes about its extensions
        *([] if browser else ["--no-browser"]),
        *(["--allow-root"] if _is_root() else []),
    ]


def _is_root() -> bool:
    """In a container everybody is root; Lab would refuse to start there without being told."""
    return hasattr(os, "geteuid") and os.geteuid() == 0

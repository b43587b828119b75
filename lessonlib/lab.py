"""`lessonlib learn`: JupyterLab, or the plainer Notebook 7, opened on a lesson."""

import errno
import importlib.util
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple, NoReturn

from lessonlib.errors import UserError
from lessonlib.extras import missing
from lessonlib.project import LESSON_FOLDERS, lessons_in

# Lab would otherwise ask every new learner whether it may fetch news, go online for updates, and
# show nbgrader's tools for instructors beside its Validate button. It would also leave out cells
# that are out of sight, and with them the focus of whoever works by keyboard; give half of a narrow
# window to the list of files; and Notebook would say "Not Trusted" of each new lesson.
SETTINGS = Path(__file__).parent / "lab_settings"
STARTUP = Path(__file__).parent / "kernel_startup.py"  # of each kernel


class View(NamedTuple):
    """A program that shows notebooks: its name, its module, its settings' class, its pages."""

    name: str
    module: str
    settings: str
    pages: str


LAB = View("JupyterLab", "jupyterlab", "LabApp", "/lab/tree")
NOTEBOOK = View("Jupyter Notebook", "notebook", "JupyterNotebookApp", "/notebooks")


def learn(
    home: Path, lesson: str = "00", port: int = 8888, browser: bool = True, view: View = LAB
) -> None:
    """Open a lesson's notebook in a view; this process becomes the view's and does not return.

    port: 0 for any that is free
    """
    if importlib.util.find_spec(view.module) is None:
        raise missing(view.module)
    notebook = released_notebook(home, lesson)
    port = free_port(port)
    print(f"Opening {notebook.stem} in {view.name} on port {port}. Stop with Ctrl-C.", flush=True)
    os.environ.setdefault("PYTHONSTARTUP", str(STARTUP))
    theirs = os.environ.get("JUPYTER_CONFIG_PATH")
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(filter(None, [str(SETTINGS), theirs]))
    os.chdir(home)  # where nbgrader, if it is there, looks for nbgrader_config.py
    _become([sys.executable, *_arguments(home, notebook, port, browser, view)])


def _become(command: list[str]) -> NoReturn:
    """Let a command take this process's place; Windows, which cannot, waits for its end."""
    if sys.platform == "win32":
        sys.exit(subprocess.call(command))
    os.execv(command[0], command)


def released_notebook(home: Path, lesson: str) -> Path:
    """Return the learner's copy of the lesson with this number or name."""
    course = lessons_in(home)
    lessons = sorted(path.name for path in course.glob(LESSON_FOLDERS))
    for name in lessons:
        if lesson in (name, name.split("-")[0]):
            return course / name / f"{name}.ipynb"
    known = f"There are: {', '.join(lessons)}." if lessons else f"The folder {course} is empty."
    raise UserError(f"There is no lesson {lesson}. {known}")


def free_port(port: int) -> int:
    """Return a port, or a free one for 0. Complain if it cannot be had: Lab would only log it."""
    with socket.socket() as probe:
        if os.name == "posix":  # a port just left by another server is free, and Lab takes it
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
            return probe.getsockname()[1]
        except OSError as error:
            raise UserError(_why_not(port, error)) from None


def _why_not(port: int, error: OSError) -> str:
    advice = "let one be found with --port 0, or with make: make learn PORT=0"
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is in use, perhaps by another JupyterLab. Close it or {advice}"
    return f"Port {port} cannot be used ({error.strerror}). Please {advice}"


def _arguments(home: Path, notebook: Path, port: int, browser: bool, view: View) -> list[str]:
    page = notebook.relative_to(home).as_posix()
    return [
        *("-m", view.module, f"--port={port}", "--ServerApp.port_retries=0"),
        f"--ServerApp.root_dir={home}",
        f"--{view.settings}.default_url={view.pages}/{page}",
        f"--{view.settings}.extra_labextensions_path={SETTINGS / 'labextensions'}",
        "--log-level=WARN",  # its address would drown in notes about its extensions
        *([] if browser else ["--no-browser"]),
        *(["--allow-root"] if _is_root() else []),
    ]


def _is_root() -> bool:
    """In a container everybody is root; Lab would refuse to start there without being told."""
    return hasattr(os, "geteuid") and os.geteuid() == 0

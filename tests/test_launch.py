"""The files with which others start the course: Binder, Codespaces, VS Code, Docker, Colab.

None of these services is here. What can be seen is that each file is what its service reads, that
what it names is there, and that its commands do their work in an environment with nothing else.
"""

import fnmatch
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import tomllib
import venv
from pathlib import Path

import nbformat
import pytest
from typer.testing import CliRunner

from lessonlib.cli import app
from lessonlib.site.book.colab import for_colab
from lessonlib.site.book.hosting import Hosting

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
RELU = "01-relu-layer"
FIRST = "my-course/00-start-here/00-start-here.ipynb"
EXTENSION = re.compile(r"[a-z0-9-]+\.[a-z0-9-]+", re.IGNORECASE)  # publisher.name


def text(name):
    return (ROOT / name).read_text(encoding="utf-8")


def dockerfile():
    """The Dockerfile as (instruction, argument); a comment is none."""
    lines = [line for line in text("Dockerfile").splitlines() if line and line[0] != "#"]
    return [tuple(line.split(" ", 1)) for line in lines]


DEVCONTAINER = json.loads(text(".devcontainer/devcontainer.json"))
CREATE = DEVCONTAINER["onCreateCommand"]
BINDER = [line for line in text(".binder/requirements.txt").splitlines() if line[0] != "#"]
POST_BUILD = text(".binder/postBuild")
CMD = json.loads(dict(dockerfile())["CMD"])


# --- what the files say --------------------------------------------------------------------------


def test_all_use_the_same_python_and_the_project_takes_it():
    versions = {
        text(".binder/runtime.txt").strip().removeprefix("python-"),
        re.search(r"python:(\d+\.\d+)", DEVCONTAINER["image"])[1],
        re.search(r"python:(\d+\.\d+)", dict(dockerfile())["FROM"])[1],
    }
    assert versions == {PROJECT["project"]["requires-python"].removeprefix(">=")}


def test_all_install_the_lab_with_the_pinned_versions():
    assert "lab" in PROJECT["project"]["optional-dependencies"]
    pins, editable = BINDER
    assert (ROOT / ".binder" / pins.removeprefix("-c ")).resolve() == ROOT / "constraints.txt"
    assert editable == "-e .[lab]"
    assert "-c constraints.txt -e '.[lab]'" in CREATE
    assert '-c /course/constraints.txt "/course[lab]"' in text("Dockerfile")


@pytest.mark.parametrize("words", [*re.findall(r"lessonlib (.*)", f"{CREATE}\n{POST_BUILD}"),
                                   " ".join(CMD[1:])])  # fmt: skip
def test_the_commands_that_they_name_exist(words):
    command, folder, *options = words.split()
    shown = CliRunner().invoke(app, [command, "--help"], env={"COLUMNS": "200"})
    assert shown.exit_code == 0 and folder == "my-course"
    assert options and all(option in shown.output for option in options)


def test_what_codespaces_opens_is_a_lesson():
    (opened,) = DEVCONTAINER["customizations"]["codespaces"]["openFiles"]
    assert opened == FIRST and (ROOT / opened.replace("my-course", "course")).is_file()


def test_the_extensions_are_names_of_extensions():
    here = json.loads(text(".vscode/extensions.json"))
    theirs = DEVCONTAINER["customizations"]["vscode"]["extensions"]
    assert here.keys() == {"recommendations"}
    assert all(EXTENSION.fullmatch(each) for each in [*here["recommendations"], *theirs])
    assert set(theirs) <= set(here["recommendations"])


def test_the_devcontainer_has_no_key_that_its_schema_does_not_know():
    known = {"name", "image", "onCreateCommand", "customizations"}  # of the base schema, those used
    assert DEVCONTAINER.keys() == known
    assert DEVCONTAINER["customizations"].keys() == {"vscode", "codespaces"}


def test_binder_can_run_what_it_runs():
    assert (ROOT / ".binder/postBuild").stat().st_mode & 0o111
    assert POST_BUILD.startswith("#!")
    link = Hosting(repository="https://github.com/owner/name").ways(RELU)["Open in Binder"]
    assert f"urlpath=lab/tree/my-course/{RELU}/{RELU}.ipynb" in link


def test_the_dockerfile_has_its_parts_in_order():
    kinds = [kind for kind, _ in dockerfile()]
    assert kinds[0] == "FROM" and kinds[-1] == "CMD" and kinds.count("CMD") == 1
    assert set(kinds) <= {"FROM", "COPY", "RUN", "USER", "WORKDIR", "CMD"}
    assert kinds.index("USER") < max(k for k, kind in enumerate(kinds) if kind == "RUN")


def is_sent(name):
    """Whether a file goes to Docker: the last line of .dockerignore that fits decides."""
    sent = True
    for line in text(".dockerignore").splitlines():
        pattern = line.removeprefix("!").removeprefix("**/")
        parents = [name, *(str(each) for each in Path(name).parents)]
        if line and line[0] != "#" and any(fnmatch.fnmatch(each, pattern) for each in parents):
            sent = line.startswith("!")
    return sent


def test_docker_gets_what_it_installs_and_nobodys_work():
    targets = PROJECT["tool"]["hatch"]["build"]["targets"]
    needed = {each.lstrip("/") for each in targets["wheel"]["include"]}
    needed |= {"pyproject.toml", "constraints.txt", "README.md", "LICENSE"}
    needed |= {argument.split()[0] for kind, argument in dockerfile() if kind == "COPY"} - {"."}
    assert [name for name in needed if not is_sent(name) or not (ROOT / name).exists()] == []
    private = ["my-course/01/01.ipynb", "solutions/01/01.py", "gradebook.db", "submitted/a", ".git"]
    assert [name for name in private if is_sent(name)] == []


# --- Colab ---------------------------------------------------------------------------------------


def lesson():
    return nbformat.read(ROOT / "course" / RELU / f"{RELU}.ipynb", as_version=4)


def test_colab_gets_the_released_lesson_and_one_cell_before_it():
    first, *others = for_colab(lesson(), "https://github.com/owner/name").cells
    assert others == lesson().cells
    assert "git+https://github.com/owner/name" in first.source


def run_in_ipython(python, code, **options):
    return subprocess.run(
        [python, "-m", "IPython", "--colors=NoColor", "-c", code],
        capture_output=True, text=True, timeout=300, **options,
    )  # fmt: skip


def test_elsewhere_the_cell_for_colab_does_nothing():
    cell = for_colab(lesson(), "file:///there/is/no/such/repository").cells[0].source
    done = run_in_ipython(sys.executable, cell)
    assert (done.returncode, done.stdout.strip(), done.stderr.strip()) == (0, "", "")


# --- their commands, in an environment with nothing else -----------------------------------------


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    """What somebody who clones the repository has."""
    folder = tmp_path_factory.mktemp("clone")
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    who = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    for command in (["init", "-q"], ["add", "-A"], [*who, "commit", "-qm", "all"]):
        subprocess.run(["git", *command], cwd=folder, check=True)
    return folder


@pytest.fixture(scope="module")
def clean(tmp_path_factory):
    """Runs a command as in a new machine: an environment of its own, first on the path."""
    folder = tmp_path_factory.mktemp("clean")
    venv.create(folder / "venv", with_pip=True)
    path = f"{folder / 'venv/bin'}:{os.environ['PATH']}"
    env = {**os.environ, "PATH": path, "HOME": str(folder), "PYTHONPATH": ""}

    def run(command, cwd):
        done = subprocess.run(
            ["bash", "-c", command], cwd=cwd, env=env, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]

    run.python, run.env = folder / "venv/bin/python", env
    return run


def started(folder):
    """The lessons in a folder, which are then taken away for the next test."""
    lessons = {path.parent.name for path in folder.glob("my-course/*/*.ipynb")}
    shutil.rmtree(folder / "my-course")
    return lessons


LESSONS = {path.parent.name for path in (ROOT / "course").glob("*/*.ipynb")}


@pytest.mark.site
@pytest.mark.slow
def test_binders_commands_make_a_course(clone, clean):
    clean("pip install --no-cache-dir -r .binder/requirements.txt", clone)
    clean(".binder/postBuild", clone)
    assert started(clone) == LESSONS


@pytest.mark.site
@pytest.mark.slow
def test_codespaces_command_makes_a_course(clone, clean):
    clean(CREATE, clone)
    assert (clone / FIRST).is_file()
    assert started(clone) == LESSONS


@pytest.mark.site
@pytest.mark.slow
def test_dockers_commands_start_a_lab_that_the_outside_reaches(clone, clean, tmp_path):
    """127.0.0.2 stands for the outside: who listens on 127.0.0.1 alone does not answer there."""
    installs, starts = (a for k, a in dockerfile() if k == "RUN" and a.startswith(("pip", "less")))
    clean(installs.replace("/course", str(clone)), tmp_path)
    clean(starts, tmp_path)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = {**clean.env, "JUPYTER_CONFIG_PATH": str(clone / ".devcontainer")}
    command = [clean.python.parent / CMD[0], *CMD[1:], f"--port={port}"]
    lab = subprocess.Popen(command, cwd=tmp_path, env=env, stderr=subprocess.PIPE, text=True)
    try:
        assert answers("127.0.0.2", port, seconds=120)
    finally:
        lab.terminate()
        told = lab.communicate(timeout=30)[1]
    assert f"http://127.0.0.1:{port}/lab" in told and "token=" in told


def answers(host, port, seconds):
    for _ in range(seconds):
        with socket.socket() as caller:
            if caller.connect_ex((host, port)) == 0:
                return True
        time.sleep(1)
    return False


@pytest.mark.site
@pytest.mark.slow
def test_in_colab_the_cell_installs_what_the_lesson_imports(clone, clean):
    clean("pip install -q ipython -c constraints.txt", clone)
    clean("pip uninstall -q -y lessonlib", clone)
    colab = "import sys, types; sys.modules['google.colab'] = types.ModuleType('google.colab')\n"
    cell = for_colab(lesson(), f"file://{clone}").cells[0].source
    done = run_in_ipython(clean.python, colab + cell, cwd=clone.parent, env=clean.env)
    assert done.returncode == 0, done.stdout + done.stderr
    clean('python -c "from lessonlib import check, plots"', clone.parent)

"""The commands and paths in the pages for those who carry on are there, and their pictures true."""

import ast
import re
import subprocess
from pathlib import Path

import pytest
import yaml
from typer.main import get_command

from lessonlib.cli import app

ROOT = Path(__file__).parents[2]
PAGES = ["CONTRIBUTING.md", "docs/architecture.md", "CHANGELOG.md"]
MAKEFILE = (ROOT / "Makefile").read_text()


def text(page):
    return (ROOT / page).read_text(encoding="utf-8")


def matches(pattern):
    """Return (page, what was found), each once, in all of the pages."""
    return sorted({(page, found) for page in PAGES for found in re.findall(pattern, text(page))})


def test_the_readme_links_the_pages():
    for page in PAGES:
        assert f"]({page})" in text("README.md")


TOP = r"lessonlib|solutions|course|tests|docs"


@pytest.mark.parametrize(("page", "path"), matches(rf"[` ]((?:{TOP})/[\w/-]*(?:\.\w+)?)"))
def test_a_path_is_there(page, path):
    assert (ROOT / path.replace("NN-name", "00-start-here")).exists()


@pytest.mark.parametrize(("page", "target"), matches(r"\]\(([^)#:]+)\)"))
def test_a_link_leads_to_a_page(page, target):
    assert ((ROOT / page).parent / target).is_file()


@pytest.mark.parametrize(("page", "name"), matches(r"`?make (\w+)`"))
def test_a_target_of_make_is_there(page, name):
    assert re.search(rf"^{name}:", MAKEFILE, re.MULTILINE)


@pytest.mark.parametrize(("page", "name"), matches(r"`(?:\.venv/bin/)?lessonlib (\w+)"))
def test_a_command_is_there(page, name):
    assert name in get_command(app).commands


@pytest.mark.parametrize(("page", "path"), matches(r"(?<![\w/-])((?:\w+/)?\w+\.py)\b"))
def test_a_module_is_there(page, path):
    assert [found for found in (ROOT / "lessonlib").rglob(path.split("/")[-1])]


@pytest.mark.parametrize("command", re.findall(r"^    (git ls-files .+)$", text(PAGES[0]), re.M))
def test_the_commands_that_count_lines_print_a_number(command):
    told = subprocess.run(command, shell=True, cwd=ROOT, capture_output=True, text=True)
    assert int(told.stdout) > 1000


# --- the picture of the rooms --------------------------------------------------------------------


def rooms():
    """Return the rooms of the picture, from the top down."""
    picture = re.search(r"```text\n(.*?)```", text("docs/architecture.md"), re.DOTALL)[1]
    return re.findall(r"^ (\w+)(?:/|\.py) ", picture, re.MULTILINE)


def imported(room):
    """Return the rooms that the modules of one import from, anywhere in their code."""
    place = ROOT / "lessonlib" / room
    for path in place.rglob("*.py") if place.is_dir() else [place.with_suffix(".py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from (alias.name.split(".")[1] for alias in node.names if "." in alias.name)
            elif isinstance(node, ast.ImportFrom) and node.module == "lessonlib":
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module.startswith("lessonlib."):
                yield node.module.split(".")[1]


@pytest.mark.parametrize("room", rooms())
def test_a_room_imports_none_above_it(room):
    above = rooms()[: rooms().index(room)]
    assert set(imported(room)) & set(above) == set()


def test_every_room_of_the_package_is_in_the_picture():
    folders = [path.parent.name for path in (ROOT / "lessonlib").glob("*/__init__.py")]
    assert set(folders) - {"reference"} <= set(rooms())


# --- pre-commit ----------------------------------------------------------------------------------


def test_before_each_commit_runs_what_make_lint_runs():
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())
    hooks = [hook for repo in config["repos"] for hook in repo["hooks"]]
    recipe = re.search(r"^lint:.*\n((?:\t.*\n)+)", MAKEFILE, re.MULTILINE)[1]
    lint = [line.strip().replace("$(BIN)", ".venv/bin") for line in recipe.splitlines()]
    assert [hook["entry"] for hook in hooks] == lint
    assert {repo["repo"] for repo in config["repos"]} == {"local"}, "nothing is fetched"


# --- the order of the tests ----------------------------------------------------------------------


def test_the_files_that_begin_first_are_there():
    named = ast.parse(text("tests/conftest.py")).body
    (order,) = (each for each in named if "LONGEST =" in ast.unparse(each)[:10])
    assert all((ROOT / "tests" / path).is_file() for path in ast.literal_eval(order.value))

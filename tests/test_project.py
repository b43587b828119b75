"""The project's own files agree with each other, and nothing heavy or private slips in."""

import ast
import re
import subprocess
import sys
import tomllib
from importlib.metadata import distribution
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
BASE = [Requirement(line) for line in PROJECT["dependencies"]]


def extra(name):
    """Return what an extra brings, the extras that it names among it."""
    found = []
    for each in map(Requirement, PROJECT["optional-dependencies"][name]):
        ours = each.name == PROJECT["name"]
        found += [r for other in sorted(each.extras) for r in extra(other)] if ours else [each]
    return found


EXTRAS = [each for name in PROJECT["optional-dependencies"] for each in extra(name)]
ALL = list({str(each): each for each in BASE + EXTRAS}.values())

# Only the instructor's side may cost what these cost.
INSTRUCTOR = tuple(f"lessonlib/{room}/" for room in ("building", "grading", "platforms", "site"))
FOR_INSTRUCTORS = {"nbgrader", "jupytext", "dask", "distributed"}
HEAVY = {"matplotlib", "nbgrader", "nbformat", "nbclient", "jupytext", "IPython", "typer", "rich"}


def names(requirements):
    return {canonicalize_name(requirement.name) for requirement in requirements}


def pins():
    """Return the version that constraints.txt gives each package."""
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pairs = [line.split("==") for line in lines if line and not line.startswith("#")]
    return {canonicalize_name(name): version for name, version in pairs}


def conda():
    """Return environment.yml's requirements, and the lines of its pip part."""
    lines = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    requirements = [Requirement(line) for line in lines if isinstance(line, str)]
    return requirements, [line for part in lines if isinstance(part, dict) for line in part["pip"]]


@pytest.mark.parametrize("requirement", ALL, ids=str)
def test_every_dependency_is_pinned_within_its_range(requirement):
    version = pins()[canonicalize_name(requirement.name)]
    assert requirement.specifier.contains(version)


def needed(requirements):
    """Return all packages that these bring with them here, as their own metadata say."""
    found, waiting = set(), [each for each in requirements if _holds(each.marker)]
    while waiting:
        each = waiting.pop()
        key = (canonicalize_name(each.name), frozenset(each.extras))
        if key not in found:
            found.add(key)
            more = map(Requirement, distribution(each.name).requires or [])
            waiting += [m for m in more if any(_holds(m.marker, e) for e in ("", *each.extras))]
    return {name for name, _ in found}


def _holds(marker, extra=""):
    return marker is None or marker.evaluate({"extra": extra})


def test_whatever_is_installed_with_the_course_is_pinned():
    assert needed(BASE + extra("test")) - pins().keys() == set()


@pytest.mark.site
def test_whatever_is_installed_for_the_site_is_pinned():
    assert needed(BASE + extra("site")) - pins().keys() == set()


def test_the_pins_are_plain_sorted_and_unique():
    lines = (ROOT / "constraints.txt").read_text().splitlines()[1:]
    assert [line for line in lines if not re.fullmatch(r"[\w.-]+==[\w.]+", line)] == []
    assert lines == sorted(set(lines), key=str.lower)
    assert "lessonlib" not in pins()


def test_the_conda_environment_has_the_same_ranges():
    requirements, _ = conda()
    ranges = {canonicalize_name(each.name): each.specifier for each in requirements}
    assert names([*BASE, *extra("lab")]) <= ranges.keys()
    for each in [*BASE, *EXTRAS]:
        name = canonicalize_name(each.name)
        assert ranges.get(name, each.specifier) == each.specifier
    assert ranges.keys() - names([*BASE, *EXTRAS]) == {"python", "pip"}


def test_the_conda_environment_has_this_python_and_this_project():
    requirements, pip = conda()
    python = next(each for each in requirements if each.name == "python")
    assert str(python.specifier) == PROJECT["requires-python"]
    assert pip == ["-e ."]


def test_importing_lessonlib_brings_in_nothing_heavy():
    code = "import sys, lessonlib; print(*{name.split('.')[0] for name in sys.modules})"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert loaded.returncode == 0, loaded.stderr
    assert HEAVY & set(loaded.stdout.split()) == set()


def modules_on_the_learners_side():
    """Return every module of lessonlib, as a path from the root, but the instructor's."""
    paths = sorted((ROOT / "lessonlib").rglob("*.py"))
    names = [path.relative_to(ROOT).as_posix() for path in paths]
    return [name for name in names if not name.startswith(INSTRUCTOR)]


def imported_at_import(tree):
    """Yield the dotted names that a module imports when it is itself imported."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from imported_at_import(node)


@pytest.mark.parametrize("name", modules_on_the_learners_side())
def test_the_learners_side_imports_nothing_of_the_instructors(name):
    imported = list(imported_at_import(ast.parse((ROOT / name).read_text())))
    assert {name.split(".")[0] for name in imported} & FOR_INSTRUCTORS == set()
    private = re.compile(r"lessonlib\.(building|grading|platforms|site)\b")
    assert [name for name in imported if private.match(name)] == []


def tracked_files():
    """Return the files that git has or would take, or skip outside a checkout."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if listed.returncode != 0:
        pytest.skip("this is not a git checkout")
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


# Written with brackets, so that this file does not contain what it looks for.
MACHINE_PATH = r"(?:^|[^\w.~<])/(?:work|root|tmp|home)/[\w.-]+"
REGISTRY = r"py[p]i\.org|python[h]osted|npm[j]s\.org|deb\.[d]ebian\.org|ana[c]onda\.org"


def lines_with(pattern, paths):
    compiled = re.compile(pattern)
    for path in paths:
        for number, line in enumerate(path.read_bytes().decode(errors="replace").split("\n"), 1):
            if compiled.search(line):
                yield f"{path.relative_to(ROOT)}:{number}: {line[:120]}"


def test_no_file_names_a_path_of_somebodys_machine():
    files = [path for path in tracked_files() if path.suffix not in {".png", ".svg", ".npz"}]
    outside_tests = [path for path in files if ROOT / "tests" not in path.parents]
    assert list(lines_with(MACHINE_PATH, outside_tests)) == []


def test_no_file_names_a_package_registry():
    assert list(lines_with(REGISTRY, tracked_files())) == []


def test_the_committed_files_are_small():
    limit = 2_000_000
    assert [path.name for path in tracked_files() if path.stat().st_size > limit] == []


def test_ci_runs_the_readmes_test_commands():
    script, readme = ROOT / ".ci/run", (ROOT / "README.md").read_text()
    assert script.stat().st_mode & 0o111
    assert "for target in test test-grading; do" in script.read_text()
    assert "\n    make test\n" in readme and "\n    make test-grading\n" in readme


def test_no_test_is_left_out_by_both_of_them():
    """What `make test` leaves out, by file or by marker, another command runs."""
    test, grading, site, hostile = (
        subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, text=True).stdout
        for target in ("test", "test-grading", "test-site", "hostile")
    )
    ignored = re.findall(r"--ignore=(\S+)", test)
    assert len(ignored) == 11 and all((ROOT / path).is_file() for path in ignored)
    assert [path for path in ignored if path not in grading.split()] == []
    assert re.findall(r"not (\w+)", test.partition("pytest")[2]) == ["stock", "site"]
    assert "-m site tests" in site and "test_hostile_stock.py" in hostile
    assert ".ci/run" in (ROOT / ".github/workflows/test.yml").read_text()

"""Every claim of the pages in docs/ that has a list of tests is held by tests that are there."""

import ast
import re
from dataclasses import asdict
from functools import cache
from pathlib import Path

import pytest

from lessonlib.grading.classroom.child import MEMORY
from lessonlib.grading.classroom.inbox import MAX_EXTRA, MAX_FILES
from lessonlib.grading.classroom.treatment import seconds_in_all
from lessonlib.grading.protocol.limits import Limits
from lessonlib.grading.protocol.wire import MAX_BODY, MAX_JSON
from lessonlib.grading.submission.reading import MAX_BYTES, MAX_CELLS, MAX_SOURCE

ROOT = Path(__file__).parents[2]
NAMES = ["threat-model", "differences-from-nbgrader", "platforms", "accessibility", "clusters"]
PAGES = [ROOT / f"docs/{name}.md" for name in NAMES]
CLAIM = re.compile(r"^\| (.+?) \| `(tests/[\w/]+\.py)::(\w+)` \|$", re.MULTILINE)
CLAIMS = [(page.name, *claim) for page in PAGES for claim in CLAIM.findall(page.read_text())]
THREATS = PAGES[0].read_text()


@cache
def names_of_tests(path):
    """Return the tests of a file that run: a skipped one holds nothing."""
    file = ROOT / path
    body = ast.parse(file.read_text()).body if file.is_file() else []
    tests = [node for node in body if isinstance(node, ast.FunctionDef)]
    return {t.name for t in tests if not any("skip" in ast.unparse(d) for d in t.decorator_list)}


@pytest.mark.parametrize(("page", "claim", "path", "name"), CLAIMS)
def test_the_test_of_a_claim_is_there(page, claim, path, name):
    assert name in names_of_tests(path)


def test_every_row_of_the_lists_is_read():
    rows = [row for page in PAGES for row in page.read_text().split("\n") if "::test_" in row]
    assert len(CLAIMS) == len(rows) >= 80


def values(limit):
    """Return the numbers in a row of the table of limits, in seconds, bytes or pieces."""
    table = THREATS.partition("## What each limit stops")[2].partition("\n## ")[0]
    (row,) = re.findall(rf"^\| {limit} \| (.+?) \|", table, re.MULTILINE)
    units = {"MiB": 2**20, "GiB": 2**30}
    found = re.findall(r"(\d[\d,]*) ?(MiB|GiB)?", row)
    return [int(number.replace(",", "")) * units.get(unit, 1) for number, unit in found]


def test_the_limits_of_a_submission_are_those_of_the_code():
    for name, value in asdict(Limits()).items():
        assert values(f"`{name}`") == [value]


def test_the_other_limits_are_those_of_the_code():
    assert values("wall clock of a worker") == [seconds_in_all(Limits())]
    assert values("a notebook's file") == [MAX_BYTES, MAX_CELLS, MAX_SOURCE]
    assert values("files beside it") == [MAX_EXTRA, MAX_FILES]
    assert values("a message") == [MAX_BODY, MAX_JSON]
    assert values("a worker") == [MEMORY]

"""Whatever a submission's text meets on the judge's side answers in two seconds on a mebibyte.

Patterns are collected from the modules themselves, so that a new one is timed as well.
"""

import ast
import importlib
import inspect
import json
import pkgutil
import re
import time

import nbformat
import pytest
from given_cells import answer, exam, free, lesson_of

import lessonlib.checks
import lessonlib.grading
from lessonlib.grading.submission import markdown, markup, pictures, reading, sanitise, syntax
from lessonlib.grading.submission.repair import as_notebook, hidden_lines, repair, visible

pytestmark = pytest.mark.slow

SIZE = 2**20
SECONDS = 2.0
PIECES = [
    "\n", " ", "a", "0", "1.", "a.", "a\n", "-", "_", "(", "[", "{", "()", "[](", "![", "'", '"',
    "\'\'\'\n", "\\", "\\\n", "\\(", "\\begin{a}", "<b>", "<b>x</b>", "<", "<!--", "<b a='", "&",
    "&lt;", "$", "$$", "`", "#", "=\n", "- ", "> ", "|", "|-|\n", "*_", "%a\n", "!a\n", "a?\n",
    "x=!a\n", ",a\n", "lambda:", "a;", "f(", "check('", "\x1b[31m", "\x1b]", "\u0301", "\x00",
    "\U0001f600", "http://a.", "data:image/png;base64,", "if 1:\n ",
]  # fmt: skip
# Not for what a learner wrote: a contract is ours.
OURS = {r"\((.*?)\)"}
LESSON = lesson_of(
    free("import numpy as np"),
    answer("f", "def f(x):\n    return 1", "def f(x):\n    raise NotImplementedError"),
    exam("check-f", "assert f(1) == 1", 1),
    answer("words", "Because.", "Your answer here.", "markdown", 2.0),
)


def repeated(piece: str, size: int) -> str:
    return (piece * (size // len(piece) + 1))[: size - 1] + "~"


def modules():
    """Yield the modules of the judge's side, and of the checks."""
    for package in (lessonlib.grading, lessonlib.checks):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not found.name.endswith("__main__"):
                yield importlib.import_module(found.name)


def patterns() -> dict[str, re.Pattern]:
    """Return every pattern that these modules compile, or hand to `re` as they are."""
    found = {}
    for module in modules():
        scopes = [module, *(c for _, c in inspect.getmembers(module, inspect.isclass))]
        values = [(name, v) for scope in scopes for name, v in vars(scope).items()]
        values += [(f"{name}[{k!r}]", each) for name, v in values if isinstance(v, dict)
                   for k, each in v.items()]  # fmt: skip
        found |= {f"{v.pattern!r:.60} of {module.__name__}.{name}": v for name, v in values
                  if isinstance(v, re.Pattern)}  # fmt: skip
        for node in ast.walk(ast.parse(inspect.getsource(module))):
            if _is_of_re(node) and isinstance(node.args[0].value, str | bytes):
                pattern = node.args[0].value
                found[f"{pattern!r:.60} in {module.__name__}"] = re.compile(pattern)
    return {name: pattern for name, pattern in found.items() if pattern.pattern not in OURS}


def _is_of_re(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "re"
        and bool(node.args)
        and isinstance(node.args[0], ast.Constant)
    )


def seconds(function, text) -> float:
    started = time.process_time()  # other work on the machine does not count
    try:
        function(text)
    except (SyntaxError, reading.Unreadable):
        pass
    return time.process_time() - started


PATTERNS = patterns()


def test_there_are_patterns_to_be_timed():
    assert len(PATTERNS) > 20
    assert any("markup" in name for name in PATTERNS)


@pytest.mark.parametrize("name", PATTERNS, ids=range(len(PATTERNS)))
def test_a_pattern_takes_no_minutes(name):
    pattern = PATTERNS[name]
    as_it_reads = str if isinstance(pattern.pattern, str) else str.encode
    for piece in PIECES:
        small, large = (as_it_reads(repeated(piece, size)) for size in (SIZE // 16, SIZE))
        for search in (pattern.fullmatch, lambda t: pattern.sub(t[:0], t)):
            # Even if it takes the square of its time, 16 * 16 times this is not too long.
            if seconds(search, small) > SECONDS / 300:
                assert seconds(search, large) < SECONDS, piece


def shown(text: str) -> None:
    """Let a cell show a text in every way that there is."""
    kinds = ["text/plain", "text/html", "text/markdown", "text/latex", "image/png", "image/jpeg"]
    error = {"output_type": "error", "ename": text, "evalue": text, "traceback": [text] * 3}
    data = {"output_type": "display_data", "data": dict.fromkeys(kinds, text)}
    stream = {"output_type": "stream", "name": "stdout", "text": text}
    sanitise.outputs([data, error, stream])


def mended(kind: str):
    """Return what is done with a notebook that has a text in a cell of this kind."""

    def mend(text: str) -> None:
        cells = [getattr(nbformat.v4, f"new_{kind}_cell")(text) for _ in range(3)]
        as_notebook(repair(nbformat.v4.new_notebook(cells=cells), LESSON).pieces, LESSON)

    return mend


def in_a_cell(text: str) -> None:
    reading.read(json.dumps({"cells": [{"cell_type": "code", "source": text}]}).encode())


FUNCTIONS = {
    "names_in": syntax.names_in,  # which takes the time of `parsed` and of `plain_python`, too
    "hidden_lines": hidden_lines,
    "visible": visible,
    "markdown": markdown.harmless,
    "letter by letter": markdown.escaped,
    "html": lambda text: markup.cleaned(text) if len(text) <= sanitise.MAX_HTML else None,
    "mathematics": markup.defused,
    "printable": markup.printable,
    "long runs": markup.with_short_runs,
    "picture": lambda text: pictures.picture("image/png", text),
    "address": pictures.data_url,
    "outputs": shown,
    "read": lambda text: reading.read(text.encode()),
    "read in a cell": in_a_cell,
    "code in a notebook": mended("code"),
    "text in a notebook": mended("markdown"),
    "raw text in a notebook": mended("raw"),
}


def test_the_names_of_a_cell_are_read_by_way_of_the_others(monkeypatch):
    asked = []
    for name in ("parsed", "plain_python"):
        function = getattr(syntax, name)
        monkeypatch.setattr(syntax, name, lambda s, f=function, n=name: asked.append(n) or f(s))
    syntax.names_in("not read = before")
    assert asked[:2] == ["parsed", "plain_python"]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_what_reads_a_submission_takes_no_minutes(name):
    for piece in PIECES:
        for size in (SIZE // 4, syntax.MAX_CODE, markdown.MAX_MARKS):
            taken = seconds(FUNCTIONS[name], repeated(piece, size))
            assert taken < SECONDS, (piece, size)
            # Even if it takes the square of its time, 4 * 4 times this is not too long.
            if size == SIZE // 4 and taken > SECONDS / 16:
                assert seconds(FUNCTIONS[name], repeated(piece, SIZE)) < SECONDS, piece

"""Never does a learner get a line of a solution that nbgrader would have hidden.

The same cells go through nbgrader's own preprocessor and through ours. In an ordinary notebook the
same lines are left; in a notebook of `check(…)` cells names, signatures and docstrings stay too.
"""

import ast
import re

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbgrader import preprocessors

from lessonlib.building.stubs import ClearSolutions
from lessonlib.errors import UserError

B, E = "### BEGIN SOLUTION", "### END SOLUTION"
LANGUAGES = ["python", "R", "octave", "java"]

# `secret…` stands for what must stay hidden if nbgrader hides it.
ODD_CELLS = {
    "plain": f"{B}\nx = secret1\n{E}",
    "comment after the begin": f"{B} the easy part\nx = secret1\n{E}",
    "comment after the end": f"{B}\nx = secret1\n{E} of the easy part\nx",
    "second region with a comment": f"{B}\nx = secret1\n{E}\nx\n{B} second\ny = secret2\n{E}",
    "no space after the hashes": "###BEGIN SOLUTION\nx = secret1\n###END SOLUTION",
    "one hash": "# BEGIN SOLUTION\nx = secret1\n# END SOLUTION",
    "no hash": "BEGIN SOLUTION\nx = secret1\nEND SOLUTION",
    "seven hashes": "####### BEGIN SOLUTION #######\nx = secret1\n####### END SOLUTION #######",
    "blanks at the end": f"{B}   \nx = secret1\n{E}\t ",
    "code before the begin": f"x = 1  {B}\ny = secret1\n{E}",
    "code before the end": f"{B}\ny = secret1\nz = secret2  {E}\nz = 3",
    "both on a line": f"{B} {E}\ny = secret1\n{E}\nz = 3",
    "end before begin on a line": f"{E} {B}\ny = secret1\n{E}\nz = 3",
    "lower case": "### begin solution\nx = secret1\n### end solution",
    "two blanks between the words": "### BEGIN  SOLUTION\nx = secret1\n### END  SOLUTION",
    "plural": "### BEGIN SOLUTIONS\nx = secret1\n### END SOLUTIONS\nx",
    "in a string": 'print("BEGIN SOLUTION")\nx = secret1\nprint("END SOLUTION")\nx',
    "in a docstring": f'def f():\n    """Text.\n    {B}\n    secret1\n    {E}\n    """\n',
    "column 0 in a function": f"def f(x):\n{B}\n    return secret1(x)\n{E}\n\nf(1)",
    "column 0, end indented": f"def f(x):\n{B}\n    return secret1(x)\n    {E}\n\nf(1)",
    "begin indented, end at 0": f"def f(x):\n    {B}\n    return secret1(x)\n{E}\n\nf(1)",
    "indented in a function": f"def f(x):\n    {B}\n    return secret1(x)\n    {E}\nf(1)",
    "tabs": f"def f(x):\n\t{B}\n\treturn secret1(x)\n\t{E}\nf(1)",
    "two in a function": f"def f(x):\n    {B}\n    a = secret1\n    {E}\n    b = a\n    {B}\n"
    f"    return secret2\n    {E}",
    "magic in a region": f"{B}\n%matplotlib inline\nx = secret1\n{E}\nx",
    "cell magic in a region": f"{B}\n%%time\nx = secret1\n{E}",
    "cell magic above": f"%%time\n{B}\nx = secret1\n{E}",
    "shell in a region": f"{B}\n!echo secret1\nfiles = !ls secret2\n{E}",
    "a question mark": f"{B}\nsecret1?\n{E}",
    "not Python": f"{B}\nx = = secret1\n{E}\nx",
    "half a statement": f"x = [\n{B}\n    secret1,\n    secret2,\n{E}\n]",
    "an else branch": f"if x:\n    y = 1\n{B}\nelse:\n    y = secret1\n{E}",
    "a whole function": f"{B}\ndef f(x):\n    # secret1\n    return secret2\n{E}",
    "a comment above the docstring": f'{B}\ndef f(x):\n    # secret1\n    """Doc."""\n{E}',
    "docstring and body on a line": f'{B}\ndef f(x): "Doc."; return secret1\n{E}',
    "a method with tabs": f"{B}\nclass A:\n\tdef f(self):\n\t\treturn secret1\n{E}",
    "a class": f'{B}\nclass A:\n    """Doc."""\n    x = secret1\n'
    f"    def f(self): return secret2\n{E}",
    "an async function": f"{B}\nasync def f():\n    return await secret1()\n{E}",
    "a decorated inner function": f"{B}\ndef f():\n    @secret1\n    def g(): pass\n{E}",
    "only comments": f"{B}\n# secret1\n{E}\nx = 1",
    "an empty region": f"{B}\n{E}\nx = 1",
    "no region": "x = secret1",
    "an end alone": f"x = secret1\n{E}\ny = secret2",
    "an end too many": f"{B}\nx = secret1\n{E}\n{E}\ny = 2",
    "a begin without end": f"{B}\nx = secret1",
    "a begin inside": f"{B}\nx = secret1\n{B}\ny = secret2\n{E}\n{E}",
    "two begins on a line": f"{B} {B}\nx = secret1\n{E}\nx",
    "carriage returns": f"{B}\r\ndef f(x):\r\n    return secret1\r\n{E}\r\nf",
    "a lone carriage return": f"{B}\nx = 1\rsecret1 = 2\rdef f():\r  secret2\n{E}\nf",
    "a form feed": f"{B}\n\fdef f(x):\n    return secret1\n{E}\nf",
    "a line separator": f"{B}\ndef f(x):\n    return '\u2028' + secret1\n{E}\nf",
    "a null byte": f"{B}\nx = secret1\0\n{E}\nx",
    "a surrogate": f"{B}\nx = '\ud800' + secret1\n{E}\nx",
    "a coding line": f"{B}\n# coding: utf-7\ndef f(x):\n    return secret1\n{E}",
    "a walrus": f"{B}\nif (x := secret1): pass\n{E}\nx",
    "a string over lines": f'{B}\nx = """\nsecret1\n"""\n{E}\nx',
    "a region that opens a string": f'{B}\nx = """\nsecret1\n{E}\nsecret2"""\nx',
    "a backslash at the end": f"{B}\nx = secret1 + \\\n{E}\ny",
    "deep nesting": f"{B}\nx = {'(' * 400}secret1{')' * 400}\n{E}\nx",
}  # fmt: skip


def cleared(preprocessor, source, *, kind="code", language="python", checked=False):
    """Return what the preprocessor leaves of a solution cell; None if it refuses the notebook."""
    metadata = {"grade": kind == "markdown", "solution": True, "locked": False, "task": False}
    metadata |= {"grade_id": "cell", "schema_version": 3, "points": 1}
    make = getattr(nbformat.v4, f"new_{kind}_cell")
    cells = [make(source, metadata={"nbgrader": metadata}), *[check_cell()] * checked]
    spec = {"kernelspec": {"name": "any", "display_name": "any", "language": language}}
    notebook = nbformat.v4.new_notebook(cells=cells, metadata=spec)
    try:
        preprocessor().preprocess(notebook, {})
    except (RuntimeError, UserError):
        return None
    return notebook.cells[0].source


def check_cell():
    metadata = {"grade": True, "solution": False, "locked": True, "task": False, "grade_id": "test"}
    return nbformat.v4.new_code_cell('check("a.b", f)', metadata={"nbgrader": metadata})


def secrets(text):
    return set(re.findall(r"secret\d+", text or ""))


def stock(source, **options):
    return cleared(preprocessors.ClearSolutions, source, **options)


def ours(source, **options):
    return cleared(ClearSolutions, source, **options)


def left(source, text):
    """Return the lines of a source that are still there, in order."""
    return text and [line for line in text.split("\n") if line in source.split("\n") if line]


def test_there_are_odd_cells_enough():
    assert len(ODD_CELLS) >= 40


@pytest.mark.parametrize("name", ODD_CELLS)
def test_an_ordinary_notebook_keeps_exactly_the_lines_that_nbgrader_keeps(name):
    source = ODD_CELLS[name]
    for options in [{"language": each} for each in LANGUAGES] + [{"kind": "markdown"}]:
        expected = stock(source, **options)
        found = ours(source, **options)
        assert (found is None) == (expected is None)
        assert left(source, found) == left(source, expected)


@pytest.mark.parametrize("name", ODD_CELLS)
def test_a_notebook_of_checks_gives_no_more_away(name):
    source = ODD_CELLS[name]
    expected, found = stock(source), ours(source, checked=True)
    assert (found is None) == (expected is None)
    assert secrets(found) <= secrets(expected)


def is_python(source):
    try:
        ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


@pytest.mark.parametrize("name", ODD_CELLS)
@pytest.mark.parametrize("checked", [False, True])
def test_a_stub_is_python_wherever_nbgraders_is(name, checked):
    source = ODD_CELLS[name]
    if is_python(stock(source) or ""):
        assert is_python(ours(source, checked=checked) or "")


def test_in_another_language_nbgraders_own_stub_stands():
    for language in LANGUAGES[1:]:
        source = ODD_CELLS["plain"]
        assert ours(source, language=language) == stock(source, language=language)


def test_a_language_without_a_stub_is_named():
    spec = {"name": "c", "display_name": "c", "language": "cobol"}
    notebook = nbformat.v4.new_notebook(metadata={"kernelspec": spec})
    with pytest.raises(UserError, match="cobol"):
        ClearSolutions().preprocess(notebook, {})


def test_delimiters_of_the_instructors_own_are_read():
    class Own(ClearSolutions):
        begin_solution_delimeter = "#b"
        end_solution_delimeter = "#e"

    assert secrets(cleared(Own, "#b\nx = secret1\n#e\nx = secret2", checked=True)) == {"secret2"}


# --- any placement of any marks ------------------------------------------------------------------

MARKS = [B, E, f"{B} why", f"{E} why", "#BEGIN SOLUTION", "END SOLUTION#", f"{E}{B}", f"x = 1 {B}"]
CODE = [
    "x = {0}", "def f(a, b=1):", "class A(B):", "return {0}", "# {0}", "%timeit {0}", "!ls {0}",
    '"""', '"""Doc."""', "(", ")", "for i in {0}:", "else:", "a, b = {0}, {0}", "", "\\", "@f",
    "x: int = {0}", "def g(): return {0}", "async def h(): pass", "match x:", "case {0}:", "\r",
]  # fmt: skip
LINE = st.tuples(st.sampled_from(["", "    ", "\t", "        "]), st.sampled_from(MARKS + CODE * 2))


@settings(max_examples=600, deadline=None)
@given(st.lists(LINE, max_size=14))
def test_no_placement_of_marks_gives_a_secret_away(lines):
    source = "\n".join(
        indent + text.format(f"secret{number}") for number, (indent, text) in enumerate(lines)
    )
    expected = stock(source)
    for checked in (False, True):
        found = ours(source, checked=checked)
        assert (found is None) == (expected is None)
        assert secrets(found) <= secrets(expected)
    assert left(source, ours(source)) == left(source, expected)


BODY = st.lists(
    st.sampled_from(["x = secret1", "def f(a):", "    return secret1", "    # secret1", "class A:",
                     "    def g(self): return secret1", '    """Doc."""', "%ls secret1", "y = ["]),
    max_size=8,
).map("\n".join)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(BODY, st.sampled_from(["", "    "]), st.sampled_from([B, f"{B} x", "#BEGIN SOLUTION"]))
def test_what_stands_between_the_marks_never_survives(body, indent, begin):
    source = f"def above():\n{indent}{begin}\n{body}\n{indent}{E}\nbelow()"
    assert not secrets(ours(source))
    assert not secrets(ours(source, checked=True))

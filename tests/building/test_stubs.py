"""What stands where the solution was: names, signatures and docstrings, never a value."""

import nbformat
import pytest
from nbgrader import preprocessors

from lessonlib.building.stubs import (
    BEGIN,
    END,
    RAISE,
    ClearSolutions,
    cleared,
    release_preprocessors,
)
from lessonlib.errors import UserError


def region(*lines, indent=""):
    return "\n".join(indent + line for line in [BEGIN, *lines, END])


def stub(*lines):
    return cleared(region(*lines))


def test_each_assigned_name_once_and_in_order():
    assert stub("z1 = W @ x", "a1 = relu(z1)", "z1 = z1 + 0") == "z1 = ...\na1 = ..."


def test_names_in_tuples_and_with_a_type():
    assert stub("(w, b), *rest = f()", "v: float = 1") == "w = ...\nb = ...\nrest = ...\nv = ..."


def test_names_inside_a_loop_or_a_branch():
    assert stub("for i in range(3):", "    if i:", "        total = i") == "total = ..."


def test_names_inside_a_match_or_an_except():
    source = ["try:", "    a = 1", "except ValueError:", "    b = 2"]
    assert stub(*source) == "a = ...\nb = ..."
    assert stub("match x:", "    case 1:", "        c = 1") == "c = ..."


def test_scratch_names_and_names_from_before_stay_out():
    assert stub("_half = 2", "given += 1", "table['a'] = 1", "ready = True") == "ready = ..."


def test_a_region_that_assigns_nothing_raises():
    assert stub("plot(x)") == RAISE


def test_a_function_keeps_signature_and_docstring_as_written():
    header = [
        "def f(theta, h=1e-5,",
        "      *, m=2):  # note",
        '    """Größe: é.',
        "",
        '    More."""',
    ]
    assert stub(*header, "    return secret").split("\n") == [*header, f"    {RAISE}"]


def test_comments_above_the_first_statement_go():
    assert stub("def f(x):", "    # the trick is 42", "    return 42") == f"def f(x):\n    {RAISE}"


def test_a_function_on_one_line():
    assert stub("def relu(z): return max(z, 0)") == f"def relu(z):\n    {RAISE}"


def test_decorators_stay_and_an_inner_one_does_not_leak():
    source = ["@cache", "def f(x):", "    @secret", "    def g(): pass", "    return g"]
    assert stub(*source) == f"@cache\ndef f(x):\n    {RAISE}"


def test_a_class_keeps_its_methods_signatures():
    source = ["class Value:", '    """A number."""', "    secret = 42"]
    source += ["    def __init__(self, data):", "        self.data = data"]
    expected = (
        f'class Value:\n    """A number."""\n\n    def __init__(self, data):\n        {RAISE}'
    )
    assert stub(*source) == expected


def test_a_class_without_methods():
    assert stub("class Mark: secret = 1") == "class Mark:\n    ..."


def test_definitions_and_values_are_spaced_like_code():
    source = stub("a = 1", "b = 2", "def f(x):", "    return x", "c = 3")
    assert source == f"a = ...\nb = ...\n\n\ndef f(x):\n    {RAISE}\n\n\nc = ..."


def test_an_indented_region_raises_in_its_place():
    source = f"def f(x):\n{region('y = 2', 'return y', indent='    ')}\n\nf(1)"
    assert cleared(source) == f"def f(x):\n    {RAISE}\n\nf(1)"


def test_several_regions_in_one_cell():
    assert (
        cleared(f"{region('a = 1')}\nprint(a)\n{region('b = 2')}") == "a = ...\nprint(a)\nb = ..."
    )


def test_every_stub_is_valid_python():
    compile(stub("class A:", "    def f(self): return 1", "x, y = 1, 2"), "stub", "exec")


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        (f"{BEGIN}\na = 1", "BEGIN SOLUTION without"),
        (f"a = 1\n{END}", "END SOLUTION without"),
        (f"{BEGIN}\n{BEGIN}\n{END}", "a second"),
        (f"{BEGIN}\na = = 1\n{END}", "not valid Python"),
    ],
)
def test_faults_are_named(source, fault):
    with pytest.raises(UserError, match=fault):
        cleared(source)


def solution_cell(make, source):
    metadata = {"grade": False, "solution": True, "locked": False, "task": False}
    metadata |= {"grade_id": "cell", "schema_version": 3}
    return make(source, metadata={"nbgrader": metadata})


def test_as_a_preprocessor_of_nbgrader():
    v4 = nbformat.v4
    code = solution_cell(v4.new_code_cell, region("a = 1"))
    words = solution_cell(v4.new_markdown_cell, f"Why?\n\n{region('Because.')}")
    notebook = v4.new_notebook(cells=[code, words])
    notebook, _ = ClearSolutions().preprocess(notebook, {})
    sources = [cell.source for cell in notebook.cells]
    assert sources == ["a = ...", "Why?\n\n*Write your answer here.*"]


def test_a_region_outside_a_solution_cell_is_refused():
    cell = nbformat.v4.new_code_cell(region("a = 1"))
    with pytest.raises(RuntimeError, match="non-solution cell"):
        ClearSolutions().preprocess(nbformat.v4.new_notebook(cells=[cell]), {})


def test_the_release_runs_nbgraders_preprocessors_in_their_order():
    names = [each.__name__ for each in release_preprocessors()]
    stock = preprocessors.__all__
    assert ClearSolutions in release_preprocessors()
    assert preprocessors.ClearSolutions not in release_preprocessors()
    assert set(names) <= set(stock)
    assert names.index("LockCells") < names.index("ClearSolutions") < names.index("ClearOutput")

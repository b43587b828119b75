"""What stands where the solution was: names, signatures and docstrings, never a value."""

import nbformat
import pytest
from nbgrader import preprocessors
from nbgrader.converters import GenerateAssignment

from lessonlib.building.stubs import (
    BEGIN,
    END,
    RAISE,
    ClearSolutions,
    StripTags,
    cleared,
    expect_names,
    release_preprocessors,
)
from lessonlib.building.withheld import WithholdText
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
        (f"{BEGIN}\na = 1", '"BEGIN SOLUTION" without'),
        (f"{BEGIN}\n{BEGIN}\n{END}", "a second"),
    ],
)
def test_faults_are_named(source, fault):
    with pytest.raises(UserError, match=fault):
        cleared(source)


@pytest.mark.parametrize("line", ["a = = 1", "%matplotlib inline", "a = ["])
def test_a_region_that_is_not_python_is_hidden_and_an_author_hears_of_it(line):
    assert cleared(region("b = 1", line)) == RAISE
    with pytest.raises(UserError, match="not valid Python"):
        expect_names(region("b = 1", line))


def test_marks_at_the_margin_of_a_function_get_a_stub_in_the_function():
    source = f"def f(x):\n{region('    # why', '    return x')}\nf(1)"
    expect_names(source)
    assert cleared(source) == f"def f(x):\n    {RAISE}\nf(1)"


def test_a_comment_above_the_docstring_goes():
    source = ["def f(x):", "    # the trick is 42", '    """Doc."""', "    return 42"]
    assert stub(*source) == f'def f(x):\n    """Doc."""\n    {RAISE}'


def test_a_stub_of_the_instructors_own_stands_in_functions_too():
    source = region("def f(x):", "    return x", "g(1)")
    assert cleared(source, "# Here.\npass") == "def f(x):\n    # Here.\n    pass"


def solution_cell(make, source):
    metadata = {"grade": False, "solution": True, "locked": False, "task": False}
    metadata |= {"grade_id": "cell", "schema_version": 3}
    return make(source, metadata={"nbgrader": metadata})


def test_as_a_preprocessor_of_nbgrader():
    v4 = nbformat.v4
    code = solution_cell(v4.new_code_cell, region("a = 1"))
    words = solution_cell(v4.new_markdown_cell, f"Why?\n\n{region('Because.')}")
    test = v4.new_code_cell('check("toy.a", a=a)', metadata={"nbgrader": {"grade": True}})
    assert clear(code, words, test)[:2] == ["a = ...", "Why?\n\n*Write your answer here.*"]


def test_names_stay_only_where_a_check_asks_for_them():
    code = solution_cell(nbformat.v4.new_code_cell, region("def f():", "    return 1"))
    assert clear(code) == [RAISE]


def clear(*cells):
    notebook = nbformat.v4.new_notebook(cells=list(cells))
    notebook, _ = ClearSolutions().preprocess(notebook, {})
    return [cell.source for cell in notebook.cells]


def test_a_region_outside_a_solution_cell_is_refused():
    cell = nbformat.v4.new_code_cell(region("a = 1"))
    with pytest.raises(UserError, match=r"Cell 1 .*non-solution cell"):
        clear(cell)


def test_a_picture_of_the_answer_goes_with_it_and_one_of_the_question_stays():
    pictures = {name: {"image/png": "AAAA"} for name in ("question.png", "the answer.png")}
    answer = region("![it](attachment:the%20answer.png)")
    cell = solution_cell(nbformat.v4.new_markdown_cell, f"![](attachment:question.png)\n{answer}")
    cell.attachments = pictures
    clear(cell)
    assert list(cell.attachments) == ["question.png"]


def test_pictures_of_other_cells_stay_as_they_are():
    cell = nbformat.v4.new_markdown_cell("![](attachment:my%20own.png)")
    cell.attachments = {"my own.png": {"image/png": "AAAA"}}
    clear(cell)
    assert list(cell.attachments) == ["my own.png"]


def test_the_tag_of_what_only_shows_stays_with_the_instructor():
    cells = [nbformat.v4.new_code_cell("1", metadata={"tags": tags}) for tags in TAGS]
    notebook, _ = StripTags().preprocess(nbformat.v4.new_notebook(cells=cells), {})
    assert [cell.metadata for cell in notebook.cells] == [{}, {"tags": ["hide"]}, {"tags": []}]


TAGS = [["shows"], ["shows", "hide"], []]


def test_the_release_runs_nbgraders_preprocessors_in_their_order():
    stock = GenerateAssignment.preprocessors.default()
    ours = [each for each in release_preprocessors() if each not in (StripTags, WithholdText)]
    assert [each.__name__ for each in ours] == [each.__name__ for each in stock]
    assert ClearSolutions in ours
    assert preprocessors.ClearSolutions not in ours

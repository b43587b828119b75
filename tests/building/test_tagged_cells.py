"""Cells that only show something are tagged, and nothing that counts depends on them."""

import contextlib
import io
from inspect import ismodule
from pathlib import Path

import nbformat
import numpy as np
import pytest
from matplotlib.layout_engine import ConstrainedLayoutEngine

from lessonlib.building.showing import tag_showing
from lessonlib.building.stubs import SHOWS
from lessonlib.building.symbols import symbols_in
from lessonlib.plots import Picture, Stepper

ROOT = Path(__file__).parents[2]
LESSONS = sorted(ROOT.glob("solutions/*/*.ipynb"))
START = "import numpy as np\nfrom lessonlib import nn, plots"
ANSWER = "#answer\ndef double(x):\n    return 2 * x"
CHECK = "#check\ncheck('a.double', double)"


def tagged(*sources):
    """Return the sources of the cells that get the tag; "#answer" and "#check" are nbgrader's."""
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    for cell in cells:
        if cell.source.startswith(("#answer", "#check")):
            cell.metadata["nbgrader"] = {"grade_id": "a"}
    notebook = nbformat.v4.new_notebook(cells=cells)
    tag_showing(notebook)
    return [cell.source for cell in cells if SHOWS in cell.metadata.get("tags", [])]


@pytest.mark.parametrize(
    "shown",
    [
        "print(double(3))",
        "plots.loss_curve([1, 2])",
        "Z = np.array([1.0])\nZ[0] = 2\nprint(Z)",
        "for k in range(3):\n    made = []\n    made.append(k)\n    print(made)",
        "def show(x):\n    print(x)\n\n\nshow(double(3))",
        "ready = []\n\n\ndef note(x):\n    ready.append(x)\n\n\nnote(1)\nprint(ready)",
        "def order(x):\n    seen = []\n\n    def visit(y):\n        seen.append(y)\n\n"
        "    visit(x)\n    return seen\n\n\nprint(order(1))",
        "print([n.append(1) for n in [[], []]])",
        "rng = np.random.default_rng(0)\nprint(double(rng.normal()))",
        "net = nn.Network([1, 2])\nnet.fit(1, 2)\nprint(net.loss)",
    ],
)
def test_a_cell_that_only_shows_is_tagged(shown):
    assert tagged(START, ANSWER, shown, CHECK) == [shown]


@pytest.mark.parametrize(
    "cell",
    [
        "import os",
        "np.random.seed(0)",
        "x = np.random.rand(2)",
        "np.set_printoptions(precision=3)",
        "np.save('a.npy', 1)",
        "np.tau = 1",
        "open('a.txt', 'w').write('b')",
        "del double",
        "setattr(double, 'name', 1)",
        "data[0] = 1",
        "data += 1",
        "data.append(1)",
        "np.put(data, 0, 1)",
        "np.add(data, 1, out=data)",
        "data.extra = 1",
        "print(next(data))",
        "fill(data)",
        "fill(0, into=data)",
        "box.keep(data)",
        "Box(data)",
        "count()",
        "spread(*data)",
        "spread(**{'y': data, **data})",
        "list(map(count, 'ab'))",
        "print(Box.total)\nBox([]).keep(data)",
        "(lambda: count())()",
        "print(box.get(1))",
    ],
)
def test_a_cell_that_changes_something_is_not_tagged(cell):
    given = (
        "data = [1, 2]\nbox = []\n\n\ndef fill(x, into=()):\n    x[0] = 1\n    into[0] = 2\n\n\n"
        "def count():\n    data.append(1)\n\n\nclass Box:\n    def __init__(self, it):\n"
        "        self.it = it\n        it.append(1)\n\n    def keep(self, it):\n"
        "        it.append(self)\n\n    def get(self, it):\n        self.it = it\n\n\n"
        "def spread(x, y):\n    fill(y)"
    )
    assert cell not in tagged(START, given, ANSWER, cell, CHECK)


@pytest.mark.parametrize(
    ("cell", "reader"),
    [
        ("x = 3", "#answer\ny = x"),
        ("x = 3", "#check\ncheck('a.x', x=x)"),
        ("x = 3", "#answer\ndef f():\n    return x"),
        ("def f():\n    return 1", "#answer\ny = f()"),
        ("for x in [1, 2]:\n    print(x)", "#answer\ny = x"),
        ("print(double(data))", "#answer\ny = data"),
        ("shared = data", "#answer\ny = data"),
    ],
)
def test_a_cell_is_not_tagged_if_one_that_is_left_uses_what_it_had(cell, reader):
    assert cell not in tagged(START, "data = [1, 2]", ANSWER, cell, reader)
    assert cell in tagged(START, "data = [1, 2]", ANSWER, cell, "#answer\nz = 1")


def test_what_a_figure_draws_a_part_of_stays_as_it_is():
    figure = 'plots.loss_curve([data["a"], data["b"]])'
    assert figure in tagged(START, "data = {}", ANSWER, figure, "#answer\ny = data")
    handed_on = 'print(double(data["a"]))'
    assert handed_on not in tagged(START, "data = {}", ANSWER, handed_on, "#answer\ny = data")


def test_what_a_function_above_looks_up_when_it_is_called_counts():
    late = "#answer\ndef f():\n    return scale"
    assert tagged(START, late, "scale = 2\nprint(scale)", CHECK) == []
    assert tagged(START, "#answer\nscale = 1\nprint(scale)", "scale = 2\nprint(scale)", CHECK) == [
        "scale = 2\nprint(scale)"
    ]


def test_cells_with_one_text_are_tagged_together_or_not_at_all():
    assert tagged(START, "k = 1", "#answer\nm = k", "k = 1") == []
    assert tagged(START, "#answer\nm = 0", "k = 1", "k = 1") == ["k = 1", "k = 1"]


def test_what_only_tagged_cells_read_counts_as_shown():
    cells = ["x = [1, 2]", "y = [each for each in x]", "print(y)"]
    assert tagged(START, ANSWER, *cells, CHECK) == cells
    assert tagged(START, ANSWER, *cells, "#answer\nz = y") == []


@pytest.mark.parametrize("odd", ["#answer\n%time 1", "globals()['x'] = 1", "exec('x = 1')"])
def test_nothing_is_tagged_where_the_text_does_not_tell(odd):
    assert tagged(START, ANSWER, "print(1)", odd, CHECK) == []


def test_answers_and_checks_are_never_tagged():
    assert tagged("#answer\nprint(1)", "#check\nprint(1)") == []


def test_an_authors_own_tag_is_decided_anew_and_others_stay():
    cell = nbformat.v4.new_code_cell("import os", metadata={"tags": [SHOWS, "hide-input"]})
    tag_showing(nbformat.v4.new_notebook(cells=[cell]))
    assert cell.metadata.tags == ["hide-input"]


# --- the course's own lessons --------------------------------------------------------------------


def code_cells(path):
    return [c for c in nbformat.read(path, as_version=4).cells if c.cell_type == "code"]


def is_tagged(cell):
    return SHOWS in cell.metadata.get("tags", [])


def is_check(cell):
    return cell.metadata.get("nbgrader", {}).get("grade", False)


def test_most_of_what_is_not_nbgraders_is_left_out_in_the_course():
    counts = [sum(map(is_tagged, code_cells(path))) for path in LESSONS]
    assert min(counts) >= 2
    assert sum(counts) >= 120


def test_no_learner_gets_the_tag():
    for path in ROOT.glob("course/*/*.ipynb"):
        assert f'"{SHOWS}"' not in path.read_text()


def names_after(cells):
    """Run cells, checks too, and return what their names stand for."""
    names = {"__name__": "__main__", "display": lambda *_: None}
    with contextlib.redirect_stdout(io.StringIO()):
        for cell in cells:
            try:
                exec(compile(cell.source, cell.id, "exec"), names)
            except Exception:
                if "raises-exception" not in cell.metadata.get("tags", []):
                    raise
    return names


def plain(value, depth=4):
    """Return what can be compared of a value; the type's name of what cannot."""
    if isinstance(value, Picture | Stepper):
        return repr(value)
    if isinstance(value, np.random.Generator):
        return plain(value.bit_generator.state)
    if isinstance(value, dict):
        return {str(key): plain(each, depth) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each, depth) for each in value]
    if isinstance(value, np.ndarray | np.generic | int | float | complex | str | bytes | None):
        return value
    if hasattr(value, "__dict__") and not callable(value) and not ismodule(value) and depth:
        return plain(vars(value), depth - 1)
    return type(value).__name__


@pytest.mark.slow
@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_without_the_tagged_cells_every_check_passes_and_all_names_are_the_same(path, monkeypatch):
    monkeypatch.setenv("MPLBACKEND", "agg")
    # Where a figure's parts stand is no name's value, and takes a third of the time.
    monkeypatch.setattr(ConstrainedLayoutEngine, "execute", lambda engine, figure: None)
    monkeypatch.chdir(path.parent)
    cells = code_cells(path)
    left = [cell for cell in cells if not is_tagged(cell)]
    # A check changes nothing, so it need not be asked twice.
    with_all = names_after([cell for cell in cells if not is_check(cell)])
    without = names_after(left)
    shown = set().union(*(symbols_in(c.source).binds for c in cells if is_tagged(c)))
    for name in without.keys() - shown - {"__builtins__"}:
        np.testing.assert_equal(plain(without[name]), plain(with_all[name]), name)

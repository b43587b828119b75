"""Slips: each form of a line, and each way in which one does not fit."""

import numpy as np
import pytest

from lessonlib.errors import UserError
from lessonlib.exercises.reference import Reference
from lessonlib.exercises.slips import Line, Slip

FACTOR = 10


def helper(x):
    return FACTOR * x


def steps(x, n):
    a = x + 1
    b = a * 2
    total = 0
    for k in range(n):
        total += b + 0 * k
    if total > 100:
        total = 100
    return a, total


def twice(p, x):
    p = dict(p)
    p["W"] = x
    p["W"] = p["W"] + 1
    x, y = x + 1, x
    return p, x, y


def lists(items):
    order = []

    def visit(item):
        order.append(item)
        size = len(order)
        return size

    for item in items:
        visit(item)
    return order


class Number:
    """A number that adds and multiplies."""

    def __init__(self, data):
        self.data = data

    def __add__(self, other):
        data = self.data + other.data
        return Number(data)

    def __mul__(self, other):
        data = self.data * other.data
        return Number(data)


def slip(*codes):
    lines = tuple(Line(10 + number, code) for number, code in enumerate(codes))
    return Slip("the name", "why", lines, "slips.txt")


def with_slip(reference, *codes):
    return slip(*codes).applied(Reference(reference))


@pytest.mark.parametrize(
    ("codes", "result"),
    [
        (["a = x"], (1, 4)),
        (["b = a"], (2, 4)),
        (["b = helper(a)"], (2, 40)),
        (["a = x; b = 5"], (1, 10)),
        (["a = x", "b = 5"], (1, 10)),
        (["c = x + 2; b = c"], (2, 6)),
        (["b = a; b *= 5"], (2, 20)),
        (["return total, a"], (8, 2)),
        (["for k in range(n - 1): ..."], (2, 4)),
        (["for k in range(n):\n    total = b"], (2, 4)),
        (["if total > 3: ..."], (2, 100)),
        (["1st total = 1"], (2, 9)),
        (["2nd total = 5"], (2, 5)),
        (["3rd total = 0", "if total > 3: ..."], (2, 0)),
        (["after a: a = 0"], (0, 0)),
        (["before return: a = total"], (8, 8)),
        (["after for k: total += 1"], (2, 9)),
        (["before if: total = 1000"], (2, 100)),
        (["without for k"], (2, 0)),
        (["without if", "b = 100"], (2, 200)),
        (["after b: a = 7", "a = x"], (7, 4)),
        (["move b before return", "before a: b = 3"], (2, 6)),
    ],
)
def test_a_line_goes_where_it_belongs(codes, result):
    assert with_slip(steps, *codes)(1, 2) == result
    assert steps(1, 2) == (2, 8), "the reference itself stays as it is"


@pytest.mark.parametrize(
    ("codes", "result"),
    [
        (["1st p['W'] = 0"], ({"W": 1}, 6, 5)),
        (['2nd p["W"] = p["W"] * 2'], ({"W": 10}, 6, 5)),
        (["x, y = x, x"], ({"W": 6}, 5, 5)),
        (["without p"], ({"W": 6}, 6, 5)),
    ],
)
def test_items_and_pairs_are_targets_too(codes, result):
    assert with_slip(twice, *codes)({}, 5) == result


@pytest.mark.parametrize(
    ("codes", "result"),
    [
        (["order.append(0)"], [0, 0]),
        (["visit: before size: order.append(9)"], [1, 9, 2, 9]),
        (["visit: return 0", "order = [7]"], [7, 1, 2]),
        (["def visit(item): ..."], [1, 2]),
        (["for item in items[:1]: ..."], [1]),
    ],
)
def test_functions_inside_have_an_address(codes, result):
    if codes == ["def visit(item): ..."]:
        with pytest.raises(UserError, match="leaves lists as it is"):
            with_slip(lists, *codes)
    else:
        assert with_slip(lists, *codes)([1, 2]) == result


@pytest.mark.parametrize(
    "codes",
    [
        ["__add__: data = self.data * other.data"],
        ["Number.__add__: data = self.data * other.data"],
        ["1st data = self.data * other.data"],
        ["def __add__(self, other): return self * other"],
        ["__add__: return self * other"],
    ],
)
def test_methods_have_an_address(codes):
    spoilt = with_slip(Number, *codes)
    assert (spoilt(3) + spoilt(4)).data == 12
    assert spoilt.__name__ == "Number"
    assert (Number(3) + Number(4)).data == 7


def test_lines_of_two_methods_with_one_target_go_to_their_own_methods():
    made = with_slip(Number, "__add__: return self", "__mul__: return other")
    assert (made(2) + Number(3)).data == 2
    assert (made(2) * Number(3)).data == 3


def test_attributes_are_targets_too():
    assert with_slip(Number, "self.data = 0")(3).data == 0


def test_a_method_can_be_left_out():
    assert not hasattr(with_slip(Number, "without __mul__"), "__mul__")


def test_a_whole_answer_is_a_return():
    assert with_slip(helper, "return np.abs(x)".replace("np.", ""))(-3) == 3


@pytest.mark.parametrize(
    ("reference", "codes", "message"),
    [
        (
            steps,
            ["A = x"],
            r"slips.txt, line 10, the slip 'the name': steps .* has no `A`: it has a",
        ),
        (steps, ["a = x", "b = "], "line 11.* is not Python"),
        (steps, ["total = 3"], "line 10.*`total` stands in lines .*: say which"),
        (steps, ["4th total = 3"], "has no `total` a 4. time"),
        (steps, ["a = x + 1"], "leaves steps as it is"),
        (steps, ["without c"], "has no `c`"),
        (steps, ["move a before c"], "has no `c`"),
        (steps, ["after c: a = 1"], "has no `c`"),
        (steps, ["visit: a = 1"], "steps has no function visit"),
        (Number, ["data = 0"], "as in `__add__: data`"),
        (Number, ["__sub__: return 0"], "Number has no function __sub__"),
        (twice, ["y = 1"], "has no `y`"),
    ],
)
def test_what_does_not_fit_is_told_with_its_line(reference, codes, message):
    with pytest.raises(UserError, match=message):
        with_slip(reference, *codes)


def test_a_reference_of_arrays_keeps_its_arguments():
    def inner(z):
        return np.maximum(0, z)

    with pytest.raises(UserError):
        with_slip(inner, "y = 1")

"""Lesson 17: its exercises, engines of every make, and gradients against other ways to get them."""

import math

import mutants
import numpy as np
import pytest
from contract import LessonContract, verdict_on
from notebook_cells import namespace

from lessonlib import judge
from lessonlib.data import seed_001
from lessonlib.lessons import find, three_layers
from lessonlib.lessons.autodiff import FUNCTIONS, Value, agrees, topological_order
from lessonlib.nn import numeric_gradient

# --- engines that are made in another way -------------------------------------------------------

CLOSURES = '''
class Value:
    """As in micrograd: each node keeps a function that sends its messages."""

    def __init__(self, number, came_from=()):
        self.data, self.grad = number, 0
        self._push, self._prev = (lambda: None), set(came_from)

    @staticmethod
    def of(x):
        return x if isinstance(x, Value) else Value(x)

    def __add__(self, other):
        other = Value.of(other)
        out = Value(self.data + other.data, (self, other))

        def push():
            self.grad += out.grad
            other.grad += out.grad

        out._push = push
        return out

    def __mul__(self, other):
        other = Value.of(other)
        out = Value(self.data * other.data, (self, other))

        def push():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out._push = push
        return out

    def _unary(self, data, slope):
        out = Value(data, (self,))

        def push():
            self.grad += slope * out.grad

        out._push = push
        return out

    def __pow__(self, n):
        return self._unary(self.data**n, n * self.data ** (n - 1))

    def relu(self):
        return self._unary(self.data if self.data > 0 else 0, self.data > 0)

    def tanh(self):
        e = math.exp(2 * self.data)
        t = (e - 1) / (e + 1)
        return self._unary(t, 1 - t * t)

    def exp(self):
        return self._unary(math.exp(self.data), math.exp(self.data))

    def log(self):
        return self._unary(math.log(self.data), self.data**-1)

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + (-Value.of(other))

    def __rsub__(self, other):
        return (-self) + other

    def __truediv__(self, other):
        return self * Value.of(other) ** -1

    def __rtruediv__(self, other):
        return other * self**-1

    __radd__, __rmul__ = __add__, __mul__

    def backward(self):
        order = topological_order(self)
        for node in order:
            node.grad = 0
        self.grad = 1
        for node in order[::-1]:
            node._push()


def topological_order(value):
    if not value._prev:
        return [value]
    order = []
    for parent in value._prev:
        order += [node for node in topological_order(parent) if node not in order]
    return order + [value]
'''

PATHS = """
class Value:
    # No order at all: each way from the end to a node brings its own share.
    def __init__(self, data):
        self.data, self.grad, self.steps = np.float64(data), np.float64(0), []

    def make(self, data, *steps):
        node = Value(data)
        node.steps = list(steps)
        return node

    def __add__(self, other):
        if not isinstance(other, Value):
            return self.make(self.data + other, (1, self))
        return self.make(self.data + other.data, (1, self), (1, other))

    def __mul__(self, other):
        if not isinstance(other, Value):
            return self.make(self.data * other, (other, self))
        return self.make(self.data * other.data, (other.data, self), (self.data, other))

    def __radd__(self, other):
        return self + other

    def __rmul__(self, other):
        return self * other

    def __neg__(self):
        return -1 * self

    def __sub__(self, other):
        return self + -1 * other

    def __rsub__(self, other):
        return other + -1 * self

    def __pow__(self, n):
        return self.make(self.data ** float(n), (n * self.data ** float(n - 1), self))

    def __truediv__(self, other):
        return self * (other**-1 if isinstance(other, Value) else 1 / other)

    def __rtruediv__(self, other):
        return other * self**-1

    def relu(self):
        return self * float(self.data > 0)

    def exp(self):
        return self.make(np.exp(self.data), (np.exp(self.data), self))

    def tanh(self):
        return 1 - 2 / ((2 * self).exp() + 1)

    def log(self):
        return self.make(np.log(self.data), (1 / self.data, self))

    def backward(self):
        for node in topological_order(self):
            node.grad = 0.0
        self.send(1.0)

    def send(self, share):
        self.grad += share
        for slope, parent in self.steps:
            parent.send(slope * share)


def topological_order(value):
    found = []
    stack = [value]
    while stack:
        node = stack.pop()
        found = [other for other in found if other is not node] + [node]
        stack += [parent for _, parent in node.steps]
    return tuple(found[::-1])
"""


def engine(source):
    """Return what a learner's cells define; the functions find their own Value beside them."""
    names = {"np": np, "math": math, "__name__": "__main__"}
    exec(source, names)
    return names


ENGINES = [engine(CLOSURES), engine(PATHS)]

AGREES = """
def agrees(x, y, parameters):
    nodes = {k: np.vectorize(Value, otypes=[object])(array) for k, array in parameters.items()}
    a = [Value(float(number)) for number in np.ravel(x)]
    for k in (1, 2, 3):
        W, b = nodes[f"W{k}"], nodes[f"b{k}"][:, 0]
        z = []
        for i in range(len(b)):
            total = b[i]
            for j in range(len(a)):
                total = total + W[i, j] * a[j]
            z.append(total)
        a = [each.relu() for each in z] if k < 3 else z
    top = max(each.data for each in a)
    total = Value(0.0)
    for each in a:
        total = total + (each - top).exp()
    loss = total.log() + top - a[int(np.argmax(y))]
    loss.backward()
    grads = {}
    for name, array in nodes.items():
        grads["d" + name] = [[float(node.grad) for node in row] for row in array]
    return [np.float64(loss.data), grads]
"""


def by_arrays(x, y, parameters):
    """No Value at all: whoever has the right numbers has them."""
    cache = three_layers.forward(x, parameters)
    loss = three_layers.cross_entropy(cache["p"], y)
    return loss, {**three_layers.backward(x, y, parameters, cache), "extra": None}


class TestAutodiff(LessonContract):
    lesson_name = "autodiff"
    variants = {
        "autodiff.recall_1": [
            {"bias_gradient": np.float64(1.5)},
            {"bias_gradient": np.array([[1.5]])},
        ],
        "autodiff.recall_2": [{"tanh_slope": 1 - 0.6**2}, {"tanh_slope": [0.64]}],
        "autodiff.by_hand": [
            {"dv": 3.0, "du": 3.0, "da": 9.0, "db": 11.0, "dc": 3.0},
            {"dv": [3], "du": np.int64(3), "da": np.array(9), "db": 11, "dc": 3.0},
        ],
        "autodiff.value": [names["Value"] for names in ENGINES],
        "autodiff.topological_order": [
            *(names["topological_order"] for names in ENGINES),
            lambda value: iter(topological_order(value)),
        ],
        "autodiff.backward": [names["Value"] for names in ENGINES],
        "autodiff.suspects": [{"suspects": ["e", "c"]}, {"suspects": ("C", "E")}],
        "autodiff.agrees": [
            *(engine(source + AGREES)["agrees"] for source in (CLOSURES, PATHS)),
            by_arrays,
        ],
    }


# --- gradients against other ways to get them ---------------------------------------------------

FORMULAS = {
    "sums and products": lambda a, b: (a + b) * (a - b) * 3 - 2 / b + (1 - a) / (b + 8),
    "powers": lambda a, b: a**3 * b**-2 + (a * a + 1) ** 0.5,
    "functions": lambda a, b: (a * b).tanh() * (a - b).exp() + (a * a + b * b).log(),
    "a ReLU": lambda a, b: (a * 2 + b).relu() * b + (-a - 9).relu(),
    "shared": lambda a, b: _shared(a, b),
}


def _shared(a, b):
    u = a * b
    v = u.tanh() + u
    return v * u + v / (u * u + 1)


@pytest.mark.parametrize("name", FORMULAS)
def test_the_references_gradients_are_those_that_are_measured(name):
    formula, point = FORMULAS[name], np.array([0.75, -1.25])
    a, b = (Value(number) for number in point)
    formula(a, b).backward()
    measured = numeric_gradient(lambda t: formula(Value(t[0]), Value(t[1])).data, point)
    np.testing.assert_allclose([a.grad, b.grad], measured, rtol=1e-7)


def test_the_references_gradients_are_those_of_hips_autograd():
    anp = pytest.importorskip("autograd.numpy")
    grad = pytest.importorskip("autograd").grad

    def formula(t):
        u = anp.tanh(t[0] * t[1]) ** 3
        return anp.log(u * u + anp.exp(t[0])) / t[1]

    point = np.array([0.75, -1.25])
    a, b = (Value(number) for number in point)
    u = (a * b).tanh() ** 3
    ((u * u + a.exp()).log() / b).backward()
    np.testing.assert_allclose([a.grad, b.grad], grad(formula)(point), rtol=1e-12)


def test_lesson_02s_facts_come_out():
    net = seed_001()
    parameters = {name: net[name] for name in ("W1", "b1", "W2", "b2", "W3", "b3")}
    loss, grads = agrees(net["x"], net["y"], parameters)
    assert f"{loss:.6f}" == "0.702263"
    assert grads["db3"].ravel().round(6).tolist() == [0.495463, -0.504537, 0.009075]
    np.testing.assert_allclose(grads["dW2"], [[0, 3, 5, 3], [0, -3, -5, -3]], atol=1e-12)
    expected = [[0, 0, 0], [-4, -2, -6], [4, 2, 6], [-2, -1, -3]]
    np.testing.assert_allclose(grads["dW1"], expected, atol=1e-12)
    assert grads["db1"].shape == (4, 1)


def test_the_graph_on_paper_is_what_the_engine_says():
    a, b, c = Value(2.0), Value(3.0), Value(-1.0)
    u = a * b
    v = u + c
    (v * b).backward()
    right = find("autodiff.by_hand").reference()
    assert [node.grad for node in (v, u, a, b, c)] == [right[f"d{n}"] for n in "vuabc"]


def test_a_chain_of_5000_nodes_is_no_trouble_for_the_reference():
    start = Value(1.0)
    node = start
    for _ in range(5_000):
        node = node + 1
    node.backward()
    assert start.grad == 1.0


# --- the planted engine -------------------------------------------------------------------------


def planted_promise(formula):
    Planted = namespace("solutions", "autodiff")["Planted"]
    a, b = Planted(0.5), Planted(3.0)
    formula(a, b).backward()
    honest = Value(0.5), Value(3.0)
    formula(*honest).backward()
    return abs(a.grad - honest[0].grad) + abs(b.grad - honest[1].grad) < 1e-12


def test_the_planted_engine_is_wrong_where_the_lesson_says_so():
    assert planted_promise(lambda a, b: a * b)
    assert planted_promise(lambda a, b: a + a)
    assert planted_promise(lambda a, b: a * a)
    assert planted_promise(lambda a, b: b * a + a)
    assert planted_promise(lambda a, b: a.tanh() + b)
    assert not planted_promise(lambda a, b: a * b + a)
    assert not planted_promise(lambda a, b: a.tanh() + a)


# --- particular answers -------------------------------------------------------------------------


def test_a_method_that_is_not_written_costs_its_own_share_only():
    def not_yet(self):
        raise NotImplementedError

    Started = type("Value", (Value,), {"tanh": not_yet})
    verdict = judge("autodiff.value", Started)
    assert (verdict.points, verdict.mistake) == (5.5, "not written yet")


def test_a_value_without_backward_is_told_which_cells_to_run():
    source = CLOSURES.replace("def backward", "def forward")
    verdict = judge("autodiff.backward", engine(source)["Value"])
    assert not verdict.passed
    assert "no method backward" in verdict.message


def test_topological_order_without_a_class_beside_it():
    names = engine(CLOSURES)
    del names["Value"]
    verdict = judge("autodiff.topological_order", names["topological_order"])
    assert not verdict.passed
    assert "there is none beside" in " ".join(verdict.message.split())


def test_a_set_has_no_order():
    verdict = judge("autodiff.topological_order", lambda value: value)
    assert not verdict.passed


@pytest.mark.parametrize("ending", ["return set(found)", "return value", "pass"])
def test_what_has_no_order_is_told_so(ending):
    names = engine(PATHS.replace("return tuple(found[::-1])", ending))
    verdict = judge("autodiff.topological_order", names["topological_order"])
    assert not verdict.passed
    assert "should return a list of nodes" in " ".join(verdict.message.split())


def test_an_engine_that_only_ever_adds_doubles_at_the_second_call():
    source = CLOSURES.replace("            node.grad = 0\n", "            pass\n")
    verdict = judge("autodiff.backward", engine(source)["Value"])
    assert not verdict.passed
    assert "A second call is wrong" in verdict.message


@pytest.mark.parametrize(
    ("right", "wrong", "mistake"),
    [
        ("self.grad += out.grad", "self.grad = out.grad", None),
        ("1 - t * t", "1 - t", "1 - tanh"),
        ("self.data > 0)", "self.data >= 0)", "1 at the corner of the ReLU"),
        ("order[::-1]", "order", "from the inputs to the end"),
        ("self.grad = 1\n", "pass\n", "no seed"),
        ("n * self.data ** (n - 1)", "self.data ** (n - 1)", "exponent missing"),
        ("self.data**-1)", "self.data)", "x for 1 / x"),
    ],
)
def test_a_bug_in_an_engine_of_another_make_is_named(right, wrong, mistake):
    assert right in CLOSURES
    verdict = judge("autodiff.backward", engine(CLOSURES.replace(right, wrong))["Value"])
    assert not verdict.passed
    if mistake:
        assert verdict.mistake == mistake, verdict.message


ALONE = """
    def _alone(self, data, slope):
        out = Value(data, (self,))

        def push():
            self.grad += slope

        out._push = push
        return out

    def __pow__"""


@pytest.mark.parametrize(
    ("method", "output"),
    [("__pow__(self, n)", "power"), *((f"{name}(self)", name) for name in FUNCTIONS)],
)
def test_an_operation_that_leaves_out_the_upstream_gradient_is_rejected(method, output):
    """Nothing shows where nothing but the end, with its gradient of 1, stands behind it."""
    before, head, after = CLOSURES.partition(f"    def {method}:")
    after = after.replace("self._unary(", "self._alone(", 1)
    source = (before + head + after).replace("\n    def __pow__", ALONE, 1)
    verdict = judge("autodiff.backward", engine(source)["Value"])
    wrong = {result.name: result.mistake for result in verdict.outputs if not result.right}
    assert wrong[output] == "the slope alone"


@pytest.mark.parametrize(
    ("right", "wrong", "output"),
    [
        ("self.grad += out.grad", "self.grad += 1", "addition"),
        ("self.grad += other.data * out.grad", "self.grad += other.data", "multiplication"),
    ],
)
def test_a_sum_or_product_that_leaves_out_the_upstream_gradient_is_rejected(right, wrong, output):
    assert right in CLOSURES
    verdict = judge("autodiff.backward", engine(CLOSURES.replace(right, wrong))["Value"])
    assert output in {result.name for result in verdict.outputs if not result.right}


def test_a_loss_that_is_still_a_value_is_told_so():
    def loss_as_node(x, y, parameters):
        loss, grads = agrees(x, y, parameters)
        return Value(loss), grads

    verdict = verdict_on(find("autodiff.agrees"), loss_as_node)
    assert not verdict.passed
    assert ".data" in verdict.message


def test_keys_without_a_d_are_told_so():
    def keys_of_the_parameters(x, y, parameters):
        loss, grads = agrees(x, y, parameters)
        return loss, {name[1:]: grad for name, grad in grads.items()}

    verdict = verdict_on(find("autodiff.agrees"), keys_of_the_parameters)
    assert not verdict.passed
    assert "lacks 'dW1'" in verdict.message


def test_a_gradient_that_is_off_by_a_thousandth_is_rejected():
    Spoilt = type(
        "Value",
        (Value,),
        {"exp": lambda self: self._made(np.exp(self.data), (self, 1.001 * np.exp(self.data)))},
    )
    verdict = judge("autodiff.backward", Spoilt)
    assert not verdict.passed
    assert "exp" in verdict.message


def test_no_mutant_of_the_class_survives():
    """What test_mutants.py does for functions, for both checks of the class together."""
    ids = ("autodiff.value", "autodiff.backward")
    survivors = [
        code
        for code, mutant in mutants.mutants(Value)
        if all(judge(each, mutant).passed for each in ids)
    ]
    assert survivors == []

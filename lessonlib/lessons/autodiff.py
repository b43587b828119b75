"""Lesson 10: automatic differentiation in reverse mode, one number at a time."""

import operator
from collections.abc import Callable

import numpy as np

from lessonlib.checks import Case, Exercise, Malformed, Mistake
from lessonlib.checks.comparing import as_numbers
from lessonlib.checks.plain import Opaque
from lessonlib.lessons import three_layers
from lessonlib.lessons.questions import names_out_of, set_to
from lessonlib.nn import relu, relu_derivative


class Value:
    """A number that remembers how it was made.

    data: the number. grad: dL/d(this), set by `L.backward()`.
    parents: (node, slope) for each node that it was made from; slope = d(this)/d(node).
    """

    def __init__(self, data, parents=()):
        self.data = data
        self.grad = 0.0
        self.parents = parents

    def _made(self, data, *parents):
        return type(self)(data, parents)

    def _lifted(self, other):
        return other if isinstance(other, Value) else type(self)(other)

    def __add__(self, other):
        other = self._lifted(other)
        return self._made(self.data + other.data, (self, 1.0), (other, 1.0))

    def __radd__(self, other):
        return self._lifted(other) + self

    def __neg__(self):
        return self._made(-self.data, (self, -1.0))

    def __sub__(self, other):
        other = self._lifted(other)
        return self._made(self.data - other.data, (self, 1.0), (other, -1.0))

    def __rsub__(self, other):
        return self._lifted(other) - self

    def __mul__(self, other):
        other = self._lifted(other)
        return self._made(self.data * other.data, (self, other.data), (other, self.data))

    def __rmul__(self, other):
        return self._lifted(other) * self

    def __truediv__(self, other):
        other = self._lifted(other)
        data = self.data / other.data
        return self._made(data, (self, 1 / other.data), (other, -data / other.data))

    def __rtruediv__(self, other):
        return self._lifted(other) / self

    def __pow__(self, n):
        return self._made(self.data**n, (self, n * self.data ** (n - 1)))

    def relu(self):
        """max(0, x); its slope is 1 above 0, else 0."""
        return self._made(max(0.0, self.data), (self, 1.0 if self.data > 0 else 0.0))

    def tanh(self):
        """tanh x; its slope is 1 - tanh(x)^2."""
        t = np.tanh(self.data)
        return self._made(t, (self, 1 - t**2))

    def exp(self):
        """e^x; its slope is e^x."""
        e = np.exp(self.data)
        return self._made(e, (self, e))

    def log(self):
        """The natural logarithm; its slope is 1/x."""
        return self._made(np.log(self.data), (self, 1 / self.data))

    def backward(self):
        """Set .grad of this node to 1 and of each that it depends on to d(this)/d(node)."""
        order = topological_order(self)
        for node in order:
            node.grad = 0.0
        self.grad = 1.0
        for node in reversed(order):
            for parent, slope in node.parents:
                parent.grad += slope * node.grad


def topological_order(value):
    """The nodes that `value` depends on, itself the last, each after what it depends on."""
    order, seen, stack = [], set(), [(value, False)]
    while stack:
        node, parents_are_in = stack.pop()
        if parents_are_in:
            order.append(node)
        elif node not in seen:
            seen.add(node)
            stack.append((node, True))
            stack.extend((parent, False) for parent, _ in node.parents)
    return order


# --- autodiff.recall_1 and autodiff.recall_2 ---------------------------------------------------


def _one_number(name: str) -> Callable:
    """Return an `unpack` that takes one number, also as an array or a list of one."""

    def unpack(raw: dict, case: Case) -> dict:
        numbers = as_numbers(raw[name])
        if numbers is None or numbers.size != 1:
            raise Malformed(f"{name} should be one number, such as 0.25.")
        return {name: numbers.ravel()[0].item()}

    return unpack


RECALL_1 = Exercise(
    id="autodiff.recall_1",
    points=1,
    signature="bias_gradient = …",
    outputs=("bias_gradient",),
    returns="named",
    reference=set_to(bias_gradient=1.5),
    unpack=_one_number("bias_gradient"),
    reveal=False,
    mistakes=(
        Mistake(
            "only the last message kept",
            "That is the message of the last sample. The first two change the loss through the "
            "same bias as well. What becomes of several messages to one and the same thing?",
            wrong=set_to(bias_gradient=2.0),
        ),
        Mistake(
            "only the first message kept",
            "That is the message of the first sample. The other two change the loss through the "
            "same bias as well. What becomes of several messages to one and the same thing?",
            wrong=set_to(bias_gradient=0.5),
        ),
        Mistake(
            "signs lost",
            "You added the sizes of the messages. One of them is negative: for that sample a "
            "larger bias makes the loss smaller, and that counts against the other two.",
            wrong=set_to(bias_gradient=3.5),
        ),
    ),
    hints=(
        "The bias is one number, and all three samples use it. Imagine that it grows by a tiny "
        "amount: then all three pre-activations grow by that amount, at the same time. So all "
        "three messages are about the same change.",
        "Each message says how many times as much the loss changes along the way through its own "
        "sample. The change of the loss as a whole is what all three ways bring about together. "
        "Lesson 01 has this on its card, in the row of db; the samples are not averaged here.",
    ),
)

RECALL_2 = Exercise(
    id="autodiff.recall_2",
    points=1,
    signature="tanh_slope = …",
    outputs=("tanh_slope",),
    returns="named",
    reference=set_to(tanh_slope=0.64),
    unpack=_one_number("tanh_slope"),
    rtol=1e-6,
    reveal=False,
    mistakes=(
        Mistake(
            "square left out",
            "You took the activation away from 1. In the slope of the tanh the activation is "
            "squared first.",
            wrong=set_to(tanh_slope=0.4),
        ),
        Mistake(
            "the sigmoid's slope",
            "a (1 - a) is the slope of the sigmoid. The tanh has a formula of its own, as the bug "
            "hunt of lesson 05 showed.",
            wrong=set_to(tanh_slope=0.24),
        ),
        Mistake(
            "tanh taken twice",
            "0.6 is the activation already: the tanh has been taken. The slope can be worked out "
            "from it directly, without another tanh.",
            wrong=set_to(tanh_slope=float(1 - np.tanh(0.6) ** 2)),
        ),
        Mistake(
            "a root for a square",
            "0.8 is the root of the slope. Take the square of the activation away from 1, and stop "
            "there.",
            wrong=set_to(tanh_slope=0.8),
        ),
        Mistake(
            "only the square",
            "That is the square of the activation. Where the activation is 0 the curve is at its "
            "steepest, with slope 1; the square has to be taken away from that.",
            wrong=set_to(tanh_slope=0.36),
        ),
    ),
    hints=(
        "Draw the tanh: steepest in the middle, where the activation is 0, with slope 1; nearly "
        "flat far out, where the activation is close to 1 or to -1. So the slope can be told from "
        "the activation, and its sign makes no difference.",
        "A formula with these three properties: it gives 1 for the activation 0, and 0 for the "
        "activations 1 and -1. You used it in lesson 05, written with A1. The square of the "
        "activation is in it. No table of the tanh is needed.",
    ),
)


# --- autodiff.by_hand --------------------------------------------------------------------------


BY_HAND = Exercise(
    id="autodiff.by_hand",
    points=2,
    signature="dv = …, du = …, da = …, db = …, dc = …",
    outputs=("dv", "du", "da", "db", "dc"),
    returns="named",
    reference=set_to(dv=3, du=3, da=9, db=11, dc=3),
    unpack=lambda raw, case: {
        name: _one_number(name)(raw, case)[name] for name in ("dv", "du", "da", "db", "dc")
    },
    reveal=False,
    mistakes=(
        Mistake(
            "only the short way counted",
            "b reaches L in two ways: directly, as a factor of the last product, and through u. "
            "You have counted the direct one. Follow the other arrow that leaves b, and put the "
            "two together.",
            wrong=set_to(dv=3, du=3, da=9, db=5, dc=3),
        ),
        Mistake(
            "only the long way counted",
            "b reaches L in two ways: through u, and directly, as a factor of the last product. "
            "You have counted the way through u. Follow the other arrow that leaves b, and put the "
            "two together.",
            wrong=set_to(dv=3, du=3, da=9, db=6, dc=3),
        ),
        Mistake(
            "the two ways multiplied",
            "Along one way the slopes are multiplied. Two different ways to the same number are "
            "added.",
            wrong=set_to(dv=3, du=3, da=9, db=30, dc=3),
        ),
        Mistake(
            "own number for the other one",
            "In a product each factor's slope is the other factor. If a grows by 1, the product "
            "a · b grows by b. Go through the two products once more.",
            wrong=set_to(dv=5, du=5, da=10, db=18, dc=5),
        ),
        Mistake(
            "only the last step",
            "These are the slopes of single steps. A message has to be multiplied by what arrived "
            "behind the step: for a, that is the message at u.",
            wrong=set_to(dv=3, du=1, da=3, db=7, dc=1),
        ),
        Mistake(
            "the values instead of the messages",
            "These are the numbers of the forward pass. A message says how many times as much L "
            "would grow.",
            wrong=set_to(dv=5, du=6, da=2, db=3, dc=-1),
        ),
    ),
    hints=(
        "Start at the end, where the message is 1, and go against the arrows. L is v times b. If v "
        "grew by 1, by how much would L grow? That number is dv. It is not the value of v.",
        "v is a sum, so its message goes on unchanged to both u and c. Then u is a product: what "
        "comes to a is du times the slope of that step, and that slope is the other factor.",
        "b has two arrows that leave it. Along each of them one share comes back: from the last "
        "product, and from u. Work out both, then think of the bias in the first question of this "
        "lesson: what is done with two messages to the same number?",
    ),
)


# --- putting a class to work: what is shared by value and backward ------------------------------

NOT_WRITTEN = "not written"

_EXPRESSIONS: dict[str, dict[str, Callable]] = {
    "addition": {
        "a + b": lambda a, b, c: a + b,
        "a + 8": lambda a, b, c: a + 8,
        "8 + a": lambda a, b, c: 8 + a,
    },
    "minus sign": {"-a": lambda a, b, c: -a, "-b": lambda a, b, c: -b},
    "subtraction": {
        "a - b": lambda a, b, c: a - b,
        "a - 8": lambda a, b, c: a - 8,
        "8 - a": lambda a, b, c: 8 - a,
    },
    "multiplication": {
        "a * b": lambda a, b, c: a * b,
        "a * 8": lambda a, b, c: a * 8,
        "8 * a": lambda a, b, c: 8 * a,
    },
    "power": {
        "a ** 3": lambda a, b, c: a**3,
        "b ** -1": lambda a, b, c: b**-1,
        "c ** 0.5": lambda a, b, c: c**0.5,
    },
    "division": {
        "a / b": lambda a, b, c: a / b,
        "a / 8": lambda a, b, c: a / 8,
        "8 / a": lambda a, b, c: 8 / a,
    },
}
_FUNCTIONS = {"relu": ("a", "b", "0"), "tanh": ("a", "b"), "exp": ("a", "b"), "log": ("c",)}


def _numbers(rng: np.random.Generator) -> list[Case]:
    """Powers of two: then also quotients come out with few digits."""
    return [_three(rng, [0.5, 2.0, 4.0]), _three(rng, [0.25, 2.0, 4.0]), _whole(rng)]


def _three(rng: np.random.Generator, sizes: list, *tags: str) -> Case:
    a, b = rng.permutation(sizes)[:2] * rng.permutation([1, -1])
    numbers = (a.item(), b.item(), rng.choice([0.25, 4.0, 16.0]).item())
    return _case_of(numbers, *tags)


def _whole(rng: np.random.Generator) -> Case:
    a, b = rng.permutation([2, 4]) * rng.permutation([1, -1])
    return _case_of((int(a), int(b), 4), "whole numbers")


def _case_of(numbers: tuple, *tags: str) -> Case:
    return Case(numbers, "a = {:g}, b = {:g} and c = {:g}".format(*numbers), tags=tags)


def _outcome(compute: Callable):
    """Return what `compute` gives; the name of the error where an operation is missing or odd."""
    try:
        return compute()
    except NotImplementedError:
        return NOT_WRITTEN
    except (TypeError, AttributeError) as error:
        return type(error).__name__


def _complaint(answer, *methods: str) -> str:
    """Return why `answer` cannot be put to work at all; "" if it can."""
    try:
        fresh = answer(0.5)
        fresh.data, fresh.grad  # noqa: B018
    except NotImplementedError:
        raise
    except Exception as error:
        return (
            f"Value(0.5), and then its .data and .grad, stopped with a {type(error).__name__}: "
            f"{error}. It must be possible to make a Value from a number alone, and to ask it for "
            "both."
        )
    missing = [name for name in methods if not callable(getattr(fresh, name, None))]
    if missing:
        return (
            f"Your Value has no method {missing[0]} yet. Run the cell with `class Value`, then the "
            f"cell that gives it {missing[0]}, in this order. Whoever runs the class's cell again "
            "gets a new class, without the method."
        )
    return ""


def _unless_complaint(raw, case: Case) -> dict:
    if raw.get("complaint"):
        raise Malformed(raw["complaint"])
    return {name: value for name, value in raw.items() if name != "complaint"}


def _stop_at_a_stub(outputs: dict) -> dict:
    """Return the outputs. Raises NotImplementedError if not one expression has been written."""
    found = [value for each in outputs.values() for value in each.values()]
    if all(value == NOT_WRITTEN for value in found if isinstance(value, str)) and all(
        isinstance(value, str) for value in found
    ):
        raise NotImplementedError
    return outputs


# --- autodiff.value ----------------------------------------------------------------------------


def _calculate(answer, a, b, c) -> dict:
    """Let a class calculate; return the numbers that come out, by operation and expression."""
    complaint = _complaint(answer)
    if complaint:
        return {"complaint": complaint}
    operations = {
        name: {text: _outcome(lambda f=f: _data(f(*map(answer, (a, b, c))))) for text, f in each}
        for name, each in ((n, e.items()) for n, e in _EXPRESSIONS.items())
    }
    numbers = {"a": a, "b": b, "c": c, "0": 0.0}
    for name, leaves in _FUNCTIONS.items():
        operations[name] = {
            leaf: _outcome(lambda n=name, x=numbers[leaf]: _data(getattr(answer(x), n)()))
            for leaf in leaves
        }
    _stop_at_a_stub(operations)
    fresh, left, right = answer(a), answer(a), answer(b)
    _outcome(lambda: (left + right, left * right, left.relu(), -left))
    return {
        "a new Value": {"data": fresh.data, "grad": fresh.grad},
        **operations,
        "the operands afterwards": {"a": left.data, "b": right.data, "grad of a": left.grad},
    }


def _data(result):
    """Return a result's data, or what it is instead of a Value with a number in it."""
    if result is None:
        return "None"
    if isinstance(result, int | float | np.generic | np.ndarray):
        return "no Value"
    return "Value in Value" if hasattr(result.data, "grad") else result.data


def _value_with(**methods) -> type:
    """Return the class with some methods spoilt. It has the same name, for errors name it."""
    return type("Value", (Value,), methods)


_OPERATORS = (
    "__add__", "__radd__", "__neg__", "__sub__", "__rsub__", "__mul__", "__rmul__",
    "__truediv__", "__rtruediv__", "__pow__", "relu", "tanh", "exp", "log",
)  # fmt: skip
_ON_THE_RIGHT = {"__radd__": "+", "__rsub__": "-", "__rmul__": "*", "__rtruediv__": "/"}
_ARITHMETIC = {
    "__add__": operator.add,
    "__sub__": operator.sub,
    "__mul__": operator.mul,
    "__truediv__": operator.truediv,
}


def _every(spoil: Callable, names=_OPERATORS) -> type:
    """Return a class all of whose operations go wrong in one way: spoil(self, right result)."""

    def method(name):
        def spoilt(self, *others):
            honest = [Value(o.data) if isinstance(o, Value) else o for o in others]
            return spoil(self, getattr(Value, name)(Value(self.data), *honest))

        return spoilt

    return _value_with(**{name: method(name) for name in names})


def _not_written(self, *others):
    raise NotImplementedError


def _into_itself(self, result):
    self.data = result.data
    return self


def _bare(f: Callable) -> Callable:
    """Return an operator that takes for granted that the other one is a Value."""
    return lambda self, other: self._made(f(self.data, other.data))


def _starts_with(grad) -> Callable:
    def init(self, data, parents=()):
        self.data, self.parents, self.grad = data, parents, grad

    return init


def _function(of: Callable) -> Callable:
    """Return a method that applies `of` to the data."""
    return lambda self, *args: self._made(of(self.data, *args))


VALUE = Exercise(
    id="autodiff.value",
    points=6,
    signature="class Value(data)",
    outputs=("a new Value", *_EXPRESSIONS, *_FUNCTIONS, "the operands afterwards"),
    reference=Value,
    script=_calculate,
    unpack=_unless_complaint,
    cases=_numbers,
    mistakes=(
        Mistake(
            "not written yet",
            "This operation still raises NotImplementedError, or uses one that does. The others "
            "are judged already, so you can go on one method at a time.",
            wrong=_value_with(
                **{name: _not_written for name in _OPERATORS if name not in ("__neg__", "__add__")}
            ),
        ),
        Mistake(
            "no number on the left",
            "With a number on the left, as in 8 - a, Python looks for a method of a whose name "
            "begins with r, such as __rsub__. That one is missing, or has a slip in its name.",
            wrong=_value_with(**dict.fromkeys(_ON_THE_RIGHT)),
        ),
        Mistake(
            "numbers not wrapped",
            "A Value on the other side is fine, and a plain number is not: it has no .data. Make a "
            "Value of it first, with as_value, in each method that takes another one.",
            wrong=_value_with(
                **{name: _bare(f) for name, f in _ARITHMETIC.items()},
                **{name: _bare(lambda x, y: x) for name in _ON_THE_RIGHT},
            ),
        ),
        Mistake(
            "a plain number comes out",
            "The number is worked out, and then it is returned as it is. It has forgotten where it "
            "came from, and the next operation cannot know. Return a new Value with that number in "
            "it.",
            wrong=_every(lambda self, result: result.data),
        ),
        Mistake(
            "nothing comes out",
            "The result is None. The method works something out and does not hand it back: look "
            "for a missing return.",
            wrong=_every(lambda self, result: None),
        ),
        Mistake(
            "a Value inside a Value",
            "The .data of the result is not a number but another Value. Somewhere in the method "
            "stands self or other where self.data or other.data is meant.",
            wrong=_every(lambda self, result: self._made(result)),
        ),
        Mistake(
            "an operand overwritten",
            "The result is written into the operand itself. But a node of the graph has to keep "
            "its number: other nodes may be made of it, and the way back needs it. Make a new "
            "Value.",
            wrong=_every(_into_itself),
        ),
        Mistake(
            "grad starts at 1",
            "A new Value has grad 0: nobody has asked yet how much it counts. Only the node at "
            "which backward starts gets a 1.",
            wrong=_value_with(__init__=_starts_with(1.0)),
        ),
        Mistake(
            "grad starts as None",
            "A new Value has grad 0.0, a number, so that shares can be added to it.",
            wrong=_value_with(__init__=_starts_with(None)),
        ),
        Mistake(
            "8 - a the wrong way round",
            "In __rsub__ the names are turned round: in 8 - a, self is a and other is 8. The "
            "result is what stands on the left minus what stands on the right.",
            wrong=_value_with(__rsub__=lambda self, other: self - other),
        ),
        Mistake(
            "8 / a the wrong way round",
            "In __rtruediv__ the names are turned round: in 8 / a, self is a and other is 8. The "
            "result is what stands on the left divided by what stands on the right.",
            wrong=_value_with(__rtruediv__=lambda self, other: self / other),
        ),
        Mistake(
            "a - b the wrong way round",
            "a - b came out with the wrong sign. In a - b, self is a and other is b.",
            wrong=_value_with(
                __sub__=lambda self, other: Value.__sub__(self._lifted(other), self),
                __rsub__=lambda self, other: Value.__sub__(self._lifted(other), self),
            ),
        ),
        Mistake(
            "division without a remainder",
            "Two slashes cut the quotient down to a whole number. Division is one slash.",
            wrong=_value_with(
                __truediv__=lambda self, other: self._made(self.data // self._lifted(other).data),
            ),
        ),
        Mistake(
            "times instead of to the power",
            "The number was multiplied by the exponent. To raise it to a power, Python has two "
            "stars.",
            wrong=_value_with(__pow__=_function(lambda x, n: x * n)),
        ),
        Mistake(
            "power through the logarithm",
            "e to the power n log x is right for positive x only: a negative number has no real "
            "logarithm, and nan comes out. Python's ** can do it directly.",
            wrong=_value_with(__pow__=_function(lambda x, n: np.exp(n * np.log(x)))),
        ),
        Mistake(
            "negative numbers pass the ReLU",
            "A negative number came out of relu as it was. The ReLU puts 0 in its place.",
            wrong=_value_with(relu=_function(lambda x: x)),
        ),
        Mistake(
            "absolute value for the ReLU",
            "A negative number came out of relu positive. The ReLU does not mirror it: it becomes "
            "0.",
            wrong=_value_with(relu=_function(abs)),
        ),
        Mistake(
            "the ReLU's slope for its value",
            "relu gave 1 for a positive number. That is its slope, which belongs to the parents. "
            "The value is the number itself.",
            wrong=_value_with(relu=_function(lambda x: float(x > 0))),
        ),
        Mistake(
            "the tanh's slope for its value",
            "This is 1 - tanh(x) squared, the slope. It belongs to the parents. The data of the "
            "new node is tanh(x).",
            wrong=_value_with(tanh=_function(lambda x: 1 - np.tanh(x) ** 2)),
        ),
        Mistake(
            "sigmoid for the tanh",
            "These numbers lie between 0 and 1, as those of the sigmoid do. The tanh runs from -1 "
            "to 1, and NumPy has it under that name.",
            wrong=_value_with(tanh=_function(lambda x: 1 / (1 + np.exp(-x)))),
        ),
        Mistake(
            "tangent for the tanh",
            "np.tan is the tangent of an angle. The hyperbolic one has an h behind it.",
            wrong=_value_with(tanh=_function(np.tan)),
        ),
        Mistake(
            "e cut to three digits",
            "The first digits are right: 2.718 was typed for e. NumPy's exp has all of its digits.",
            wrong=_value_with(exp=_function(lambda x: 2.718**x)),
        ),
        Mistake(
            "log10 or log2 for the natural logarithm",
            "The logarithm has another base. In this course log is the natural one, np.log.",
            wrong=_value_with(log=_function(np.log10)),
        ),
        Mistake(
            "log2 for the natural logarithm",
            "The logarithm has base 2. In this course log is the natural one, np.log.",
            wrong=_value_with(log=_function(np.log2)),
        ),
    ),
    hints=(
        "Every method makes one new Value and returns it. Its data is the number that comes out. "
        "Its parents are a list of pairs: each node that went in, with the slope of this step for "
        "that node. Number in the worked example has two such methods.",
        "For a product, each factor's slope is the other factor's data. For x ** n it is n times x "
        "to the power n - 1. For a quotient use those two: a / b is a times b ** -1. For exp and "
        "tanh the slope is made from the result itself.",
        "An other may be a plain number: pass it through as_value first. In the methods whose name "
        "begins with r, other stood on the left: put as_value(other) on the left of the operator, "
        "and self on its right.",
    ),
)


# --- autodiff.topological_order ----------------------------------------------------------------

_IN_ORDER = "each after what it depends on"
_NODES, _ORDER = "the collection of nodes", "their order"


def _order_twice(answer, steps: dict) -> dict:
    """Build a graph with the class Value beside the function, and let it put the nodes in order.

    steps: {"a": 2.0, "b": -0.5, "c": "a * b"}; the last name is the node to start from.
    """
    maker = getattr(answer, "__globals__", {}).get("Value")
    if not callable(maker):
        return {
            "complaint": "The check builds a graph with your class Value, and there is none beside "
            "topological_order. Run the cell with `class Value` first; the class must have that "
            "name."
        }
    try:
        nodes = _graph(maker, steps)
    except Exception as error:
        return {
            "complaint": "Building a graph with your class Value, out of sums and products, "
            f"stopped with {type(error).__name__}. Get the check of autodiff.value to pass first."
        }
    calls = [_listed(answer(root)) for root in (_last(nodes), _last(_graph(maker, steps)))]
    calls.append(_listed(answer(_last(nodes))))
    if any(order is None for order in calls):
        return {"complaint": ""}
    later = _later(*calls)
    described = _described(calls[0], nodes, steps)
    return {**described, _NODES: later} if later else described


_NUMBER = int | float | np.generic


def _graph(maker: Callable, steps: dict) -> dict:
    nodes: dict = {}
    for name, step in steps.items():
        if not isinstance(step, str):
            nodes[name] = maker(step)
            continue
        left, sign, right = step.split()
        nodes[name] = (operator.add if sign == "+" else operator.mul)(nodes[left], nodes[right])
    return nodes


def _last(nodes: dict):
    return list(nodes.values())[-1]


def _listed(order) -> list | None:
    """Return a list or another thing with an order as a list, None for what has none."""
    if order is None or isinstance(order, set | frozenset | dict | str):
        return None
    return list(order) if hasattr(order, "__iter__") else None


def _later(first: list, other: list, again: list) -> str:
    """Say what a call for another graph, or one for the same graph again, has that is wrong."""
    if any(node is left_over and hasattr(node, "grad") for node in other for left_over in first):
        return "2nd call: nodes of the first are still there"
    if len(first) == len(again) and all(map(_is_same, first, again)):
        return ""
    return f"same call again: {len(again)} nodes, {len(first)} before"


def _is_same(one, other) -> bool:
    """Return whether two entries are one node; numbers, which are none, only have to be equal."""
    return one is other or (isinstance(one, _NUMBER) and one == other)


def _described(order: list, nodes: dict, steps: dict) -> dict:
    """Say by name which nodes of ours stand in `order`; others, made on the way, are left out."""
    names = [name for item in order for name, node in nodes.items() if item is node]
    found = ", ".join(sorted(names))
    if order and all(isinstance(item, _NUMBER) for item in order):
        found = "numbers"
    elif len(found) > 50:
        found = f"{len(names)} entries, some of them again and again"
    return {_NODES: found or "none of them", _ORDER: _judged(names, steps)}


def _judged(names: list[str], steps: dict) -> str:
    for place, name in enumerate(names):
        step = steps[name].split() if isinstance(steps[name], str) else []
        for other in step[::2]:
            if other in names and other not in names[:place]:
                return f"{' '.join(names[:12])}: {name} before {other}"
    return _IN_ORDER


def _order_outputs(raw, case: Case) -> dict:
    if "complaint" in raw:
        raise Malformed(
            raw["complaint"]
            or "It should return a list of nodes. A set, a dictionary or a single "
            "value does not say which comes first; None comes from a missing return."
        )
    return raw


def _order_case(steps: dict, *tags: str) -> Case:
    return Case(
        (steps,), ", ".join(f"{k} = {v if isinstance(v, str) else f'{v:g}'}" for k, v in
        steps.items()), tags=tags,
    )  # fmt: skip


def _order_cases(rng: np.random.Generator) -> list[Case]:
    a, b, c = (x.item() for x in rng.permutation([-4.0, -0.5, 0.25, 3.0, 2.0])[:3])
    return [
        _order_case({"a": a, "b": b, "c": "a * b", "d": "c + a", "e": "d * c"}),
        _order_case({"a": c, "b": a, "c": "b * a", "d": "c + b", "e": "c * d"}),
        _order_case({"a": b}, "a single node"),
        _order_case({"a": 2.0, "b": 2.0, "c": "a + b", "d": "a * b"}, "numbers that are equal"),
        _order_case(
            {"a": b, "b": c, "c": "a + b", "d": "c * c", "e": "d * c", "f": "e + d", "g": "c * f"}
        ),
        _order_case({"a": 2.0, "b": 2.0, "c": "a * b", "d": "c + b"}, "numbers that are equal"),
    ]


def _parents(node) -> list:
    return [parent for parent, _ in node.parents]


def _visit(order: list, seen: list, node, key=id, before=False) -> list:
    """Depth first, from which most wrong orders can be made: a copy of the usual recursion."""
    if key(node) not in seen:
        seen.append(key(node))
        if before:
            order.append(node)
        for parent in _parents(node):
            _visit(order, seen, parent, key, before)
        if not before:
            order.append(node)
    return order


def _breadth_first(value) -> list:
    order = [value]
    for node in order:
        order += [p for p in _parents(node) if not any(p is other for other in order)]
    return order


def _again_and_again(value) -> list:
    return [node for parent in _parents(value) for node in _again_and_again(parent)] + [value]


def _with_lasting(list_too: bool) -> Callable:
    """Return a function whose set of visited nodes outlives the call, and with it their list."""
    lasting: list = []
    seen: set = set()

    def order(value):
        found = lasting if list_too else []

        def visit(node):
            if node not in seen:
                seen.add(node)
                for parent in _parents(node):
                    visit(parent)
                found.append(node)

        visit(value)
        return list(found)

    return order


TOPOLOGICAL_ORDER = Exercise(
    id="autodiff.topological_order",
    points=2,
    signature="topological_order(value) -> list",
    outputs=(_NODES, _ORDER),
    reference=topological_order,
    script=_order_twice,
    unpack=_order_outputs,
    cases=_order_cases,
    mistakes=(
        Mistake(
            "the node before its parents",
            "Each node was put into the list before its parents. Then the one at which you start "
            "is the first; it should be the last. In the function that visits a node, look at what "
            "comes first: the visits to the parents, or the append.",
            wrong=lambda value: _visit([], [], value, before=True),
        ),
        Mistake(
            "the list turned round",
            "Every node stands before what it depends on: the list is upside down. backward will "
            "go through it from the end. The contract wants the inputs first and the value itself "
            "last.",
            wrong=lambda value: _visit([], [], value)[::-1],
        ),
        Mistake(
            "sorted by distance",
            "The nodes were gathered level by level, by their distance from the end. But a node "
            "can be near the end along one way and far from it along another. It has to wait for "
            "the longest way: go down to all the parents first.",
            wrong=lambda value: _breadth_first(value)[::-1],
        ),
        Mistake(
            "level by level from the end",
            "The nodes were gathered level by level, the value itself first. It should be the "
            "last. And turning the list round does not help: a node can be near the end along one "
            "way and far from it along another.",
            wrong=_breadth_first,
        ),
        Mistake(
            "the node first, then turned round",
            "Each node was put into the list before its parents, and then the list was turned "
            "round. That is right for a tree. Where a node is used twice it can come too early. "
            "Visit the parents first, then append the node.",
            wrong=lambda value: _visit([], [], value, before=True)[::-1],
        ),
        Mistake(
            "a node more than once",
            "A node that is used twice stands in the list twice, with all that is behind it. "
            "backward would send its message on twice. Keep note of the nodes that were visited, "
            "and return at once when you come to one again.",
            wrong=_again_and_again,
        ),
        Mistake(
            "only the parents",
            "The list has the node's own parents and ends there. The parents have parents too: "
            "what you do for this node has to be done for each of them.",
            wrong=lambda value: [*dict.fromkeys(_parents(value)), value],
        ),
        Mistake(
            "only the inputs",
            "The nodes in between are missing: only those without parents are in the list. Append "
            "every node, once its parents are in.",
            wrong=lambda value: [n for n in _visit([], [], value) if not n.parents],
        ),
        Mistake(
            "the value itself missing",
            "The node that you start from is missing. It belongs in the list, at the very end.",
            wrong=lambda value: _visit([], [], value)[:-1],
        ),
        Mistake(
            "numbers instead of nodes",
            "The list holds the .data of the nodes. backward needs the nodes themselves, to put a "
            "gradient on each.",
            wrong=lambda value: [node.data for node in _visit([], [], value)],
        ),
        Mistake(
            "compared by their numbers",
            "Two different nodes with the same number were taken for one. What tells nodes apart "
            "is which object they are. Keep the nodes themselves among the visited ones, not their "
            ".data.",
            wrong=lambda value: _visit([], [], value, key=lambda node: node.data),
        ),
        Mistake(
            "the visited nodes live on",
            "The first call is right, and a second one with the same node gives an empty list. The "
            "set of visited nodes outlives the call: it is made outside the function, or as a "
            "default argument. Make it anew at the start.",
            wrong=_with_lasting(list_too=False),
        ),
        Mistake(
            "the list lives on",
            "The first call is right, and the next one still has the nodes of the first. The list "
            "outlives the call: it is made outside the function, or as a default argument. Make it "
            "anew at the start.",
            wrong=_with_lasting(list_too=True),
        ),
    ),
    hints=(
        "Think of one node. It may only go into the list when all its parents are in, and for each "
        "parent the same holds. So the job for a node is: do the job for its parents, then append "
        "the node.",
        "That is a function that calls itself. Write it inside topological_order, call it visit, "
        "and let it use the list and a set of nodes that were visited already. A node that is in "
        "the set needs nothing more.",
        "visit(node) has three parts: stop if the node is in the set, else put it there; loop over "
        "node.parents, which holds pairs, and visit the first of each pair; append the node. "
        "Outside: an empty list, an empty set, one call of visit, and the return.",
    ),
)


# --- autodiff.backward -------------------------------------------------------------------------


def _differentiate(answer, a, b, c) -> dict:
    """Let a class differentiate; return the gradients, by operation and expression."""
    complaint = _complaint(answer, "backward")
    if complaint:
        return {"complaint": complaint}
    numbers = {"a": a, "b": b, "c": c, "0": 0.0}

    def grads(expression, names="abc", calls=1):
        leaves = {name: answer(number) for name, number in numbers.items()}
        end = expression(leaves)
        for _ in range(calls):
            end.backward()
        found = tuple(leaves[name].grad for name in names)
        return found[0] if len(found) == 1 else found

    def of(expression, names, calls=1):
        return _outcome(lambda: grads(expression, names, calls))

    operations = {
        name: {
            text: of(
                lambda n, f=f: f(n["a"], n["b"], n["c"]), [x for x in "abc" if x in text.split()]
                or [text.strip("-")],
            )
            for text, f in each.items()
        }
        for name, each in _EXPRESSIONS.items()
    }  # fmt: skip
    for name, leaves in _FUNCTIONS.items():
        operations[name] = {
            leaf: of(lambda n, m=name, x=leaf: getattr(n[x], m)(), leaf) for leaf in leaves
        }
    structure = {
        "the end itself": {"a * b": _outcome(lambda: _grad_of_the_end(answer, a, b))},
        "a chain": {"(a * b + 8) * c": of(lambda n: (n["a"] * n["b"] + 8) * n["c"], "abc")},
        "a number used twice": {
            "a + a": of(lambda n: n["a"] + n["a"], "a"),
            "a * a + a": of(lambda n: n["a"] * n["a"] + n["a"], "a"),
        },
        "a result used twice": {
            "u * (u + a)": of(_shared, "ab"),
            "(u + a) * u": of(_shared_turned, "ab"),
        },
        "a second call": {"(u + a) * u": of(_shared_turned, "ab", calls=2)},
    }
    return _stop_at_a_stub({**operations, **structure})


def _shared(n: dict):
    u = n["a"] * n["b"]
    return u * (u + n["a"])


def _shared_turned(n: dict):
    u = n["a"] * n["b"]
    return (u + n["a"]) * u


def _grad_of_the_end(answer, a, b):
    end = answer(a) * answer(b)
    end.backward()
    return end.grad


def _backward_by(push: Callable, seed=1.0, reset=True, order=lambda nodes: nodes[::-1]) -> type:
    """Return a class with a spoilt backward: push(parent, slope, node), and so on."""

    def backward(self):
        nodes = topological_order(self)
        for node in nodes if reset else []:
            node.grad = 0.0
        self.grad = seed
        for node in order(nodes):
            for parent, slope in node.parents:
                push(parent, slope, node)

    return _value_with(backward=backward)


def _add(parent, slope, node):
    parent.grad += slope * node.grad


def _overwrite(parent, slope, node):
    parent.grad = slope * node.grad


def _slope_alone(parent, slope, node):
    parent.grad += slope


def _each_time(self):
    """Send on all that has arrived so far, again at each arrival."""
    for node in topological_order(self):
        node.grad = 0.0
    self.grad = 1.0

    def push(node):
        for parent, slope in node.parents:
            parent.grad += slope * node.grad
            push(parent)

    push(self)


def _too_early(nodes: list) -> list:
    return _visit([], [], nodes[-1], before=True)


def _reset_all_but_the_middle(self):
    order = topological_order(self)
    for node in order:
        node.grad = node.grad if node.parents else 0.0
    self.grad = 1.0
    for node in reversed(order):
        for parent, slope in node.parents:
            parent.grad += slope * node.grad


def _with_slope(of: Callable, slope: Callable) -> Callable:
    """Return a method that computes `of` and remembers a spoilt slope."""
    return lambda self, *args: self._made(
        of(self.data, *args), (self, slope(self.data, of(self.data, *args), *args))
    )


def _two(of: Callable, slopes: Callable) -> Callable:
    """Return an operator that computes `of` and remembers spoilt slopes for both sides."""

    def method(self, other):
        other = self._lifted(other)
        left, right = slopes(self.data, other.data)
        return self._made(of(self.data, other.data), (self, left), (other, right))

    return method


def _relu_number(x):
    return max(0.0, x)


BACKWARD = Exercise(
    id="autodiff.backward",
    points=4,
    signature="Value.backward()",
    outputs=(
        *_EXPRESSIONS,
        *_FUNCTIONS,
        "the end itself",
        "a chain",
        "a number used twice",
        "a result used twice",
        "a second call",
    ),
    reference=Value,
    script=_differentiate,
    unpack=_unless_complaint,
    cases=_numbers,
    mistakes=(
        Mistake(
            "no seed",
            "Every gradient is 0. The message has to start somewhere: the end changes as much as "
            "itself, so its own grad is 1.",
            wrong=_backward_by(_add, seed=0.0),
        ),
        Mistake(
            "overwritten instead of added",
            "A node that is used twice gets two shares, and you kept only the one that came last. "
            "The shares of all ways add up. Look at the line that gives a parent its share.",
            wrong=_backward_by(_overwrite),
        ),
        Mistake(
            "from the inputs to the end",
            "Only the last step was taken back. When the loop starts at the inputs, their grad is "
            "still 0, and they pass on nothing. Go through the order from its end.",
            wrong=_backward_by(_add, order=list),
        ),
        Mistake(
            "passed on too early",
            "A node sent its message on before all its shares had arrived. A result that is used "
            "twice has to wait for both. The topological order, from its end, sees to that.",
            wrong=_backward_by(_add, order=_too_early),
        ),
        Mistake(
            "passed on more than once",
            "At each arrival a node sent on all that it had, so the first share went twice. Each "
            "node passes on once, when all its shares are in.",
            wrong=_value_with(backward=_each_time),
        ),
        Mistake(
            "nothing is reset",
            "The first call is right. The second adds its shares to what the first one left. "
            "Before you start, set the grad of every node in the order to 0.",
            wrong=_backward_by(_add, reset=False),
        ),
        Mistake(
            "only the inputs are reset",
            "The first call is right. In the second the nodes in between still hold what the first "
            "one left, and pass that on. Set the grad of every node in the order to 0.",
            wrong=_value_with(backward=_reset_all_but_the_middle),
        ),
        Mistake(
            "the slope alone",
            "One step back is right and two are not. A parent's share is the slope of the step "
            "times the gradient of the node behind it; you passed on the slope alone.",
            wrong=_backward_by(_slope_alone),
        ),
        Mistake(
            "no parents",
            "Nothing arrives. The new node has no parents, or lost them because another node was "
            "made from a .data on the way. (Or backward multiplies onto a grad of 0.)",
            wrong=_every(lambda self, result: self._made(result.data)),
        ),
        Mistake(
            "1 at the corner of the ReLU",
            "Only the slope at exactly 0 is off. By agreement it is 0 there. Look at your "
            "comparison: >= counts 0 as positive.",
            wrong=_value_with(relu=_with_slope(_relu_number, lambda x, r: float(x >= 0))),
        ),
        Mistake(
            "the ReLU's value for its slope",
            "The gradient behind a ReLU is 1 or 0 times what arrived. You multiplied by the value "
            "that came out of it.",
            wrong=_value_with(relu=_with_slope(_relu_number, lambda x, r: r)),
        ),
        Mistake(
            "no mask in the ReLU",
            "The gradient passed also where the ReLU had stopped the number. Its slope there is 0.",
            wrong=_value_with(relu=_with_slope(_relu_number, lambda x, r: 1.0)),
        ),
        Mistake(
            "1 - tanh",
            "The slope of the tanh is 1 minus the square of the activation. The square is missing.",
            wrong=_value_with(tanh=_with_slope(np.tanh, lambda x, t: 1 - t)),
        ),
        Mistake(
            "x for tanh(x) in the slope",
            "The slope 1 - a² is made from the activation a, what comes out of the tanh. You took "
            "the number that went in.",
            wrong=_value_with(tanh=_with_slope(np.tanh, lambda x, t: 1 - x**2)),
        ),
        Mistake(
            "tanh taken twice in the slope",
            "The slope is 1 minus the square of tanh(x). You took the tanh of the result once "
            "more.",
            wrong=_value_with(tanh=_with_slope(np.tanh, lambda x, t: 1 - np.tanh(t) ** 2)),
        ),
        Mistake(
            "the sigmoid's slope for the tanh",
            "a (1 - a) is the slope of the sigmoid. For the tanh it is 1 minus the square of a.",
            wrong=_value_with(tanh=_with_slope(np.tanh, lambda x, t: t * (1 - t))),
        ),
        Mistake(
            "exponent missing",
            "The slope of x to the power n is n times x to the power n - 1. The factor n in front "
            "is missing.",
            wrong=_value_with(__pow__=_with_slope(operator.pow, lambda x, p, n: x ** (n - 1))),
        ),
        Mistake(
            "exponent not lowered",
            "The slope of x to the power n is n times x to the power n - 1. You have the factor n, "
            "and the exponent is still n.",
            wrong=_value_with(__pow__=_with_slope(operator.pow, lambda x, p, n: n * x**n)),
        ),
        Mistake(
            "the power rule on exp",
            "x is the exponent here, not the base. The slope of exp is exp itself: the number that "
            "came out.",
            wrong=_value_with(exp=_with_slope(np.exp, lambda x, e: x * np.exp(x - 1))),
        ),
        Mistake(
            "exp passes everything",
            "You gave exp the slope 1. Its slope is the number that came out of it.",
            wrong=_value_with(exp=_with_slope(np.exp, lambda x, e: 1.0)),
        ),
        Mistake(
            "1 / log(x)",
            "The slope of the logarithm is 1 divided by x: by what went in. You divided by the "
            "logarithm, what came out.",
            wrong=_value_with(log=_with_slope(np.log, lambda x, y: 1 / y)),
        ),
        Mistake(
            "the logarithm for its slope",
            "The message was multiplied by log(x) or by x. The slope of the logarithm is 1 divided "
            "by x: the larger x, the flatter the curve.",
            wrong=_value_with(log=_with_slope(np.log, lambda x, y: y)),
        ),
        Mistake(
            "x for 1 / x",
            "The message was multiplied by x. The slope of the logarithm is 1 divided by x: the "
            "larger x, the flatter the curve.",
            wrong=_value_with(log=_with_slope(np.log, lambda x, y: x)),
        ),
        Mistake(
            "own number for the other one",
            "In a product the slope for one factor is the other factor: if a grows by 1, a * b "
            "grows by b. You gave each its own number.",
            wrong=_value_with(__mul__=_two(operator.mul, lambda x, y: (x, y))),
        ),
        Mistake(
            "minus lost on the way back",
            "Where a minus stands in front of a node, a growing node makes the result smaller: the "
            "slope is -1. Yours is 1.",
            wrong=_value_with(
                __sub__=_two(operator.sub, lambda x, y: (1.0, 1.0)),
                __neg__=_with_slope(operator.neg, lambda x, y: 1.0),
            ),
        ),
        Mistake(
            "minus lost in the quotient",
            "A larger divisor makes the quotient smaller in size: the slope for b in a / b has a "
            "minus.",
            wrong=_value_with(__truediv__=_two(operator.truediv, lambda x, y: (1 / y, x / y**2))),
        ),
        Mistake(
            "divisor not squared",
            "The slope of a / b for b has the square of b below the line.",
            wrong=_value_with(__truediv__=_two(operator.truediv, lambda x, y: (1 / y, -x / y))),
        ),
        Mistake(
            "slope of the divisor as in a product",
            "The slopes of a / b are not those of a * b. Write it as a times b to the power -1, "
            "and use the rules for products and powers.",
            wrong=_value_with(__truediv__=_two(operator.truediv, lambda x, y: (1 / y, x))),
        ),
    ),
    hints=(
        "The worked example went back by hand, in three moves: every grad is 0 at first; the end "
        "gets a 1; then each node, from the end to the inputs, gives its parents their shares. "
        "backward does the same.",
        "The list that you need is topological_order(self). Go through it twice: once to set every "
        "grad to 0, and once, from its end, to pass the messages on. Between the two, self gets "
        "its 1. Python's reversed turns a list round.",
        "In the second loop, each node has pairs in node.parents: a parent and a slope. The "
        "parent's share is the slope times the grad of the node. What the parent has already must "
        "not be lost: which of = and += keeps it?",
    ),
)


# --- autodiff.suspects -------------------------------------------------------------------------

_LINES = "ABCDEFG"


def _accused(name: str, why: str, letters: str) -> Mistake:
    return Mistake(name, why, wrong=set_to(suspects=set(letters)))


SUSPECTS = Exercise(
    id="autodiff.suspects",
    points=2,
    signature='suspects = {"A", …}',
    outputs=("suspects",),
    returns="named",
    reference=set_to(suspects={"C", "E"}),
    unpack=names_out_of(_LINES),
    reveal=False,
    mistakes=(
        _accused(
            "only the product found",
            "That one is wrong, and it is not alone. In the table one expression without any "
            "product breaks its promise too. Which line sends the message back there?",
            "C",
        ),
        _accused(
            "only the tanh found",
            "That one is wrong, and it is not alone. One expression without any tanh breaks its "
            "promise too, while the same one with a and b exchanged keeps it. Which of a product's "
            "two lines is at work for a in each?",
            "E",
        ),
        _accused(
            "a long-winded sum accused",
            "Line B has an = sign, but look at what stands behind it: the old grad is there, and "
            "the new share is added to it. Nothing is lost.",
            "BCE",
        ),
        _accused(
            "the reset accused",
            "Line F overwrites on purpose: before the messages start, what an earlier call left "
            "has to go. A share of this call cannot get lost there, for none has come yet.",
            "CEF",
        ),
        _accused(
            "the seed accused",
            "Line G sets the start: the end changes as much as itself, so its grad is 1, and "
            "nothing else can reach the end. No share is lost there.",
            "CEG",
        ),
        _accused(
            "reset and seed accused",
            "Lines F and G run before the first message is sent. What is overwritten there is left "
            "over from an earlier call, so no share is lost. The other lines that you named are a "
            "good catch.",
            "CEFG",
        ),
        _accused(
            "every = accused",
            "Not each = loses something. Ask of a line: when it runs, can a share have arrived "
            "already, and does it get lost? For three of your lines the answer is no. One of them "
            "adds in a roundabout way, and two run before any message.",
            "BCEFG",
        ),
        _accused(
            "both lines of the product accused",
            "Line D adds its share to what is there. In the table b * a + a comes out right, and "
            "there it is line D that serves a.",
            "CDE",
        ),
        _accused(
            "the product's lines exchanged",
            "Line D adds its share to what is there. Compare a * b + a with b * a + a: in which of "
            "the two does a stand on the left, and which line serves the left factor?",
            "DE",
        ),
        _accused(
            "the honest lines accused",
            "These lines add to what is there, and that is how it has to be: a node that is used "
            "twice gets two shares. Look for lines after which an earlier share is gone.",
            "AD",
        ),
        _accused(
            "all accused",
            "Five of the seven are innocent. For each, ask: can a share have arrived already when "
            "this line runs, and is it gone afterwards?",
            _LINES,
        ),
        _accused(
            "nobody accused",
            "Two promises in the table are broken, so some lines are wrong. Both belong to "
            "expressions that use a twice.",
            "",
        ),
    ),
    hints=(
        "Look at the broken promises in the table. In both, a is used twice, and the promised "
        "number is what only one of the two uses would give. So the other share has got lost. "
        "Which operation has served a last?",
        "Do not go by the sign =. Ask of each line: when it runs, can a share have arrived "
        "already? And is that share still there afterwards? Lines that run before any message "
        "cannot lose one.",
        "a * b + a breaks its promise, b * a + a keeps it. The only difference is the side on "
        "which a stands in the product, so one line of the product is guilty and one is not. The "
        "other broken promise has no product at all.",
    ),
)


# --- autodiff.agrees ---------------------------------------------------------------------------

_NAMES = ("W1", "b1", "W2", "b2", "W3", "b3")


def agrees(x, y, parameters):
    """Lesson 02's network, ReLU, ReLU, softmax and cross-entropy, number by number.

    x (n_x, 1), y (n_y, 1); returns the loss and {"dW1", ..., "db3"} shaped like the parameters.
    """
    nodes = {name: [[Value(w) for w in row] for row in parameters[name]] for name in _NAMES}
    a1 = [z.relu() for z in _layer(nodes["W1"], nodes["b1"], [number for (number,) in x])]
    a2 = [z.relu() for z in _layer(nodes["W2"], nodes["b2"], a1)]
    scores = [z.exp() for z in _layer(nodes["W3"], nodes["b3"], a2)]
    total = sum(scores)
    loss = -sum((score / total).log() * target for score, (target,) in zip(scores, y, strict=True))
    loss.backward()
    grads = {f"d{k}": np.array([[w.grad for w in row] for row in nodes[k]]) for k in _NAMES}
    return loss.data, grads


def _layer(W, b, a):
    """W a + b for lists of nodes: one sum for each row of W."""
    return [
        sum((w * number for w, number in zip(row, a, strict=True)), start=bias)
        for row, (bias,) in zip(W, b, strict=True)
    ]


def _loss_and_grads(raw, case: Case) -> dict:
    names = [f"d{name}" for name in _NAMES]
    if not isinstance(raw, list | tuple) or len(raw) != 2:
        raise Malformed("It should return two things: the loss, and the dictionary of gradients.")
    loss, grads = raw
    if isinstance(loss, Opaque):
        raise Malformed(f"The loss is {loss.kind}. Return the number in it, its .data.")
    if not isinstance(grads, dict):
        raise Malformed("The second thing to return is a dictionary with the keys dW1 to db3.")
    missing = [name for name in names if name not in grads]
    if missing:
        has = ", ".join(map(str, grads)) or "none"
        raise Malformed(f"The dictionary lacks {', '.join(missing)}. The keys that it has: {has}.")
    return {"loss": loss, **{name: grads[name] for name in names}}


def _agrees_cases(rng: np.random.Generator) -> list[Case]:
    return [
        Case(case.args[:3], case.about, case.sizes, case.tags)
        for case in three_layers.BACKWARD.cases(rng)
    ]


def _in_numpy(
    act1=(relu, relu_derivative),
    act2=(relu, relu_derivative),
    last=(lambda z: z, np.ones_like),
    loss=lambda p, y: -np.sum(y * np.log(p)),
    dz3=lambda p, y: p - y,
    bias=1.0,
    after=lambda grads, parameters: grads,
):
    """Return the network by arrays, any step of which may be spoilt."""

    def spoilt(x, y, parameters):
        W1, b1, W2, b2, W3, b3 = map(parameters.get, ("W1", "b1", "W2", "b2", "W3", "b3"))
        z1 = W1 @ x + bias * b1
        z2 = W2 @ act1[0](z1) + bias * b2
        z3 = W3 @ act2[0](z2) + bias * b3
        p = three_layers.softmax(last[0](z3))
        d3 = dz3(p, y) * last[1](z3)
        d2 = (W3.T @ d3) * act2[1](z2)
        d1 = (W2.T @ d2) * act1[1](z1)
        grads = {"dW1": d1 @ x.T, "db1": bias * d1, "dW2": d2 @ act1[0](z1).T, "db2": bias * d2}
        grads |= {"dW3": d3 @ act2[0](z2).T, "db3": bias * d3}
        return float(loss(p, y)), after(grads, parameters)

    return spoilt


_IDENTITY = (lambda z: z, np.ones_like)


def _above_only(grads, parameters):
    return {name: g if "3" in name else np.zeros_like(g) for name, g in grads.items()}


def _only_the_biases_cut(grads, parameters):
    return {name: np.zeros_like(g) if "b" in name else g for name, g in grads.items()}


def _into_the_parameters(x, y, parameters):
    result = agrees(x, y, parameters)
    for name, array in parameters.items():
        parameters[name] = [[Value(w) for w in row] for row in array]
    return result


AGREES = Exercise(
    id="autodiff.agrees",
    points=3,
    signature="agrees(x, y, parameters) -> (loss, grads)",
    outputs=("loss", *(f"d{name}" for name in _NAMES)),
    reference=agrees,
    unpack=_loss_and_grads,
    cases=_agrees_cases,
    rtol=1e-8,
    mistakes=(
        Mistake(
            "gradients all 0",
            "Either loss.backward() was not called, or the nodes whose grad you read are not those "
            "that the network used. Make the Values once, keep them, use them in every sum, and "
            "read the grad of those very objects.",
            wrong=_in_numpy(after=lambda g, _: {name: np.zeros_like(d) for name, d in g.items()}),
        ),
        Mistake(
            "data instead of grad",
            "What you collected are the parameters themselves. Each node has two numbers: .data is "
            "the one that went in, .grad the one that came back.",
            wrong=_in_numpy(after=lambda g, p: {f"d{name}": 1.0 * p[name] for name in _NAMES}),
        ),
        Mistake(
            "the thread cut at the ReLU",
            "Layer 3 has its gradients, and nothing reaches layers 1 and 2. Somewhere between, a "
            "new Value was made from a .data, which knows no parents. Use the method relu of the "
            "node itself.",
            wrong=_in_numpy(after=_above_only),
        ),
        Mistake(
            "the biases not in the graph",
            "The loss and the gradients of the weights are right, so the biases were added, but as "
            "plain numbers. Make nodes of them too, and use those.",
            wrong=_in_numpy(after=_only_the_biases_cut),
        ),
        Mistake(
            "the sum of the softmax cut off",
            "The loss is right. But in the softmax you divided by a plain number, the .data of the "
            "sum. Every score is part of that sum, and the gradient has to flow through it as "
            "well.",
            wrong=_in_numpy(dz3=lambda p, y: -1.0 * y),
        ),
        Mistake(
            "biases left out",
            "The sums have no bias. Each unit adds its own: start its sum with it.",
            wrong=_in_numpy(bias=0.0),
        ),
        Mistake(
            "no ReLU in layer 1",
            "Negative numbers pass layer 1. Its sums go through relu before layer 2 sees them.",
            wrong=_in_numpy(act1=_IDENTITY),
        ),
        Mistake(
            "no ReLU in layer 2",
            "Negative numbers pass layer 2. In the lesson's own network that does not show; here "
            "it does.",
            wrong=_in_numpy(act2=_IDENTITY),
        ),
        Mistake(
            "no ReLU at all",
            "Negative numbers pass both hidden layers. The sums of layers 1 and 2 go through relu.",
            wrong=_in_numpy(act1=_IDENTITY, act2=_IDENTITY),
        ),
        Mistake(
            "a ReLU before the softmax",
            "The third layer's sums went through relu as well. Scores may be negative: exp makes "
            "them positive.",
            wrong=_in_numpy(last=(relu, relu_derivative)),
        ),
        Mistake(
            "tanh for the ReLU",
            "The hidden layers of lesson 02's network have ReLU units. You used the tanh.",
            wrong=_in_numpy(
                act1=(np.tanh, lambda z: 1 - np.tanh(z) ** 2),
                act2=(np.tanh, lambda z: 1 - np.tanh(z) ** 2),
            ),
        ),  # fmt: skip
        Mistake(
            "logarithm left out",
            "The loss is minus the probability of the right class. It should be minus its "
            "logarithm.",
            wrong=_in_numpy(
                loss=lambda p, y: -np.sum(y * p), dz3=lambda p, y: np.sum(y * p) * (p - y)
            ),
        ),
        Mistake(
            "all classes in the loss",
            "You added the logarithms of all the probabilities. Only the right class counts: y is "
            "1 there and 0 elsewhere.",
            wrong=_in_numpy(
                loss=lambda p, y: -np.sum(np.log(p)), dz3=lambda p, y: len(p) * p - 1.0
            ),
        ),
        Mistake(
            "parameters overwritten",
            "The nodes were put into the dictionary that came in. Keep them in one of your own.",
            wrong=_into_the_parameters,
        ),
    ),
    hints=(
        "The worked unit above is one row of a layer: a bias node, and one product of a weight "
        "node with an input for each weight, all added. A layer is a list of such sums, so write "
        "a helper that returns that list, and use it three times.",
        "First make nodes of all six arrays, as lists of lists, and keep them in a dictionary of "
        "your own. Then go forward as in lesson 02: relu, relu, and the softmax out of exp, a sum "
        "and a division. Use nodes all the way, no .data.",
        "The loss is minus the log of the probability at the 1 in y. Call its backward, then "
        "collect the grad of each node into an array with the same rows: np.array takes a list of "
        "lists. The loss itself goes out as .data.",
    ),
)

EXERCISES = (
    RECALL_1,
    RECALL_2,
    BY_HAND,
    VALUE,
    TOPOLOGICAL_ORDER,
    BACKWARD,
    SUSPECTS,
    AGREES,
)

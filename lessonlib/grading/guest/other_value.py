"""Makes another value of one that a test expects (see `model.mutants`).

What it returns is unlike the first, and as plausible: nobody who does not know the right answer can
tell which is which. Numbers are shifted by an amount that nobody knows, to one side in the variant
"same" and to the other in "less": no condition that holds on one interval holds for an answer
together with both, unless it holds for the instructor's too. "order" is for what is only below or
above a limit, and gives nan. An "array" gets two elements at least, so that an empty one differs.
"""

import builtins
import copy
from collections.abc import Callable
from numbers import Number

import numpy as np

# What the functions below call: no learner's.
__builtins__ = vars(builtins).copy()  # type: ignore[assignment]  # a module by its type
NUMBERS = (
    int, float, *(each for each in vars(np).values() if isinstance(each, type)
                  and issubclass(each, np.integer | np.floating)),
)  # fmt: skip
NAME = "_other_value_"  # by which a mutant calls it


def other_values() -> Callable:
    """Return a function of (value, how, shift); without arguments it raises if it was not used."""
    used = []

    def other_value(*args):
        if args:
            used.append(True)
            value, how, shift = args
            return _no_points(value) if how == "points" else Other(how, shift).of(value)
        if not used:
            raise AssertionError("nothing was compared")
        used.clear()

    return other_value


def is_number(value) -> bool:
    """Return whether a value is exactly a plain number; never ask a class of the learner's."""
    kind = type(value)
    return any(kind is number for number in NUMBERS)


def _no_points(value) -> None:
    """Raise if a test's last value is a number and gives no points: what is none gives them all."""
    if is_number(value) and not value > 0:
        raise AssertionError("no points")


class Other:
    """Changes values in one way."""

    def __init__(self, how: str, shift: int):
        self.array, self.how = how.startswith("array "), how.removeprefix("array ")
        self.less, self.shift = self.how.startswith("less"), shift
        self.step = 1 + shift % 24 + self.less

    def of(self, value):
        """Return another value; a fresh object where nothing better is known."""
        if self.how == "class":
            return type("Other", (Warning,), {})
        if self.how == "identity":
            return object()
        if isinstance(value, np.generic):
            value = value.item()
        if isinstance(value, Number):
            other = self._plain(value)
            return np.array([other, other]) if self.array else other
        if self.array and type(value) in (list, tuple):
            value = _as_array(value)
        if isinstance(value, np.ndarray):
            return self._array(np.asarray(value))
        if self.how == "order":
            return object()
        try:
            return self._object(value)
        except Exception:  # of a class that does not go along
            return object()

    def _plain(self, value):
        if self.how == "order":
            return float("nan")
        if isinstance(value, bool) and self.how == "same":
            return not value
        odd = value != value or abs(value) == float("inf")
        return self._number(1.5 if odd else value)

    def _number(self, value):
        return -2 * abs(value) - self.shift if self.less else 2 * abs(value) + self.shift

    def _array(self, value: np.ndarray) -> np.ndarray:
        value = np.resize(value, 2) if value.size < 1 + self.array else value
        if value.dtype.kind == "b" and self.how == "same":
            return ~value
        if value.dtype.kind in "biufc":
            value = np.nan_to_num(abs(value), posinf=1.0).astype(float)
            return value * float("nan") if self.how == "order" else self._number(value)
        flat = np.empty(value.size, object)
        flat[:] = [self.of(each) for each in value.flat]
        return flat.reshape(value.shape)

    def _object(self, value):
        kind = type(value)
        if isinstance(value, bytes):
            return value[::-1] + bytes([65 + self.step])
        if isinstance(value, str):
            return self._text(value)
        if kind is range or (kind is dict and self.how.endswith("inside")):
            return list(map(self.of, value)) or [object()]
        if kind in (list, tuple, set, frozenset):
            return kind(map(self.of, value)) or kind([object()])
        if kind is dict:
            return {key: self.of(each) for key, each in value.items()} or {object(): None}
        if kind.__module__.startswith("pandas"):
            return self._pandas(value)
        if hasattr(value, "__dict__") and vars(value) and not callable(value):
            changed = copy.copy(value)
            vars(changed).update({name: self.of(each) for name, each in vars(value).items()})
            return changed
        return value + self._number(0)

    def _text(self, value: str) -> str:
        text = "".join(map(self._letter, value))
        more = 8 if self.how.endswith("part") else int(text == value)
        return text + chr(97 + self.step) * more

    def _letter(self, c: str) -> str:
        for first, size in (("a", 26), ("A", 26), ("0", 10)):
            if 0 <= ord(c) - ord(first) < size:
                return chr((ord(c) - ord(first) + self.step % (size - 1) + 1) % size + ord(first))
        return c

    def _pandas(self, value):
        if hasattr(value, "columns"):
            return value.apply(self.of)
        index = {"index": value.index} if hasattr(value, "index") else {}
        return type(value)(self.of(value.to_numpy()), **index, name=value.name)


def _as_array(value: list | tuple):
    """Return numbers as an array; what is none as a list."""
    try:
        array = np.asarray(value)
    except ValueError:
        return list(value)
    return array if array.dtype.kind in "biufc" else list(value)

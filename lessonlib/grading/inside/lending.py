"""What the judge hands over stays its own: it is told what becomes of it, also later."""

import contextlib

import numpy as np

from lessonlib.grading.inside.stopping import at_most
from lessonlib.grading.remote.crossing import Export, pack

CHANGEABLE = (np.ndarray, list, dict, set, np.random.Generator)


class Loan:
    """The arguments of one call, and how the judge knows each of them.

    A generator or an object that comes of the call may go on using them: then the loan is kept
    with it, under its number.
    """

    def __init__(self, values: list, packed: list):
        self.values, self.packed, self.number = values, packed, None

    @property
    def can_change(self) -> bool:
        """Whether there is anything among them that can be changed in place."""
        return any(isinstance(value, CHANGEABLE) for value in self.values)

    def changes(self, export: Export, seconds: float) -> list:
        """Return each one anew that has changed since the judge last heard of it, else None."""
        news = [
            None if _stays(old) else _packed(value, export, seconds)
            for old, value in zip(self.packed, self.values, strict=True)
        ]
        pairs = list(zip(self.packed, news, strict=True))
        self.packed = [old if new is None else new for old, new in pairs]
        return [None if new == old else new for old, new in pairs]


def _stays(packed) -> bool:
    """Return whether a value did not cross as a copy: there is nothing to tell of it."""
    return isinstance(packed, dict) and not packed.keys().isdisjoint(("handle", "callback"))


def _packed(value, export: Export, seconds: float):
    with contextlib.suppress(BaseException), at_most(seconds):  # a look may run code
        return pack(value, export)

"""Results in another form than the contract's, recognised by their values.

The right numbers may come in another order, too few or too many, under other keys, or not yet
summed. A form is named where it holds in every case, with numbers that could have been others.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from lessonlib.checks.comparing import agree, as_numbers
from lessonlib.checks.evidence import ENOUGH_FOR_ONE, ENOUGH_FOR_TWO, variety
from lessonlib.checks.plain import Opaque

Found = tuple[str, str] | None  # a name, and why, if the message does not say it already


@dataclass(frozen=True)
class Results:
    """What an answer gave in each case, beside what the reference gave.

    complaint: what was said of a result that has not the form of the contract.
    """

    mine: list
    right: list
    rtol: float
    complaint: str = ""

    def at(self, place, their_place=None) -> "Results":
        """Return the results at one place of each: an item of a tuple, a key."""
        there = place if their_place is None else their_place
        return Results(
            [each[place] for each in self.mine], [each[there] for each in self.right],
            self.rtol, self.complaint,
        )  # fmt: skip

    @property
    def agree(self) -> bool:
        """Whether they agree in every case."""
        return all(agree(a, b, self.rtol) for a, b in zip(self.mine, self.right, strict=True))

    @property
    def agree_by_more_than_chance(self) -> bool:
        """Whether they agree in numbers that could have been others."""
        return variety(self.right) >= ENOUGH_FOR_ONE and self.agree

    def are(self, *kinds: type) -> tuple[bool, bool]:
        """Return whether all of mine, and all of the right ones, are of such a kind."""
        mine, right = (
            all(isinstance(each, kinds) for each in side) for side in (self.mine, self.right)
        )
        return mine, right


def form_of(results: Results) -> Found:
    """Return the name of what was done to the form of a whole result, or None."""
    if all(each is None for each in results.mine):
        return _NOTHING
    in_a_row, as_dicts = results.are(list, tuple), results.are(dict)
    if all(as_dicts):
        return _keys(results)
    if in_a_row[0] and as_dicts[1]:
        return _row_for_dict(results)
    if as_dicts[0] and in_a_row[1]:
        return _dict_for_row(results)
    if in_a_row[1]:
        return _items(results) if in_a_row[0] else _one_of_several(results)
    return _one_with_more(results) if in_a_row[0] else None


NOTHING_RETURNED, TOO_FEW, TOO_MANY = "nothing returned", "too few results", "too many results"
_NOTHING = (NOTHING_RETURNED, "")


# --- several results in a row -----------------------------------------------------------------


def _items(results: Results) -> Found:
    mine, right = ({len(each) for each in s} for s in (results.mine, results.right))
    if len(mine) != 1 or len(right) != 1:
        return None
    have, want = mine.pop(), right.pop()
    places = [_place_of(results, i, range(want)) for i in range(have)]
    if have < want and have and None not in places and len(set(places)) == have:
        return _TOO_FEW
    found = _one_with_more(results)
    if found:
        return found
    if have > want and all(any(results.at(i, j).agree for i in range(have)) for j in range(want)):
        return _TOO_MANY if variety(results.right) >= ENOUGH_FOR_ONE else None
    if have != want:
        return None
    if set(places) == set(range(want)):
        return _OTHER_ORDER
    return _form_of_an_item(results, have)


def _place_of(results: Results, place, there) -> Any:
    """Return under which of the right places my value at a place stands; where it is right, that.

    Two places whose right values are alike, or constant, cannot be told apart.
    """
    if place in there and results.at(place).agree:
        return place
    fitting = [each for each in there if results.at(place, each).agree_by_more_than_chance]
    return fitting[0] if len(fitting) == 1 else None


def _form_of_an_item(results: Results, count: int) -> Found:
    """Return the form that the dictionaries among the wrong items have in common."""
    wrong = [part for part in map(results.at, range(count)) if not part.agree]
    found = {form_of(part) for part in wrong if part.are(dict)[1]}
    return found.pop() if len(found) == 1 else None


def _one_of_several(results: Results) -> Found:
    """Return a name if the one value that came is one of those asked for."""
    count = min((len(each) for each in results.right), default=0)
    for place in range(count):
        part = Results(results.mine, [each[place] for each in results.right], results.rtol)
        if part.agree_by_more_than_chance:
            return _TOO_FEW
    return None


def _one_with_more(results: Results) -> Found:
    """Return a name if the one value that is asked for stands among others."""
    for place in range(min((len(each) for each in results.mine), default=0)):
        part = Results([each[place] for each in results.mine], results.right, results.rtol)
        if part.agree_by_more_than_chance:
            return _TOO_MANY
    return None


_OTHER_ORDER = (
    "results in another order",
    "The values are right, and they stand in each other's places. Compare the order with that of "
    "the contract.",
)
_TOO_FEW = (
    TOO_FEW,
    "What came is right, and something that the contract asks for did not come. Compare the "
    "`return` with the contract.",
)
_TOO_MANY = (
    TOO_MANY,
    "The value that is asked for came, together with more. Return what the contract lists, and "
    "nothing else.",
)


# --- keys -------------------------------------------------------------------------------------


def _keys(results: Results) -> Found:
    wanted = list(results.right[0])
    missing = [k for k in wanted if any(k not in each for each in results.mine)]
    if missing:  # but perhaps nobody asks for it
        asked_for = [key for key in missing if repr(key) in results.complaint]
        return _missing_keys(results, asked_for) if asked_for else None
    places = [_place_of(results, key, wanted) for key in wanted]
    if len(set(places)) == len(wanted) and None not in places and places != wanted:
        return _OTHER_KEYS
    return None


def _missing_keys(results: Results, missing: list) -> Found:
    wanted = set(results.right[0])
    extra = [k for k in results.mine[0] if k not in wanted and all(k in e for e in results.mine)]
    names = [(key, _spelt(results, key, extra)) for key in missing]
    if all(mine is not None for _, mine in names):
        told = ", ".join(f"{mine!r} for {key!r}" for key, mine in names)
        return "keys in another spelling", f"You have {told}. Capital letters count, too."
    if not wanted & set(results.mine[0]):
        return None  # it is another dictionary
    return "keys missing", "Whoever uses the result looks there for each key of the contract."


def _spelt(results: Results, key, extra: list) -> object | None:
    """Return my key for a key of the contract: the one that looks like it, or has its values."""
    alike = [each for each in extra if _letters(each) == _letters(key)]
    alike = alike or [e for e in extra if results.at(e, key).agree_by_more_than_chance]
    return alike[0] if len(alike) == 1 else None


def _letters(key) -> str:
    return re.sub(r"[\W_]", "", str(key)).lower()


_OTHER_KEYS = (
    "values under each other's keys",
    "The values are right, and some stand under the key of another one. Look at what you put "
    "under which key.",
)


def _row_for_dict(results: Results) -> Found:
    wanted = list(results.right[0])
    if any(len(each) != len(wanted) for each in results.mine):
        return _one_with_more(results)
    if all(results.at(i, key).agree for i, key in enumerate(wanted)):
        return "a tuple for a dictionary", "The values are right. The contract asks for their keys."
    return None


def _dict_for_row(results: Results) -> Found:
    keys = list(results.mine[0])
    if any(list(each) != keys for each in results.mine):
        return None
    if any(len(each) != len(keys) for each in results.right):
        return None
    if keys and all(results.at(key, i).agree for i, key in enumerate(keys)):
        why = "The values are right. The contract asks for them in a row, without keys."
        return "a dictionary for a tuple", why
    return None


# --- one array --------------------------------------------------------------------------------


def form_of_output(mine: list, right: list, rtol: float) -> Found:
    """Return the name of what was done to the form of one output, case by case, or None.

    Without a why, shapes or kinds beside each other tell it.
    """
    wanted = [as_numbers(each) for each in right]
    if any(each is None for each in wanted):
        return None
    if all(isinstance(a, Opaque) and "method" in a.kind for a in mine):
        return _FUNCTION
    numbers, results = [as_numbers(each) for each in mine], Results(mine, right, rtol)
    found = _in_a_list(results) if results.are(list, tuple)[0] else None
    if found or any(each is None for each in numbers):
        return found
    return _reduced(numbers, wanted, rtol) or _shapes(numbers, wanted)


def _in_a_list(results: Results) -> Found:
    """Return a name if the right array stands in a list: as one of its items, or in pieces."""
    joined = [[_joined(each, axis) for each in results.mine] for axis in (0, 1)]
    if any(replace(results, mine=each).agree_by_more_than_chance for each in joined):
        return _LIST
    return _one_with_more(results)


def _joined(pieces: list | tuple, axis: int) -> np.ndarray | None:
    try:
        return np.concatenate(pieces, axis)
    except (ValueError, TypeError):  # nothing that fits together
        return None


def _reduced(mine: list, right: list, rtol: float) -> Found:
    varieties = variety(mine), variety(right)
    if max(varieties) < ENOUGH_FOR_TWO or min(varieties) < ENOUGH_FOR_ONE:
        return None
    for reduce in _reductions():
        if _gives(reduce, mine, right, rtol):
            return _NOT_REDUCED
        if _gives(reduce, right, mine, rtol):
            return _TOO_FAR
    return None


def _reductions() -> Iterator[Callable]:
    for function in (np.sum, np.mean):
        for axis in (None, 0, 1):
            for keep in (True, False):
                yield lambda x, f=function, a=axis, k=keep: f(x, axis=a, keepdims=k)


def _gives(reduce: Callable, large: list, small: list, rtol: float) -> bool:
    """Return whether a reduction makes each of the small arrays of the large one beside it."""
    pairs = list(zip(large, small, strict=True))
    if not any(a.size > b.size for a, b in pairs) or any(a.ndim < b.ndim for a, b in pairs):
        return False
    if _largest(small) <= 1e-9 * _largest(large):
        return False  # rounding is what is left of a sum whose terms cancel
    try:
        return all(agree(reduce(a), b, rtol) for a, b in pairs)
    except ValueError:  # of truth values, and of arrays without that axis
        return False


def _largest(arrays: list) -> float:
    return max(float(np.max(np.abs(each), initial=0.0)) for each in arrays)


_NOT_REDUCED = (
    "not reduced",
    "Summed or averaged, these numbers give the right ones. That step is missing, or it is done "
    "along too few axes.",
)
_TOO_FAR = (
    "reduced too far",
    "These are the right numbers, summed or averaged once more. Look at the axis over which you "
    "sum, and at what runs over all of an array.",
)


def _shapes(mine: list, right: list) -> Found:
    if variety(mine) < ENOUGH_FOR_TWO:
        return None
    pairs = [(a, b) for a, b in zip(mine, right, strict=True) if a.shape != b.shape]
    told = [(a.shape, b.shape) for a, b in pairs]
    if len(set(told)) >= 2 and all(len(b) == 2 and a == b[::-1] for a, b in told):
        return _TURNED if sum(min(b) > 1 for _, b in set(told)) >= 2 else None
    if len(set(told)) >= 2 and all(a.shape == (b.size, b.size) for a, b in pairs):
        return _TABLE
    return None


# Why they are, is what the shapes and kinds say beside each other.
_LIST, _FUNCTION = ("a list for an array", ""), ("a function for its result", "")
_TURNED, _TABLE = ("a shape transposed", ""), ("broadcast to a table", "")

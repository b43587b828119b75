"""`mine`: what a learner wrote and passed in an earlier lesson, for the lessons that follow.

    from lessonlib import mine
    forward = mine.deep.forward

gives the learner's own function, read from their own notebook, if it passes its check; else the
library's, and a line says why. A name is an exercise's id. Nothing happens before one is asked for.

While a class is graded, and in `solutions/`, it gives the library's and says nothing.
"""

import os
from types import ModuleType

from lessonlib.errors import UserError

ROWS = ("linreg", "deep", "training", "digits", "autodiff", "tensor")
COLUMNS = ("relu", "back", "hand", "xor", "twolayer")
HANDED = "lessonlib/lessons/mine.json"  # in a grading process: what it may see


class NotMine(UserError, AttributeError):
    """There is nothing of this name; an AttributeError, so that `hasattr` works."""


class Shelf(ModuleType):
    """The exercises whose ids begin alike: `mine.deep` has `forward`, for `deep.forward`.

    A module, so that a function which uses it reads no data of its notebook.
    """

    def __init__(self, prefix: str):
        super().__init__(f"mine.{prefix}", f"What you wrote for {prefix}, where it passes.")
        self._prefix = prefix

    def __getattr__(self, name: str):
        """Return an exercise's function or class. Raises NotMine, with the reason."""
        if name.startswith("_"):  # asked by tools
            raise AttributeError(name)
        try:
            return _source().given(f"{self._prefix}.{name}")
        except UserError as error:
            raise NotMine(str(error)) from None

    def __dir__(self) -> list[str]:
        names = (each.split(".") for each in _source().known())
        return sorted(name for prefix, name in names if prefix == self._prefix)

    def __repr__(self) -> str:
        return f"<mine.{self._prefix}: {', '.join(dir(self))}>"


_SHELVES = {prefix: Shelf(prefix) for prefix in ROWS}


def _source():
    """Return the module that gives what is asked for: of this kernel, or of a grading process."""
    if "NBGRADER_EXECUTION" in os.environ:
        from lessonlib.mine import graded

        return graded
    from lessonlib.mine import own

    return own


def __getattr__(prefix: str) -> Shelf:
    """Return the shelf with this first part of ids. Raises NotMine for one that there is not."""
    if prefix.startswith("_"):
        raise AttributeError(f"module 'lessonlib.mine' has no attribute {prefix!r}")
    if prefix not in _SHELVES:
        raise NotMine(_no_shelf(prefix))
    return _SHELVES[prefix]


def __dir__() -> list[str]:
    return [*ROWS]


def _no_shelf(prefix: str) -> str:
    has = f"`mine` has {', '.join(ROWS[:-1])} and {ROWS[-1]}."
    if prefix in COLUMNS:
        return (
            f"What you wrote for {prefix} has samples in columns. From lesson 09 on they stand in "
            f"rows, so it does not go on. {has}"
        )
    return f"There is no mine.{prefix}. {has} Their functions have samples in rows, and go on."

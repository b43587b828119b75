"""What the names in a test mean.

As the lesson's own notebook says: a value that an earlier test or another cell of the instructor's
makes, without the learner's help, is made here; a module is imported here; everything else is
whatever the submission made of it. So nobody can redefine what a test relies on.
"""

import builtins
import contextlib
from collections.abc import Callable
from functools import cached_property

from lessonlib.grading.materials import Materials
from lessonlib.grading.submission.names import BUILTIN, Names, names_in

Find = Callable[[list[str], dict], dict]


class _NoShell:
    """Stands for IPython in a test: its magics do nothing here."""

    def __getattr__(self, name: str) -> Callable:
        return lambda *_, **__: None


TOOLS = {"get_ipython": _NoShell, "display": lambda *_, **__: None}


class Namespace:
    """The global names of a submission's tests, in the judge's process.

    replaced: what stands for some imported values: {the real one: what a test gets}.
    """

    def __init__(self, materials: Materials, replaced: dict):
        self.cells, self.replaced = materials.cells, replaced
        self.values: dict = {"__name__": "__main__", "__builtins__": builtins, **TOOLS}
        self.ran: set[int] = set()  # instructor's cells without a test that ran here
        self.alone: dict[int, bool] = {}  # what `_needs_nobody` has found

    @cached_property
    def analysed(self) -> list[Names]:
        """The names of each cell of the lesson's own notebook."""
        empty = Names()
        return [names_in(c.source) if c.cell_type == "code" else empty for c in self.cells]

    @cached_property
    def classes(self) -> dict[str, frozenset[str]]:
        """The classes of the lesson's own notebook, with what their objects can do."""
        return {name: can for names in self.analysed for name, can in names.classes.items()}

    def provide(self, place: int, find: Find) -> None:
        """Give the names that a cell reads their meaning. `find` asks the submission for some."""
        asked = [
            name for name in sorted(self.analysed[place].reads) if self._is_foreign(name, place)
        ]
        for name in asked:
            self.values.pop(name, None)
        if asked:
            self.values.update(find(asked, self.classes))

    def _is_foreign(self, name: str, place: int) -> bool:
        """Make a name known here, or return that the submission has to say what it means."""
        binder = self._binder(name, place)
        if binder is None:
            return name not in BUILTIN and name not in TOOLS
        if name in self.analysed[binder].imports:
            self._import(self.analysed[binder].imports[name], name)
            return False
        if self.cells[binder].is_test:
            return False
        if self._is_handed_on(name, binder, place):
            return True
        if self.cells[binder].locked:
            return False
        return not (self._needs_nobody(binder) and self._runs(binder))

    def _binder(self, name: str, place: int) -> int | None:
        """Return the last cell above that gives the name a value in the lesson's own notebook."""
        return next((i for i in reversed(range(place)) if name in self.analysed[i].binds), None)

    def _is_handed_on(self, name: str, binder: int, place: int) -> bool:
        """Return whether learners' code in between is to fill or change what a name stands for.

        It is if the lesson's own answers do so; that they only read it changes nothing.
        """
        if name in self.analysed[binder].functions:
            return False
        between = range(binder + 1, place)
        return any(
            name in self.analysed[i].changes and not self.cells[i].is_test
            and not self._needs_nobody(i)
            for i in between
        )  # fmt: skip

    def _import(self, statement: str, name: str) -> None:
        exec(statement, self.values)
        for real, stand_in in self.replaced.items():
            if self.values[name] is real:
                self.values[name] = stand_in

    def _needs_nobody(self, place: int) -> bool:
        """Return whether a cell is the instructor's and reads nothing that learners write."""
        if place not in self.alone:
            self.alone[place] = not self.cells[place].is_answer and self._reads_nobody(place)
        return self.alone[place]

    def _reads_nobody(self, place: int) -> bool:
        binders = {name: self._binder(name, place) for name in self.analysed[place].reads}
        return all(
            binder is None or name in self.analysed[binder].imports or self._needs_nobody(binder)
            for name, binder in binders.items()
            if name not in self.analysed[place].binds or binder is not None
        )

    def _runs(self, place: int) -> bool:
        """Run one of the instructor's cells here, once, and what it relies on before it."""
        if place not in self.ran:
            self.provide(place, lambda names, classes: {})
            with contextlib.suppress(Exception):
                exec(compile(self.cells[place].source, "<given>", "exec"), self.values)
                self.ran.add(place)
        return place in self.ran

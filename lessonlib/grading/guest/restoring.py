"""What the instructor's cells have made, for tests to use also if a learner has changed it.

Python's own built-ins, and attributes that the tests use (`numpy.testing.assert_allclose`), are put
back while a test runs. A name of the notebook that a locked cell binds, or that hides a built-in,
is not: the learner's functions may rely on what they made of it. The test's own code gets what the
instructor meant, by another name. A function counts as changed, too, if its code is another.
"""

import builtins
import contextlib
import sys
import types
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

MISSING = object()
BUILT_IN = "builtins."
IPYTHONS = {"open", "exit", "quit", "get_ipython", "display"}  # it gives these names itself
# What the functions below call: no learner's.
__builtins__ = vars(builtins).copy()  # type: ignore[assignment]  # a module by its type
Guts = tuple | None


class Place(NamedTuple):
    """Where a value is found: a key of a namespace, or an attribute of a class."""

    owner: object
    name: str

    def get(self):
        """Return the value, or MISSING."""
        if isinstance(self.owner, dict):
            return self.owner.get(self.name, MISSING)
        return vars(self.owner).get(self.name, MISSING)

    def put(self, value) -> None:
        """Set the value; MISSING takes it away."""
        if isinstance(self.owner, dict):
            if value is MISSING:
                self.owner.pop(self.name, None)
            else:
                self.owner[self.name] = value
        elif value is MISSING:
            delattr(self.owner, self.name)
        else:
            setattr(self.owner, self.name, value)


class Kept(NamedTuple):
    """A value, and the parts of a function that could be exchanged."""

    value: Any
    guts: Guts

    def is_in(self, place: Place) -> bool:
        """Return whether the value is still there, as it was."""
        value = place.get()
        return value is self.value and _same(_guts(value), self.guts)


def _guts(value) -> Guts:
    if type(value) is not types.FunctionType:
        return None
    keywords = value.__kwdefaults__
    return value.__code__, value.__defaults__, None if keywords is None else dict(keywords)


def _same(guts: Guts, others: Guts) -> bool:
    if guts is None or others is None:
        return guts is others
    code, defaults, keywords = guts
    if code is not others[0] or defaults is not others[1]:
        return False
    mine, other = keywords or {}, others[2] or {}
    return mine.keys() == other.keys() and all(mine[name] is other[name] for name in mine)


def _keep(place: Place) -> Kept:
    value = place.get()
    return Kept(value, _guts(value))


class Restorer:
    """Remembers what the instructor's cells have made of the watched places.

    names:      the notebook's namespace.
    attributes: dotted names of what tests use; those of modules that are not loaded are left out.
    """

    def __init__(self, names: dict, attributes: Iterable[str]):
        self.names = names
        self.places = {f"{BUILT_IN}{name}": Place(vars(builtins), name)
                       for name in vars(builtins) if not name.startswith("_")}  # fmt: skip
        self.places |= {name: place for name in attributes if (place := _found(name))}
        self.kept = {name: _keep(place) for name, place in self.places.items()}

    def state(self) -> dict[str, Kept]:
        """Return what is in the places now."""
        return {name: _keep(place) for name, place in self.places.items()}

    def accept(self, before: dict[str, Kept], binds: Iterable[str], whole: bool) -> None:
        """Take what the instructor's code has made of the places since `before` as meant so.

        binds: the names that it gives a value; `whole`: whether it ran to its end.
        """
        self.kept |= {name: _keep(self.places[name]) for name, kept in before.items()
                      if not kept.is_in(self.places[name])}  # fmt: skip
        for name in binds:
            if name in self.names and (whole or name not in before):
                self.places[name] = Place(self.names, name)
                self.kept[name] = _keep(self.places[name])

    def changed(self, names: Iterable[str], exempt: Iterable[str]) -> list[str]:
        """Return which of the names, and of the built-ins, a learner's cell has changed."""
        wanted = {*names, *(name for name in self.places if name.startswith(BUILT_IN))}
        wanted -= {*exempt, *(f"{BUILT_IN}{name}" for name in exempt)}
        return sorted(name for name in wanted & self.kept.keys()
                      if not self.kept[name].is_in(self.places[name]))  # fmt: skip

    @contextlib.contextmanager
    def put_back(self, names: Iterable[str]) -> Iterator[None]:
        """Put places back for the time of a block, other than what a name of the notebook means.

        Afterwards what the learner had made of them is there again, unless the block changed it.
        """
        theirs = {name: _keep(self.places[name]) for name in names}
        for name in theirs:
            self._put(name, self.kept[name])
        try:
            yield
        finally:
            for name, kept in theirs.items():
                if self._is_own(name) or self.kept[name].is_in(self.places[name]):
                    self._put(name, kept)

    def _put(self, name: str, kept: Kept) -> None:
        with contextlib.suppress(Exception):
            if not self._is_own(name) and self.places[name].get() is not kept.value:
                self.places[name].put(kept.value)
            if kept.guts is not None and not _same(_guts(kept.value), kept.guts):
                function, (code, defaults, keywords) = kept.value, kept.guts
                function.__code__, function.__defaults__ = code, defaults
                function.__kwdefaults__ = keywords

    def _is_own(self, name: str) -> bool:
        return self.places[name].owner is self.names

    def meant(self, changed: Iterable[str], exempt: Iterable[str]) -> dict[str, object]:
        """Return what the instructor means by names of the notebook that now mean something else.

        They are among `changed`, or hide a built-in.
        """
        values = {name: self.kept[name].value for name in changed if self._is_own(name)}
        hidden = {name for name in self.names if f"{BUILT_IN}{name}" in self.kept}
        hidden -= {*exempt, *self.kept, *IPYTHONS}
        return values | {name: self.kept[f"{BUILT_IN}{name}"].value for name in hidden}


def _found(dotted: str) -> Place | None:
    """Return the place of an attribute of a loaded module, or of a class in it."""
    parts = dotted.split(".")
    for length in range(len(parts) - 1, 0, -1):
        owner = sys.modules.get(".".join(parts[:length]))
        if owner is not None:
            return _within(owner, parts[length:])
    return None


def _within(owner, path: list[str]) -> Place | None:
    for part in path[:-1]:
        owner = getattr(owner, part, None)
    if isinstance(owner, types.ModuleType):
        return Place(vars(owner), path[-1]) if path[-1] in vars(owner) else None
    known = isinstance(owner, type) and path[-1] in vars(owner)
    return Place(owner, path[-1]) if known else None

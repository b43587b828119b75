"""Idioms of ordinary nbgrader tests, in packs that fit into a notebook each; see `tables`."""

import idioms_data
import idioms_language
import idioms_notebook
import idioms_world
from tables import Exercise, handed_in, read, source
from two_graders import Assignment

VARIANTS = ("right", "wrong", "wrong-again")
PACKS = {
    "language": read(idioms_language.TEXT),
    "notebook": read(idioms_notebook.TEXT),
    "data": read(idioms_data.TEXT),
    "world": read(idioms_world.TEXT),
}
ALL = [(pack, idiom) for pack, idioms in PACKS.items() for idiom in idioms]


def place(pack: str, variant: int) -> str:
    """Return the assignment where a variant of a pack's idioms is graded."""
    return pack if variant < 2 else f"{pack}-again"


def assignments(pack: str) -> list[Assignment]:
    """Return a pack as an assignment of one notebook, with a class of two.

    The few idioms that have a second wrong answer are another assignment, with a class of one.
    """
    again = [idiom for idiom in PACKS[pack] if len(idiom.gives) > 2]
    made = [_assignment(pack, PACKS[pack], (0, 1))]
    return made + ([_assignment(place(pack, 2), again, (2,))] if again else [])


def _assignment(name: str, idioms: list[Exercise], variants: tuple[int, ...]) -> Assignment:
    learners = {VARIANTS[k]: {name: handed_in(idioms, k)} for k in variants}
    files = idioms_world.FILES if name == "world" else {}
    return Assignment(name, {name: source(idioms)}, files, learners)

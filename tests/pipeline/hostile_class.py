"""The hostile class: what a clever, a malicious and a hapless learner may hand in.

Each submission says what is right for it, which is not up to the grader: the points that its
working parts earned, and how it ends.
"""

from hostile_accidents import BOMBS, ENDINGS, ENDLESS, POISONERS, VICTIMS
from hostile_attacks import ATTACKS, FORGERIES
from hostile_files import CELLS, FILES, ODD_NAMES
from hostile_honest import HONEST, NEIGHBOUR, NEIGHBOUR_CANARY

__all__ = ["CLASS", "NEIGHBOUR", "NEIGHBOUR_CANARY", "ROW"]

CLASS = [*ATTACKS, *FORGERIES, *ENDLESS, *ENDINGS, *BOMBS, *CELLS, *FILES, *ODD_NAMES, *HONEST]
# Graded one after the other by a single worker: what one leaves behind, the next one meets.
ROW = sorted([*POISONERS, *VICTIMS], key=lambda each: each.name)

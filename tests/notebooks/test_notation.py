"""One notation in the whole course: nothing of the first edition's is left in lessons 00 to 11.

Looked through: the notebooks' text and code, what their cells show, the messages and hints of
their exercises, the formula sheet and the glossary.
"""

import re
from pathlib import Path

import nbformat
import pytest

from lessonlib.lessons import LESSONS

ROOT = Path(__file__).parents[2]
NEW = [each for each in LESSONS if each.name[:2] <= "11" or each.name.startswith("x")]
OLD = {
    "the learning rate is η, `learning_rate`": r"\blr\b|α|\\alpha\b|\balpha\b|\\mathrm\{lr\}",
    "weights are W₁, `W1`": r"\bw[12]_(?:start|history|next)\b|\bd?w[12] @|@ d?w[12]\b",
    "L is no depth": r"n_L\b|\^\{?\[L\]|W_L\b|layer L\b",
    "ε is Adam's; a nudge is h": r"ε|\\(?:var)?epsilon\b|\bepsilon\b",
    "a displacement is a step": r"\bz \+ dz\b|displacement dz|by dz\b",
    "matrices are transposed": r"\bturned (?:round|over)\b|\bturn(?:ed|ing)? (?:W|X)\b",
    "⊙ multiplies entry by entry": r"\\circ\b|\\cdot\s*\[Z",
    "a unit has no subscript": r"\bunit 0\b",
}
TRANSLATED = {
    "after, not behind": r"digits? behind the point|behind it stands|stands? behind\b",
    "except where": r"right but where|but where\b",
    "asked for": r"\b[Aa]sked is\b|\b[Aa]sked are\b",
    "predict": r"\bforetell",
    "tossed": r"\bthrown? (?:with|by) a coin|coin (?:was|is) thrown",
    "say what it is": r"what stands there\b|is right so\b|belongs into\b",
}


def shown(output) -> str:
    if output.output_type == "stream":
        return output.text
    return str(output.get("data", {}).get("text/plain", ""))


def texts():
    """Yield (where, text) of all that a learner reads in the new lessons."""
    for lesson in NEW:
        path = ROOT / "solutions" / lesson.name / f"{lesson.name}.ipynb"
        for number, cell in enumerate(nbformat.read(path, as_version=4).cells, start=1):
            yield f"{lesson.name}, cell {number}", cell.source
            for output in cell.get("outputs", []):
                yield f"{lesson.name}, output of cell {number}", shown(output)
        yield f"{lesson.name}, slips.txt", (lesson.folder / "slips.txt").read_text()
    sheet = (ROOT / "course/formulas.md").read_text()
    for part in re.split(r"^(?=## )", sheet, flags=re.MULTILINE):
        if part[3:5] <= "11" or part.startswith("## x"):
            yield "formulas.md", part


TEXTS = list(texts())


@pytest.mark.parametrize("rule", OLD | TRANSLATED)
def test_nothing_of_the_old_notation_is_left(rule):
    old = re.compile((OLD | TRANSLATED)[rule])
    found = [f"{where}: …{text[max(0, m.start() - 30) : m.end() + 30]!r}"
             for where, text in TEXTS for m in old.finditer(text)]  # fmt: skip
    assert found == []

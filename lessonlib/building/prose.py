"""The words of a lesson's Markdown, as they are read."""

import re

FOLD = re.compile(r"<details>.*?</details>", re.DOTALL)
FORMULA = re.compile(r"\$\$.+?\$\$|\$.+?\$", re.DOTALL)
TAG = re.compile(r"<[^>]+>")
WORD = re.compile(r"\S*\w\S*")
LAYOUT = re.compile(
    r"\\(?:begin|end)\{\w+\}|\\(?:mathrm|text|textstyle|left|right|big|quad|qquad|underbrace)\b"
)
SPOKEN = re.compile(r"\\?[A-Za-z]+|\d+(?:\.\d+)?|[-+=<>/]")


def words(text: str) -> int:
    """Count the words of Markdown; each letter, number and sign of a formula is one."""
    formulas = " ".join(FORMULA.findall(text))
    prose = TAG.sub(" ", FORMULA.sub(" ", text))
    return len(WORD.findall(prose)) + len(SPOKEN.findall(LAYOUT.sub(" ", formulas)))

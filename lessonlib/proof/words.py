"""What hints, explanations and messages have to be like: short, plain, and no solution."""

import ast
import re
from collections.abc import Iterator

from lessonlib.checks import Exercise

HINTS = 2, 80, 160  # how many at least, and how many words they have together
MESSAGE = 20, 120  # words of the whole message about a mistake
WIDTH = 76  # of its lines; nbgrader's Validate button cuts longer ones
NAME = 9  # words at most
SENTENCE = 40  # words at most
TELLING = 10  # characters of code that would give the solution away


def about_hints(exercise: Exercise) -> Iterator[str]:
    """Yield what is wrong with an exercise's hints."""
    fewest, least, most = HINTS
    words = sum(len(hint.split()) for hint in exercise.hints)
    if len(exercise.hints) < fewest:
        yield f"it has {len(exercise.hints)} hints, and needs {fewest}"
    elif not least <= words <= most:
        yield f"its hints have {words} words together, and should have {least} to {most}"


def about_message(message: str) -> Iterator[str]:
    """Yield what is wrong with the message about a mistake; indented lines hold values."""
    least, most = MESSAGE
    prose = [line for line in message.split("\n") if not line.startswith("    ")]
    words = len(" ".join(prose).split())
    if not least <= words <= most:
        yield f"its message has {words} words, and should have {least} to {most}"
    if max(map(len, message.split("\n"))) > WIDTH:
        yield f"its message has a line of more than {WIDTH} characters"


def about_explanation(name: str, why: str, solution: list[str]) -> Iterator[str]:
    """Yield what is wrong with a mistake's name and explanation."""
    if len(name.split()) > NAME:
        yield f"its name has more than {NAME} words"
    if not why:
        yield "it has no explanation: indent one below it"
    if any(len(sentence.split()) > SENTENCE for sentence in re.split(r"[.!?:]\s", why)):
        yield f"its explanation has a sentence of more than {SENTENCE} words"
    for code in solution:
        if _bare(code) in _bare(why):
            yield f"its explanation gives the solution away: {code}"


def telling(tree: ast.AST) -> list[str]:
    """Return the expressions of a reference that would give its solution away; no bare names."""
    values = [s.value for s in ast.walk(tree) if isinstance(s, ast.Assign | ast.Return) and s.value]
    items = [item for v in values for item in (v.elts if isinstance(v, ast.Tuple) else [v])]
    codes = [ast.unparse(item) for item in items if not isinstance(item, ast.Name)]
    return [code for code in codes if len(_bare(code)) >= TELLING]


def _bare(text: str) -> str:
    return re.sub(r"\s", "", text)

"""The words of a verdict: which output of what is wrong, on which case, and why it may be so."""

import re
import textwrap
from dataclasses import replace

import numpy as np

from lessonlib.checks.asking import Problem
from lessonlib.checks.comparing import as_numbers, describe
from lessonlib.checks.exercise import Case, Exercise
from lessonlib.checks.plain import Opaque
from lessonlib.checks.verdict import Location, OutputResult, Verdict

WIDTH = 74  # nbgrader's Validate button cuts longer lines


def number(points: float) -> str:
    """Return points without needless zeros: 4, 1.33."""
    return f"{points:.2f}".rstrip("0").rstrip(".")


def points_of(points: float, max_points: float) -> str:
    """Return "1 of 1 point", "1.33 of 4 points"."""
    return f"{number(points)} of {number(max_points)} point{'s' * (max_points != 1)}"


def listing(names) -> str:
    """Return "a", "a and b", "a, b and c"."""
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def opening(names: str) -> str:
    """Return what a sentence opens with: "The cost" of "the cost"; a name in code stays."""
    return names[0].upper() + names[1:] if names.startswith(("the ", "a ", "an ")) else names


def paragraph(text: str) -> str:
    """Return a text in lines that fit a notebook and the Validate button."""
    return textwrap.fill(" ".join(text.split()), WIDTH)


def brief(value) -> str:
    """Return a plain value in few digits, cut where it is large."""
    numbers = as_numbers(value)
    if numbers is None or isinstance(value, bool):
        return textwrap.fill(textwrap.shorten(_in_words(value), 200), 58)
    numbers = numbers + 0 if numbers.dtype.kind in "fc" else numbers  # -0. would only puzzle
    with np.printoptions(precision=4, suppress=_of_one_size(numbers), threshold=40, linewidth=58):
        return str(numbers[()]) if numbers.ndim else _one_number(numbers)


def _in_words(value) -> str:
    if isinstance(value, set):  # in an order that is the same each time
        return "{" + ", ".join(sorted(map(repr, value))) + "}" if value else "an empty set"
    return value.text if isinstance(value, Opaque) else repr(value)


def _of_one_size(numbers: np.ndarray) -> bool:
    """Return whether the numbers can be read without exponents."""
    sizes = np.abs(numbers[np.isfinite(numbers) & (numbers != 0)])
    return not sizes.size or (sizes.max() < 1e6 and sizes.min() > 1e-4)


def in_few_digits(number, among: np.ndarray, digits: int = 4) -> str:
    """Return one number of an array, without an exponent where none of them needs one."""
    if not isinstance(number, np.inexact):
        return str(number)
    if isinstance(number, np.floating) and np.isfinite(number) and _of_one_size(among):
        return np.format_float_positional(number + 0.0, precision=digits, trim="-")
    return f"{number + 0.0:.{digits}g}"


def _one_number(numbers: np.ndarray) -> str:
    value = numbers.item()
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def beside(mine, expected) -> str:
    """Return both values, one under the other, each with its shape."""
    return "\n".join([_labelled("yours", mine), _labelled("expected", expected)])


def only_mine(mine) -> str:
    """Return the answer's value where showing the right one would give the answer away."""
    return _labelled("yours", mine)


def _labelled(label: str, value) -> str:
    lead = f"    {label:<10}"
    text = lead + textwrap.indent(brief(value), " " * len(lead)).lstrip()
    numbers = as_numbers(value)
    if numbers is None or not numbers.ndim:
        return text
    fits = len(text.split("\n")[-1]) + len(describe(value)) + 3 <= WIDTH
    return text + ("   " if fits else "\n" + " " * len(lead)) + describe(value)


def message(verdict: Verdict) -> str:
    """Return a verdict in words: what is wrong, on which inputs, from which line on, and why."""
    parts = [
        verdict.head,
        paragraph(verdict.doubt),
        verdict.wrong,
        _on_these(verdict),
        paragraph(about_step(verdict.step)) if verdict.step else "",
        paragraph(about_edit(verdict.edit, verdict.step)) if verdict.edit else "",
        paragraph(why(verdict)),
        *map(paragraph, verdict.notes),
    ]
    return "\n".join(filter(None, parts))


def why(verdict: Verdict) -> str:
    """Return the likely reason; whoever is told the line need not look for it by hand."""
    if not verdict.step and not verdict.edit:
        return verdict.why
    return re.sub(r" ?Work [^.]* out by hand,? and compare step by step\.", "", verdict.why)


def _on_these(verdict: Verdict) -> str:
    """Return the inputs of the case that a message shows, or where there are some like them."""
    if verdict.inputs:
        return f"with\n{textwrap.indent(verdict.inputs, '    ')}"
    if verdict.number is None:
        return ""
    return paragraph(like_these(verdict))


def like_these(verdict: Verdict) -> str:
    """Return how to get inputs like those of the case, which are a secret."""
    which = f", {verdict.number}" if verdict.number else ""
    return f'Inputs like these: `case("{verdict.exercise}"{which})`.'


def about_step(step: Location) -> str:
    """Return what is said of the first line that goes another way than it should."""
    return f"{step.about.rstrip('.:')}: line {step.line}, `{step.code}`."


def about_edit(edit: Location, step: Location | None = None) -> str:
    """Return what is said of the place that one small change would mend; `step` is named before."""
    what = f": {edit.about}" if edit.about else ""
    if step is None or (edit.line, edit.function) != (step.line, step.function):
        return f"Look at line {edit.line}, `{edit.code}`{what}."
    return f"Look there{what}." if edit.code == step.code else f"Look there at `{edit.code}`{what}."


def about_output(result: OutputResult, names: list[str], reveal: bool) -> str:
    """Return the part of a message that shows one wrong output, or several with one reason."""
    verb = "are" if len(names) > 1 else "is"
    where = f" for {result.case}" if result.case else ""
    shown = f", here {names[0]}" if len(names) > 1 else ""
    head = paragraph(f"{opening(listing(names))} {verb} wrong{where}{shown}:")
    return "\n".join(
        [head, beside(result.mine, result.expected) if reveal else only_mine(result.mine)]
    )


def reason(result: OutputResult) -> str:
    """Return why an output is wrong, as far as that is known."""
    named = f"Looks like: {result.mistake}. " if result.mistake else ""
    return named + result.reason


def about_problem(exercise: Exercise, case: Case, problem: Problem) -> list[str]:
    """Return the lines that tell why an answer gave no value."""
    name, where = exercise.function, f" for {case.about}" if case.about else ""
    if problem.kind == "raised":
        lines = [f"    {line}" for line in textwrap.wrap(_plainly(problem.text), WIDTH - 4)]
        if problem.line:
            lines.append(f"    in your line: {textwrap.shorten(problem.line, WIDTH - 18)}")
        return [paragraph(f"{name} stopped with an error{where}:"), *lines]
    if problem.kind == "stub" and problem.text not in ("", name):
        return [paragraph(_CALLS_A_STUB.format(name=name, stub=problem.text))]
    seconds = f"{exercise.seconds:g} second{'s' * (exercise.seconds != 1)}"
    return [paragraph(_STOPPED[problem.kind].format(name=name, where=where, seconds=seconds))]


def with_name(verdict: Verdict, mistake: str, why: str) -> Verdict:
    """Return a verdict that names a mistake which was found later; without a why, in silence."""
    found = f"{verdict.why} Looks like: {mistake}. {why}".strip() if why else verdict.why
    return replace(verdict, mistake=mistake, why=found)


def not_written(name: str) -> str:
    """Return what is said of a function that is still as it was handed out."""
    return _STOPPED["stub"].format(name=name, where="")


def is_harmful(message: str) -> bool:
    """Return whether a message says that an answer did not end, or ended its process."""
    text = " ".join(message.split())
    signs = ("and was stopped", "more memory than there is", "ended the process")
    return any(sign in text for sign in signs)


def is_unanswered(message: str) -> bool:
    """Return whether a message says that an answer is still as it was handed out."""
    text = " ".join(message.split())
    return "Replace that line with your code" in text or "still `...`" in text


def about_changes(exercise: Exercise, changed: list[int]) -> str:
    """Return why an answer must leave its arguments alone."""
    names = listing([exercise.parameters[i] for i in changed])
    return (
        f"{exercise.function} changes its argument{'s' * (len(changed) > 1)} {names}. Whoever "
        "called it still needs the old values. An assignment with [ ] on the left, and +=, -= or "
        "*=, write into the array or dictionary itself: make a new one instead."
    )


_STOPPED = {
    "stub": "{name} is not written yet: it still raises NotImplementedError. Replace that line "
    "with your code, run the cell, then run this check again.",
    "memory": "{name} asked for more memory than there is{where}. A loop that never stops "
    "appending, or a shape that multiplies two large sizes, does that. Print the shapes.",
    "timeout": "{name} did not finish within {seconds}{where} and was stopped. "
    "Look for a loop that never ends: does its condition ever become false?",
    "died": "{name} ended the process that it ran in{where}. Look for exit(), for a recursion "
    "without an end, or for very large arrays. Your notebook itself is unharmed.",
}

_CALLS_A_STUB = (
    "{name} uses your {stub}, and that one is not written yet: it still raises "
    "NotImplementedError. Write {stub} in its cell, run that cell, then run this check again."
)

_PLAIN_WORDS = (
    (
        r"TypeError: Cannot interpret '\d+' as a data type.*",
        r"A shape is one argument: its sizes need parentheses of their own, as in "
        r"np.zeros((4, 1)).",
    ),
    (
        r"ValueError: all the input arrays? must have same number of dimensions.* has "
        r"(\d+) dimension.* has (\d+) dimension.*",
        r"Arrays that are to be joined must have equally many sizes. Here one has \1 and another "
        r"\2: a flat array has one, a column such as np.ones((m, 1)) has two.",
    ),
    (
        r"ValueError: matmul: Input operand \d does not have enough dimensions.*",
        r"On one side of the @ stands a single number. A matrix product needs an array on either "
        r"side.",
    ),
    (
        r"ValueError: non-broadcastable output operand with shape (\(.*?\)) doesn't match the "
        r"broadcast shape (\(.*?\)).*",
        r"A result of shape \2 should be written into an array of shape \1, and does not fit.",
    ),
    (
        r"TypeError: tuple indices must be integers or slices, not str.*",
        r"This looks up a name in a tuple, as if it were a dictionary. Where a function returns "
        r"two values, take them apart: two names on the left of the =.",
    ),
    (
        r"ValueError: .*size (\d+) is different from (\d+).*",
        r"In a matrix product the inner sizes must be equal. Here they are \2 and \1.",
    ),
    (
        r"ValueError: shapes (\(.*?\)) and (\(.*?\)) not aligned.*",
        r"In a matrix product the inner sizes must be equal. Here the shapes are \1 and \2.",
    ),
    (
        r"ValueError: operands could not be broadcast together with shapes (.*)",
        r"These shapes do not fit each other entry by entry: \1.",
    ),
    (
        r"ValueError: The truth value of an array.*",
        r"An array of answers was used where Python needs a single yes or no (in an if, and, or, "
        r"not, min or max).",
    ),
    (
        r"UnboundLocalError: .*local variable '(\w+)'.*",
        r"The name \1 is used before this function has given it a value. (In a class: is "
        r"self.\1 meant?)",
    ),
)


def _plainly(error: str) -> str:
    """Return NumPy's most frequent complaints in plain words, any other as it is."""
    for pattern, words in _PLAIN_WORDS:
        if re.fullmatch(pattern, error.strip(), flags=re.DOTALL):
            return re.sub(pattern, words, error.strip(), flags=re.DOTALL)
    return error

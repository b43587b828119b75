"""A verdict as HTML: what `Verdict.message` says, with tables, marks and folds.

It needs no script, takes its colours from the page that it is on, and marks nothing by colour
alone. Whatever an answer has put into a verdict is escaped.
"""

import ast
import html
import re
from itertools import groupby
from textwrap import dedent

import numpy as np

from lessonlib.checks import wording
from lessonlib.checks.comparing import as_numbers, describe
from lessonlib.checks.exercise import Exercise
from lessonlib.checks.verdict import OutputResult, Verdict

MOST_ROWS, MOST_COLUMNS = 8, 8
NEAR = 1e-7  # of the largest number: what is nearer is not marked

# The fallbacks are for pages without JupyterLab's colours; a tint leaves text readable on light and
# on dark. & is the verdict, twice: so it counts for more than JupyterLab's own rules.
RULES = """
& {border-left:4px solid #c77700; background:rgba(199,119,0,.1); padding:.4em .8em; margin:.3em 0;
   max-width:48em; line-height:1.45; color:var(--jp-content-font-color1,inherit);
   overflow-wrap:anywhere}
&.ll-right {border-color:#2e7d32; background:rgba(46,125,50,.12)}
& p {margin:.35em 0}
& .ll-head {font-weight:bold}
& pre {padding:.35em .6em; margin:.35em 0; white-space:pre; overflow-x:auto}
& pre, & code {font-family:var(--jp-code-font-family,monospace); font-size:.93em; color:inherit;
   background:rgba(128,128,128,.13)}
& code {padding:0 .2em}
& .ll-inputs {display:flex; flex-wrap:wrap; gap:.4em; overflow-x:auto}
& .ll-inputs pre {margin:0; overflow:visible; flex:none}
& .ll-pair {display:flex; flex-wrap:wrap; gap:.3em 2.2em}
& .ll-pair > div {max-width:100%; overflow-x:auto}
& table {border-collapse:collapse; margin:.2em 0; font-size:1em; table-layout:auto}
& caption {caption-side:top; text-align:left; color:inherit; font-weight:bold; white-space:nowrap}
& tbody tr:nth-child(n), & tbody tr:nth-child(n):hover {background:none}
& td {text-align:right; padding:.1em .5em; border:1px solid rgba(128,128,128,.45);
   font-family:var(--jp-code-font-family,monospace); font-size:.93em; white-space:nowrap;
   max-width:none}
& td.ll-off {border:2px solid; font-weight:bold}
& summary {cursor:pointer}
& details {margin:.15em 0}
"""
STYLE = f"<style>{RULES.replace('&', '.ll-verdict.ll-verdict')}</style>"

NO_MATHEMATICS = "tex2jax_ignore mathjax_ignore"  # what an answer says must not be typeset
NO_SHORTCUTS = 'data-lm-suppress-shortcuts="true"'  # JupyterLab leaves Enter to a fold


def as_html(verdict: Verdict, exercise: Exercise, more: str = "") -> str:
    """Return a verdict as HTML; `more` is said of the lesson, where an answer is right."""
    colour = " ll-right" if verdict.passed else ""
    head = [f'<p class="ll-head">{prose(verdict.head)}</p>', _p(verdict.doubt), _p(more)]
    parts = [] if verdict.passed else [*_what_is_wrong(verdict, exercise), *_where(verdict)]
    parts += [_p(wording.why(verdict)), *map(_p, verdict.notes)]
    folds = [] if verdict.passed else [_by_yourself(verdict, exercise), *_hints(exercise)]
    return "\n".join(
        [
            f'<div class="ll-verdict{colour} {NO_MATHEMATICS}" {NO_SHORTCUTS}>{STYLE}',
            f'<div role="status">{"".join(head)}</div>',
            *filter(None, [*parts, *folds]),
            "</div>",
        ]
    )


def prose(text: str) -> str:
    """Return a text with its `code` marked."""
    return re.sub("`([^`]+)`", r"<code>\1</code>", html.escape(" ".join(text.split())))


def _p(text: str) -> str:
    return f"<p>{prose(text)}</p>" if text else ""


def _code(text: str) -> str:
    return f'<pre tabindex="0">{html.escape(text)}</pre>'


# --- what is wrong -----------------------------------------------------------------------------


def _what_is_wrong(verdict: Verdict, exercise: Exercise) -> list[str]:
    """Return the values that are wrong, or why there are none, and the inputs."""
    result = next((result for result in verdict.outputs if not result.right), None)
    shown = _in_blocks(verdict.wrong) if result is None else _beside(verdict, result, exercise)
    if verdict.inputs.startswith("from "):  # a call tells nothing before it is run
        return shown
    if verdict.inputs:
        return [*shown, "<p>with</p>", _side_by_side(verdict.inputs)]
    return [*shown, _p(wording.like_these(verdict)) if verdict.number is not None else ""]


def _side_by_side(inputs: str) -> str:
    """Return each input in a box of its own: there is room for two or three in a row."""
    statements = (ast.get_source_segment(inputs, each) or "" for each in ast.parse(inputs).body)
    boxes = "".join(f"<pre>{html.escape(statement)}</pre>" for statement in statements)
    return f'<div class="ll-inputs" role="group" tabindex="0" aria-label="the inputs">{boxes}</div>'


def _beside(verdict: Verdict, result: OutputResult, exercise: Exercise) -> list[str]:
    lead = [line for line in verdict.wrong.split("\n") if not line.startswith("    ")]
    if not exercise.reveal:
        values = [_value("yours", result.mine)]
    else:
        off = _off(result)
        digits = 4 if off is None or _can_be_told(result, off) else 10
        values = [
            _value("yours", result.mine, off, digits),
            _value("expected", result.expected, digits=digits),
        ]
    return [_p(" ".join(lead)), f'<div class="ll-pair">{"".join(values)}</div>']


def _can_be_told(result: OutputResult, off: np.ndarray) -> bool:
    """Return whether numbers that differ look different in four digits."""
    pairs = zip(
        *(np.asarray(as_numbers(v))[off] for v in (result.mine, result.expected)), strict=True
    )
    return all(f"{a:.4f}" != f"{b:.4f}" and f"{a:.3g}" != f"{b:.3g}" for a, b in pairs)


def _off(result: OutputResult) -> np.ndarray | None:
    """Return where the answer's numbers are not the expected ones; None where all is different."""
    mine, right = as_numbers(result.mine), as_numbers(result.expected)
    if mine is None or right is None or mine.shape != right.shape:
        return None
    near = NEAR * np.max(np.abs(right[np.isfinite(right)]), initial=0.0) + 1e-12
    with np.errstate(invalid="ignore"):
        return ~(np.abs(mine.astype(complex) - right) <= near)


def _value(label: str, value, off: np.ndarray | None = None, digits: int = 4) -> str:
    """Return a value as a table, or as text where it is none or would be too large."""
    numbers = as_numbers(value)
    if numbers is None or numbers.ndim > 2 or not numbers.size or _is_large(numbers):
        kind = "" if numbers is None else f", {describe(value)}"
        return f"<div><p><b>{label}</b>{html.escape(kind)}</p>{_code(wording.brief(value))}</div>"
    caption = f"{label}, {describe(value)}" if numbers.ndim else label
    marks = np.zeros(numbers.shape, bool) if off is None else off
    rows = zip(np.atleast_2d(numbers), np.atleast_2d(marks), strict=True)
    cells = "".join(f"<tr>{_row(row, wrong, numbers, digits)}</tr>" for row, wrong in rows)
    # It can be scrolled where it is too wide: so it can be reached from the keyboard, too.
    return (
        f'<div role="group" tabindex="0" aria-label="{html.escape(caption)}"><table>'
        f"<caption>{html.escape(caption)}</caption><tbody>{cells}</tbody></table></div>"
    )


def _is_large(numbers: np.ndarray) -> bool:
    rows, columns = np.atleast_2d(numbers).shape
    return rows > MOST_ROWS or columns > MOST_COLUMNS


def _row(row: np.ndarray, wrong: np.ndarray, numbers: np.ndarray, digits: int) -> str:
    told = (wording.in_few_digits(number, numbers, digits) for number in row)
    return "".join(
        f'<td class="ll-off">{text} ≠</td>' if off else f"<td>{text}</td>"
        for text, off in zip(map(html.escape, told), wrong, strict=True)
    )


def _in_blocks(text: str) -> list[str]:
    """Return a text's paragraphs, and what is indented in it as it is."""
    blocks = groupby(text.split("\n"), key=lambda line: line.startswith("    "))
    joined = ((indented, "\n".join(lines)) for indented, lines in blocks)
    return [_code(dedent(lines)) if indented else _p(lines) for indented, lines in joined]


# --- where it is, and what helps ---------------------------------------------------------------


def _where(verdict: Verdict) -> list[str]:
    """Return the learner's own lines: the first that differs, the one that a change would mend."""
    step, edit = verdict.step, verdict.edit
    told = []
    if step:
        told += [_p(f"{step.about.rstrip('.:')}: line {step.line}"), _code(step.code)]
    return told + [_p(wording.about_edit(edit, step)) if edit else ""]


def _by_yourself(verdict: Verdict, exercise: Exercise) -> str:
    """Return a fold with a cell to run: the inputs, and the call of the answer.

    None for what had to be stopped: it would take the notebook with it.
    """
    if not verdict.inputs or wording.is_harmful(verdict.wrong):
        return ""
    tree = ast.parse(verdict.inputs)
    names = [
        n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    ]
    arguments = "*inputs" if names == ["inputs"] else ", ".join(names)
    call = "" if exercise.script else f"\n{exercise.function}({arguments})"
    return _fold("Run it yourself, in a new cell", _code(verdict.inputs + call))


def _hints(exercise: Exercise) -> list[str]:
    count = len(exercise.hints)
    return [_fold(f"Hint {i} of {count}", _p(hint)) for i, hint in enumerate(exercise.hints, 1)]


def _fold(title: str, content: str) -> str:
    return f"<details><summary>{title}</summary>{content}</details>"

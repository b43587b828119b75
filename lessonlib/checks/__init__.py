"""What right and wrong mean: exercise, case, mistake, judge, verdict. Knows no lesson."""

from lessonlib.checks.exercise import Case, Exercise, Malformed, Mistake
from lessonlib.checks.judging import judge
from lessonlib.checks.verdict import OutputResult, Verdict

__all__ = ["Case", "Exercise", "Malformed", "Mistake", "OutputResult", "Verdict", "judge"]

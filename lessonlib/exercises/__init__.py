"""The kit with which exercises are written: see docs/writing-exercises.md.

An exercise is its reference, decorated; a slip is the line that a learner wrote instead.
"""

from lessonlib.checks import Case, Malformed
from lessonlib.exercises.writing import Written, exercise, gives, mistake, written_in

__all__ = ["Case", "Malformed", "Written", "exercise", "gives", "mistake", "written_in"]

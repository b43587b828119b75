"""The instructor's side: grading a class safely, and reporting on it.

`grade` is the pure function from a submission's bytes to points. Its notebook is read and repaired
(`submission`) and runs in a process of its own that is locked away (`guest`); the judge (`host`)
asks that process and decides; what both speak is the `protocol`. The instructor's solution is
graded first (`model`). `classroom` maps all that over a class, and `report` tells how it did.
Nothing that a learner imports may import this package.
"""

from lessonlib import lean  # noqa: F401  before a worker imports nbformat

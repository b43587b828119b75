"""The instructor's side: grading a class safely, and reporting on it.

`grade` is the pure function from a submission's bytes to points. Its notebook is read and repaired
(`submission`); its cells run in a process of their own that is locked away (`inside`); test cells
run here (`examining`), and reach what it defined through handles (`remote`). Only plain data
crosses. `classroom` maps all that over a class, and `report` tells how the class did. Nothing that
a learner imports may import this package.
"""

from lessonlib import lean  # noqa: F401  before a worker imports nbformat

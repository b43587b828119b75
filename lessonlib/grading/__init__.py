"""The instructor's side: grading a class safely, and reporting on it.

`grade` is the pure function from a submission's bytes to points. Its notebook is read and repaired
(`submission`); its cells run in a process of their own that is locked away (`inside`); test cells
run here (`examining`), and reach what it defined through handles (`remote`). Only plain data
crosses. `classroom` maps all that over a class, and `report` tells how the class did. Nothing that
a learner imports may import this package.
"""

import sys

# nbformat brings in a grammar of web addresses that takes two seconds to build, in every process,
# and that no notebook needs: jsonschema does without it where it cannot be imported.
sys.modules.setdefault("rfc3987_syntax", None)

"""The instructor's side: grading a class safely, and reporting on it.

A submission's cells run in a process of their own (`inside`), locked away by `isolation`; test
cells run here, and reach what the submission defined through `remote` handles. Only plain data
crosses. `grade` is the pure function from a submission's bytes to points; `classroom` maps it over
a class. Nothing that a learner imports may import this package.
"""

import sys

# nbformat brings in a grammar of web addresses that takes two seconds to build, in every process,
# and that no notebook needs: jsonschema does without it where it cannot be imported.
sys.modules.setdefault("rfc3987_syntax", None)

"""Imported before nbformat, this spares every process two seconds. It poisons `sys.modules`.

nbformat imports jsonschema, and that imports `rfc3987_syntax`, a grammar of web addresses that
takes so long to build and that no notebook needs. None in `sys.modules` makes that import fail, and
jsonschema then does without it; neither has an option for that. So nobody can import the grammar in
a process that imports this: the `lessonlib` command and its workers, never a learner's kernel.
"""

import sys

sys.modules.setdefault("rfc3987_syntax", None)

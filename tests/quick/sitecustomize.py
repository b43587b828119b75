"""Python imports this in every process of the tests (see conftest.py)."""

import sys

# What lessonlib/lean.py does for our own command, for nbgrader, Jupyter and their kernels as well.
sys.modules.setdefault("rfc3987_syntax", None)

"""Imported before nbformat, this spares every process two seconds.

nbformat brings in a grammar of web addresses that takes that long to build, and that no notebook
needs: jsonschema does without it where it cannot be imported.
"""

import sys

sys.modules.setdefault("rfc3987_syntax", None)

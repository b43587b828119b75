"""The lessons' tests have the variants."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "lessons"))

"""What makes submissions for whole rounds makes them for platforms, too."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "pipeline"))

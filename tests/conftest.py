"""What every test may rely on."""

import os
import sys

# nbgrader calls alembic by its bare name, also where no environment was activated.
os.environ["PATH"] = os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]])

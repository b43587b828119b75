"""The `lessonlib` command, as it is installed; also `python -m lessonlib`.

Without typer there is no command line, but there is this sentence of what to install.
"""

import sys

from lessonlib.extras import what_to_install


def main() -> None:
    """Run the command, or say in a sentence what it lacks and exit with code 1."""
    try:
        from lessonlib.cli import main as run
    except ModuleNotFoundError as error:
        print(what_to_install(error), file=sys.stderr)
        sys.exit(1)
    run()


if __name__ == "__main__":
    main()

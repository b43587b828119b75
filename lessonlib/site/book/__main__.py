"""`python -m lessonlib.site.book OUT`: makes the book of the course that this folder is in."""

import argparse
import sys
from pathlib import Path

from lessonlib import lean  # noqa: F401  before anything imports nbformat
from lessonlib.errors import UserError
from lessonlib.project import find_root
from lessonlib.site.book import CACHE, build


def main() -> None:
    """Make the book, or say in a sentence why not and exit with code 1."""
    parser = argparse.ArgumentParser(prog="lessonlib.site.book", description=__doc__)
    parser.add_argument("out", type=Path, help="the folder to put it in; what is there goes")
    parser.add_argument("--address", default="", help="of the browser edition, to link to it")
    parser.add_argument(
        "--repository", default="", help="https://github.com/OWNER/NAME: for links to Colab"
    )
    parser.add_argument("--cache", type=Path, default=CACHE, help="where downloads are kept")
    given = parser.parse_args()
    try:
        build(find_root() / "course", given.out, given.address, given.repository, given.cache)
    except UserError as error:
        print(error, file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()

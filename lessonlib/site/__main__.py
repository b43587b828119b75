"""`python -m lessonlib.site OUT`: the browser edition, with the book in it; `make site` runs it."""

import argparse
import sys
from pathlib import Path

from lessonlib.errors import UserError
from lessonlib.project import find_root
from lessonlib.site import book, browser

PUBLIC = "https://cdn.jsdelivr.net/pyodide/v314.0.3/full"


def main() -> None:
    """Make the site, or say in a sentence why not and exit with code 1."""
    parser = argparse.ArgumentParser(prog="python -m lessonlib.site", description=__doc__)
    parser.add_argument("out", type=Path, help="the folder to make")
    parser.add_argument(
        "--pyodide",
        default=PUBLIC,
        help="a folder with Pyodide's release, which is copied; or its address (%(default)s)",
    )
    parser.add_argument(
        "--repository", default="", help="https://github.com/OWNER/NAME: for the book's links"
    )
    chosen = parser.parse_args()
    try:
        browser.build(find_root(), chosen.out, chosen.pyodide)
        book.build(find_root() / "course", chosen.out / "book", "..", chosen.repository)
    except UserError as error:
        sys.exit(str(error))
    megabytes = browser.size_of(chosen.out) / 1e6
    print(
        f"Made: {chosen.out}, {megabytes:.0f} MB. Any web server can serve it; here for instance:"
    )
    print(f"  python -m http.server --directory {chosen.out}")


if __name__ == "__main__":
    main()

"""Where a reader can go from a page of the book: the same lesson, ready to be worked on.

The browser edition has an address of its own. Binder, Codespaces and Colab need a repository on
GitHub; without one there is no link to them.
"""

import re
from dataclasses import dataclass

from lessonlib.errors import UserError

GITHUB = re.compile(r"https://github\.com/([\w.-]+/[\w.-]+?)(?:\.git)?/?")
SERVICES = {
    # Of a repository it opens files alone, so it gets its own: see colab.py.
    "Colab": "https://colab.research.google.com/github/{name}/blob/gh-pages/book/colab/{lesson}.ipynb",
    # .binder/ puts the course into my-course/.
    "Binder": "https://mybinder.org/v2/gh/{name}/HEAD"
    "?urlpath=lab/tree/my-course/{lesson}/{lesson}.ipynb",
    "Codespaces": "https://codespaces.new/{name}",
}


@dataclass(frozen=True)
class Hosting:
    """Where the course is on the web.

    browser:    the browser edition's folder, as a page of the book would link to it; "" for none
    repository: https://github.com/OWNER/NAME; "" for none
    """

    browser: str = ""
    repository: str = ""

    def ways(self, lesson: str) -> dict[str, str]:
        """Return the links of a lesson's page: what they say, and where they lead."""
        ways = {}
        if self.browser:
            notebooks = f"{self.browser.rstrip('/')}/notebooks/index.html"
            ways["Work on it in the browser"] = f"{notebooks}?path={lesson}/{lesson}.ipynb"
        ways["Download the notebook"] = f"download/{lesson}.ipynb"
        if self.repository:
            name = name_of(self.repository)
            for service, address in SERVICES.items():
                ways[f"Open in {service}"] = address.format(name=name, lesson=lesson)
        return ways


def name_of(repository: str) -> str:
    """Return OWNER/NAME of a repository's address. Raises UserError if it is not on GitHub."""
    found = GITHUB.fullmatch(repository)
    if found is None:
        raise UserError(
            f"{repository} is no repository that Binder, Codespaces and Colab can open. Its "
            "address should look like https://github.com/OWNER/NAME"
        )
    return found[1]

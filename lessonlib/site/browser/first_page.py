"""The first page: what loads, how long, where the work stays, and the way into each lesson."""

import json
from html import escape
from pathlib import Path
from string import Template
from urllib.parse import quote

from lessonlib.lessons import LESSONS
from lessonlib.site.browser.lite import MARK

TEMPLATE = Path(__file__).parent / "first_page.html"


LATER = {
    True: "The next visit takes half of the time, and works without internet.",
    False: "The next visit is quicker, and needs the internet again.",
}
SIZE = 32_000_000  # bytes of Pyodide 314 and the packages that are needed, where they lie elsewhere


def write(site: Path, course: Path, size: int | None) -> None:
    """Write the page into a site.

    size: the bytes that the first visit loads; None if Pyodide is not in the site.
    """
    config = json.loads((site / MARK).read_text(encoding="utf-8"))["jupyter-config-data"]
    names = [each.name for each in LESSONS if (course / each.name).is_dir()]
    text = Template(TEMPLATE.read_text(encoding="utf-8")).safe_substitute(
        first=_path(names[0]),
        size=round((size or SIZE) / 1e6),
        later=LATER[size is not None],
        version=config["appVersion"],
        lessons="\n".join(map(_item, names)),
    )
    (site / "index.html").write_text(text, encoding="utf-8")


def _item(name: str) -> str:
    address = f"notebooks/index.html?path={_path(name)}"
    return f'<li><a href="{address}">{escape(name.replace("-", " "))}</a></li>'


def _path(name: str) -> str:
    return quote(f"{name}/{name}.ipynb")

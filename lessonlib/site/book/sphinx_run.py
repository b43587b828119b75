"""How Sphinx makes the book's HTML: its settings, its two runs, and what is left out of it."""

import io
import re
import shutil
from importlib.resources import files
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.util.console import strip_escape_sequences
from sphinx.util.docutils import docutils_namespace

from lessonlib import __version__
from lessonlib.errors import UserError

TITLE = "From one ReLU layer to back-propagation"
MATHJAX = "mathjax.js"
STYLE = "book.css"
SCRIPT = "book.js"
ICON = "icon.svg"
PRINT = "print"  # the folder of the page that has the whole course
ONE_PAGE = {"html_extra_path": [], "html_sidebars": {"**": []}}
ABOVE = re.compile('="(?=_static/|search.html|searchindex.js)')  # what the pages share
SECTION = re.compile('="#document-[^"#]*#')  # Sphinx names a section of it so that no link works
STRIP_STYLE = re.compile(r'(<form class="lesson-steps[^>]*>\s*)<style>.*?</style>', re.DOTALL)
# Of no use to a reader: what Sphinx needs to make it again, other books' links, debuggers' maps.
UNREAD = [".buildinfo", "objects.inv", "*.map"]


def make(work: Path, lessons: list[str], terms: list[str], mathjax: bytes) -> None:
    """Make `work/html` from `work/pages`, with what is in `work/beside` as it is.

    lessons: the pages in which the first use of a term is linked; terms: those of the glossary.

    Raises UserError with Sphinx's first warning, if it has one.
    """
    _write_static(work / "static", mathjax)
    settings = _settings(work, lessons, terms)
    _run(work, "html", work / "html", settings)
    _run(work, "singlehtml", work / "html" / PRINT, settings | ONE_PAGE)
    _make_printable(work / "html")
    for pattern in UNREAD:
        for each in list((work / "html").rglob(pattern)):
            each.unlink()


def _write_static(to: Path, mathjax: bytes) -> None:
    to.mkdir()
    (to / MATHJAX).write_bytes(mathjax)
    for name in (STYLE, SCRIPT, ICON):
        (to / name).write_bytes(files("lessonlib.site.book").joinpath(name).read_bytes())


def _run(work: Path, builder: str, out: Path, settings: dict) -> None:
    warnings = io.StringIO()
    pages, doctrees = work / "pages", work / "doctrees"
    with docutils_namespace():  # so that the next run does not find this one's nodes
        Sphinx(pages, None, out, doctrees, builder, settings, None, warnings).build()
    complaints = strip_escape_sequences(warnings.getvalue()).strip().splitlines()
    if complaints:
        raise UserError(f"Sphinx complains of the book's pages: {complaints[0]}")


def _make_printable(html: Path) -> None:
    """Let the page with the whole course be as paper is: nothing moves, and no guess is awaited.

    Without its style sheet a strip of pictures is a still of three of them and all captions. The
    page takes scripts and fonts from the others.
    """
    shutil.rmtree(html / PRINT / "_static")
    page = html / PRINT / "index.html"
    text = page.read_text(encoding="utf-8")
    text = SECTION.sub('="#', ABOVE.sub('="../', text))
    text = text.replace('<details class="output">', '<details class="output" open>')
    page.write_text(STRIP_STYLE.sub(r"\1", text), encoding="utf-8")


def _settings(work: Path, lessons: list[str], terms: list[str]) -> dict:
    return {
        "extensions": ["myst_nb", "lessonlib.site.book.anchors", "lessonlib.site.book.terms"],
        "project": TITLE,
        "version": __version__,
        "language": "en",
        "book_lessons": lessons,
        "book_terms": terms,
        "nb_execution_mode": "off",
        "myst_enable_extensions": ["dollarmath", "amsmath"],
        "mathjax_path": MATHJAX,
        "mathjax3_config": {"options": {"enableMenu": False}},  # it would load more, and take focus
        "html_theme": "sphinx_book_theme",
        "html_title": TITLE,
        "html_static_path": [str(work / "static")],
        "html_css_files": [STYLE],
        "html_js_files": [SCRIPT],
        "html_extra_path": [str(work / "beside")],
        "html_copy_source": False,
        "html_use_index": False,  # the glossary is one
        "smartquotes": False,  # terms are found as the lessons write them
        "html_show_sphinx": False,
        "html_show_copyright": False,
        "html_context": {"default_mode": "auto"},
        "html_favicon": str(work / "static" / ICON),
        "html_theme_options": {
            "logo": {"text": TITLE},
            "use_download_button": False,
            "use_fullscreen_button": False,
            "navbar_persistent": [],  # the search stands in the sidebar
            "toc_title": "On this page",
            "show_toc_level": 2,
        },
    }

"""The course as a book: pages to read, to search and to print, that ask no other host for anything.

    python -m lessonlib.site.book OUT

Sphinx makes it from the released lessons, with the theme of Jupyter's books. No lesson is run: the
outputs are those that the instructor's notebooks have (see outputs.py).
"""

import shutil
import tempfile
from pathlib import Path

import nbformat

from lessonlib.errors import UserError
from lessonlib.site.book import mathjax
from lessonlib.site.book.colab import for_colab
from lessonlib.site.book.hosting import Hosting
from lessonlib.site.book.lesson_map import map_page
from lessonlib.site.book.pages import (
    Lesson,
    formulas_page,
    glossary_page,
    index_page,
    lesson_page,
    read_lessons,
    read_notebook,
    terms_in,
)
from lessonlib.site.putting import replaced

CACHE = Path.home() / ".cache" / "lessonlib"
MARK = "searchindex.js"  # a folder with this is a book


def build(
    course: Path, out: Path, address: str = "", repository: str = "", cache: Path = CACHE
) -> None:
    """Make the book of a course in the folder `out`, in place of what is there.

    course:     the released lessons; the instructor's stand beside it, in solutions/
    address:    where the browser edition is, as the book's pages would link to it; "" for none
    repository: https://github.com/OWNER/NAME, to link to Colab and others; "" for none
    cache:      where MathJax is kept once it is downloaded

    Raises UserError where something is missing, where Sphinx has something to complain of, and for
    a folder with something else in it.
    """
    sphinx_run = _sphinx_run()
    hosting = Hosting(address, repository)
    lessons = read_lessons(course)
    with tempfile.TemporaryDirectory(prefix="book-") as folder:
        work = Path(folder)
        _write_pages(work / "pages", lessons, course.parent / "solutions", hosting)
        _write_notebooks(work / "beside", lessons, repository)
        names, terms = [each.name for each in lessons], [each.name for each in terms_in(lessons)]
        sphinx_run.make(work, names, terms, mathjax.script(cache))
        with replaced(out, MARK) as beside:
            shutil.move(work / "html", beside)


def _sphinx_run():
    """Return the module that runs Sphinx, which an extra brings."""
    try:
        from lessonlib.site.book import sphinx_run
    except ModuleNotFoundError as error:
        raise UserError(
            f"Making the book needs more packages here: {error.name} is not there. Install what is "
            'missing with: pip install "lessonlib[site]"'
        ) from None
    return sphinx_run


def _write_pages(to: Path, lessons: list[Lesson], solutions: Path, hosting: Hosting) -> None:
    pages = {
        "index.md": index_page(lessons),
        "map.md": map_page(lessons),
        "glossary.md": glossary_page(lessons),
        "formulas.md": formulas_page(lessons),
    }
    for lesson in lessons:
        executed = read_notebook(solutions / lesson.name / f"{lesson.name}.ipynb")
        pages[f"{lesson.name}.ipynb"] = lesson_page(lesson, executed, hosting.ways(lesson.name))
    to.mkdir()
    for name, text in pages.items():
        (to / name).write_text(text, encoding="utf-8")


def _write_notebooks(to: Path, lessons: list[Lesson], repository: str) -> None:
    """Write what the pages' links lead to: each lesson's notebook, and the one for Colab."""
    (to / "download").mkdir(parents=True)
    (to / "colab").mkdir()
    for lesson in lessons:
        file = f"{lesson.name}.ipynb"
        nbformat.write(lesson.notebook, to / "download" / file)
        if repository:
            nbformat.write(for_colab(lesson.notebook, repository), to / "colab" / file)

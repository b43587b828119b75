"""The pages of the book as Sphinx reads them: notebooks and Markdown (MyST), in one folder."""

import re
from copy import deepcopy
from dataclasses import dataclass
from html import escape
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from lessonlib.building.sheets import Term, formulas, terms
from lessonlib.errors import UserError
from lessonlib.project import LESSON_FOLDERS
from lessonlib.site.book.outputs import add_outputs

TITLE = re.compile(r"^# (.+)$", re.MULTILINE)
LESSON_LINK = re.compile(r"\(([\w-]+)/\1\.ipynb\)")

INDEX = """\
# From one ReLU layer to back-propagation

This is the course as a book: its text, its figures, and the pictures to step through. You read it
here; you work on it in notebooks, where each exercise checks your answer and says what is wrong.
Each lesson's page has links to its notebook. The answers that you are to find are not in the book,
and a cell whose picture would tell one stands without it.

- The [map](map.md) shows which lesson builds on which, and how long each takes.
- The [glossary](glossary.md) has every term, in the sentence that explains it. In each lesson the
  first use of a term leads there.
- The [formula sheet](formulas.md) has the formulas of all lessons.

````{{only}} builder_html
<a href="print/index.html">The whole course on one page</a>, for printing or for a PDF. Folds are
printed if you open them first.
````

```{{toctree}}
:caption: Lessons
:hidden:

{lessons}
```

```{{toctree}}
:caption: Extras
:hidden:

{extras}
```

```{{toctree}}
:caption: To look things up
:hidden:

map
glossary
formulas
```
"""

WAYS = """\
````{{only}} builder_html
```{{raw}} html
<nav class="ways" aria-label="Work on this lesson"><ul>{links}</ul></nav>
```
````
"""


@dataclass(frozen=True)
class Lesson:
    """A lesson of the book: its name, and the released notebook, which has no outputs."""

    name: str
    notebook: NotebookNode

    @property
    def number(self) -> str:
        """Its number, 01, or x1 for an extra: the lessons' text calls them so."""
        return self.name.partition("-")[0]

    @property
    def head(self) -> str:
        """Its first cell: the heading, the aims, the time, and what it builds on."""
        return self.notebook.cells[0].source

    @property
    def title(self) -> str:
        """The heading of its page."""
        heading = TITLE.search(self.head)
        return f"{self.number} {heading[1] if heading else self.name}"

    @property
    def texts(self) -> list[str]:
        """The text of its Markdown cells."""
        return [cell.source for cell in self.notebook.cells if cell.cell_type == "markdown"]


def read_lessons(course: Path) -> list[Lesson]:
    """Return the lessons of a released course, in order. Raises UserError if there are none."""
    names = sorted(path.name for path in course.glob(LESSON_FOLDERS))
    if not names:
        raise UserError(f"There are no lessons in {course}.")
    return [Lesson(name, read_notebook(course / name / f"{name}.ipynb")) for name in names]


def read_notebook(path: Path) -> NotebookNode:
    """Read a notebook. Raises UserError where it is missing or damaged."""
    try:
        return nbformat.read(path, as_version=4)
    except (nbformat.reader.NotJSONError, nbformat.ValidationError):
        raise UserError(f"{path} is damaged. Run make build, which makes it anew.") from None
    except FileNotFoundError:
        raise UserError(f"The book needs {path}. Run make build, which makes it.") from None


def lesson_page(lesson: Lesson, executed: NotebookNode, ways: dict[str, str]) -> str:
    """Return a lesson's page: the released notebook with outputs, and links to work on it."""
    page = deepcopy(lesson.notebook)
    add_outputs(page, executed)
    links = "".join(
        f'<li><a href="{escape(to)}">{escape(say)}</a></li>' for say, to in ways.items()
    )
    head = f"# {lesson.title}\n\n{WAYS.format(links=links)}"
    page.cells[0].source = TITLE.sub(lambda _: head, lesson.head, count=1)
    return nbformat.writes(page)


def index_page(lessons: list[Lesson]) -> str:
    """Return the first page, which names all others."""
    entries = [f"{lesson.title} <{lesson.name}>" for lesson in lessons]
    return INDEX.format(
        lessons="\n".join(entry for entry in entries if not entry.startswith("x")),
        extras="\n".join(entry for entry in entries if entry.startswith("x")),
    )


def glossary_page(lessons: list[Lesson]) -> str:
    """Return the glossary: each term with the sentence that explains it, and its lesson."""
    titles = {lesson.name: lesson.title for lesson in lessons}
    entries = [
        f"{term.name}\n  {term.sentence} ([{titles[term.lesson]}]({term.lesson}.ipynb))\n"
        for term in terms_in(lessons)
    ]
    return "# Glossary\n\n```{glossary}\n" + "\n".join(entries) + "```\n"


def terms_in(lessons: list[Lesson]) -> list[Term]:
    """Return the terms that the lessons explain, in alphabetical order."""
    return terms({lesson.name: lesson.texts for lesson in lessons})


def formulas_page(lessons: list[Lesson]) -> str:
    """Return the formula sheet, as the course has it, with links to the book's pages."""
    return LESSON_LINK.sub(r"(\1.ipynb)", formulas({each.name: each.texts for each in lessons}))

"""The map: which lesson builds on which, as a picture and as a table that says the same."""

import re
from html import escape

from lessonlib.building.timing import TIME
from lessonlib.site.book.pages import Lesson

MINUTES = re.compile(r"\*\*Time\*\*: about (\d+) minutes")
NUMBER = re.compile(r"\b\d\d\b")
ROW, LEFT, WIDTH = 26, 130, 540  # of the picture, in pixels: a lesson's line, room for arcs, all

PAGE = """\
# The map

An arc leads from each lesson up to those that it builds on.

```{{raw}} html
{picture}
```

| lesson | minutes | builds on |
|---|---|---|
{rows}

The extras, x1 and on, are short pages for the curious. No lesson needs one.
"""


def map_page(lessons: list[Lesson]) -> str:
    """Return the map as a page of the book."""
    rows = "\n".join(_row(lesson, lessons) for lesson in lessons)
    return PAGE.format(picture=picture(lessons), rows=rows)


def builds_on(lesson: Lesson) -> str:
    """Return what a lesson says that it builds on."""
    head = TIME.search(lesson.head)
    said = " ".join(head[2].partition(":")[2].split()) if head else ""
    return re.split(r"\.(?: |$)", said)[0]


def _row(lesson: Lesson, lessons: list[Lesson]) -> str:
    links = {each.number: f"[{each.number}]({each.name}.ipynb)" for each in lessons}
    needs = NUMBER.sub(lambda found: links.get(found[0], found[0]), builds_on(lesson))
    minutes = MINUTES.search(lesson.head)
    return f"| [{lesson.title}]({lesson.name}.ipynb) | {minutes[1] if minutes else ''} | {needs} |"


def picture(lessons: list[Lesson]) -> str:
    """Return the map as SVG, in the colours of the page: lessons down, arcs to their left."""
    heights = {lesson.number: ROW * (k + 0.5) for k, lesson in enumerate(lessons)}
    arcs = [
        _arc(heights[number], heights[lesson.number], ROW * len(lessons))
        for lesson in lessons
        for number in sorted(set(NUMBER.findall(builds_on(lesson))) & heights.keys())
    ]
    names = [_name(lesson, heights[lesson.number]) for lesson in lessons]
    return (
        f'<svg class="map" viewBox="0 0 {WIDTH} {ROW * len(lessons)}" width="{WIDTH}" role="img" '
        'aria-label="The map of the lessons. The table below says the same.">'
        f"{''.join(arcs + names)}</svg>"
    )


def _arc(above: float, below: float, most: float) -> str:
    out = LEFT - 10 - 1.25 * (LEFT - 10) * (below - above) / most
    return (
        f'<path d="M{LEFT - 8} {below:g} C{out:.0f} {below:g} {out:.0f} {above:g} '
        f'{LEFT - 8} {above:g}" fill="none" stroke="currentColor" stroke-opacity="0.55"/>'
    )


def _name(lesson: Lesson, height: float) -> str:
    return (
        f'<circle cx="{LEFT - 3}" cy="{height:g}" r="4" fill="currentColor"/>'
        f'<text x="{LEFT + 8}" y="{height + 5:g}" fill="currentColor">{escape(lesson.title)}</text>'
    )

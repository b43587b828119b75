"""Pictures pasted into a notebook are still there after it was built and released."""

import shutil
from pathlib import Path

import nbformat
import pytest

from lessonlib.building.attachments import keep_attachments
from lessonlib.building.build import build
from lessonlib.errors import UserError

REPOSITORY = Path(__file__).parents[2]
DOT = {"image/png": "iVBORw0KGgo="}
DASH = {"image/png": "iVBORw0KGgp="}


def markdown(source, **attachments):
    cell = nbformat.v4.new_markdown_cell(source)
    cell.attachments = {name.replace("_", "."): each for name, each in attachments.items()}
    return cell


def kept(source, *before):
    """Return what a rebuilt cell has, if the notebook had these cells before."""
    cell = nbformat.v4.new_markdown_cell(source)
    old, new = (nbformat.v4.new_notebook(cells=list(cells)) for cells in (before, [cell]))
    keep_attachments(new, old, "01-toy")
    return cell.get("attachments", {})


def test_a_picture_is_taken_over_though_the_words_round_it_change():
    before = markdown("Old words.\n![](attachment:a.png)", a_png=DOT)
    assert kept("New words.\n![a](attachment:a.png)", before) == {"a.png": DOT}


def test_of_two_pictures_with_one_name_each_stays_with_its_text():
    cells = [
        markdown("First the dot.\n![](attachment:image.png)", image_png=DOT),
        markdown("Then the dash.\n![](attachment:image.png)", image_png=DASH),
    ]
    assert kept("Then a dash!\n![](attachment:image.png)", *cells) == {"image.png": DASH}
    assert kept("First a dot!\n![](attachment:image.png)", *cells) == {"image.png": DOT}


def test_several_pictures_spaces_titles_and_html():
    cell = markdown("…", a_png=DOT)
    cell.attachments["my own (2).png"] = DASH
    source = '![](attachment:my%20own%20(2).png "title")\n<img src="attachment:a.png" alt="a">'
    assert kept(source, cell) == {"my own (2).png": DASH, "a.png": DOT}


def test_words_about_attachments_are_no_picture():
    assert kept("Write `attachment:` before the name.") == {}


def test_what_is_no_longer_named_goes():
    assert kept("No picture.", markdown("![](attachment:a.png)", a_png=DOT)) == {}


def test_a_picture_that_the_notebook_lacks_is_named():
    with pytest.raises(UserError, match=r"01-toy: .*the picture 'b\.png'"):
        kept("![](attachment:b.png)", markdown("![](attachment:a.png)", a_png=DOT))


LESSON = """\
# %% [markdown]
# # A toy
#
# ![A dot](attachment:dot.png)

# %% [markdown] written="toy.explain" points=2
# Why this: ![A dot](attachment:dot.png)
#
# <!-- BEGIN SOLUTION -->
# ![The answer](attachment:answer.png)
# <!-- END SOLUTION -->
"""


@pytest.mark.slow
def test_build_and_release_keep_the_pictures_and_not_the_answers(tmp_path):
    shutil.copy(REPOSITORY / "nbgrader_config.py", tmp_path)
    folder = tmp_path / "solutions/01-toy"
    folder.mkdir(parents=True)
    (folder / "01-toy.py").write_text(LESSON)
    pasted = markdown("![A dot](attachment:dot.png)", dot_png=DOT, answer_png=DASH)
    nbformat.write(nbformat.v4.new_notebook(cells=[pasted]), folder / "01-toy.ipynb")
    for _ in range(2):
        build(tmp_path, points_of=lambda _: 1, tell=lambda _: None)
    built, released = (
        nbformat.read(tmp_path / step / "01-toy/01-toy.ipynb", as_version=4).cells
        for step in ("solutions", "course")
    )
    assert [c.attachments for c in built] == [
        {"dot.png": DOT},
        {"dot.png": DOT, "answer.png": DASH},
    ]
    assert [c.attachments for c in released] == [{"dot.png": DOT}, {"dot.png": DOT}]

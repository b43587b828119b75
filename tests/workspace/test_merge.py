"""A learner's notebook and a new release of it, merged cell by cell."""

import copy

import pytest

from lessonlib.workspace.merge import NoNotebook, as_bytes, merge, parsed


def cell(name, source, kind="code", **nbgrader):
    said = {"nbgrader": {"grade_id": name, **nbgrader}} if nbgrader else {}
    return {"id": name, "cell_type": kind, "metadata": said, "source": source.splitlines(True)}


def text(name, source):
    return cell(name, source, "markdown")


def answer(name, source, kind="code"):
    return cell(name, source, kind, solution=True, locked=False)


def check(name, source):
    return cell(name, source, grade=True, locked=True)


def notebook(*cells):
    metadata = {"kernelspec": {"name": "python3"}}
    return {"cells": [*cells], "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


RELEASED = notebook(
    text("title", "# ReLU"),
    answer("relu", "def relu(z):\n    ..."),
    check("check-relu", 'check("relu", relu)'),
    text("end", "The end."),
)
MINE = "def relu(z):\n    return max(0, z)  # größer"


def changed(*changes, of=RELEASED):
    """Return a copy in which the cells of these names have other sources."""
    new = copy.deepcopy(of)
    for name, source in changes:
        found = next(each for each in new["cells"] if each["id"] == name)
        found["source"] = source.splitlines(True)
    return new


def sources(merged):
    return ["".join(each["source"]) for each in merged.notebook["cells"]]


ANSWERED = changed(("relu", MINE))


def test_text_and_checks_are_new_and_answers_stay():
    new = changed(
        ("title", "# One ReLU"), ("check-relu", 'check("relu.relu", relu)'), ("relu", "pass")
    )
    merged = merge(RELEASED, ANSWERED, new)
    assert sources(merged) == ["# One ReLU", MINE, 'check("relu.relu", relu)', "The end."]
    assert merged.replaced == ()


def test_what_is_not_answered_gets_the_new_stub():
    new = changed(("relu", "def relu(z):\n    raise NotImplementedError"))
    assert sources(merge(RELEASED, RELEASED, new)) == sources(merge(None, new, new))


def test_what_a_cell_has_shown_and_its_pictures_stay_with_it():
    mine = changed(("relu", MINE))
    shown = [{"output_type": "stream", "name": "stdout", "text": ["1\n"]}]
    mine["cells"][1] |= {"outputs": shown, "attachments": {"a.png": {}}, "execution_count": 7}
    mine["cells"][2]["outputs"] = shown
    merged = merge(RELEASED, mine, changed(("title", "New"))).notebook["cells"]
    assert merged[1]["outputs"] == merged[2]["outputs"] == shown
    assert merged[1]["attachments"] == {"a.png": {}} and merged[1]["execution_count"] == 7


def test_points_and_tags_are_those_of_the_release():
    new = copy.deepcopy(RELEASED)
    new["cells"][1]["metadata"]["nbgrader"]["points"] = 2
    mine = changed(("relu", MINE))
    mine["cells"][1]["metadata"]["collapsed"] = True
    merged = merge(RELEASED, mine, new).notebook["cells"][1]
    assert merged["metadata"]["nbgrader"]["points"] == 2 and merged["metadata"]["collapsed"]


def test_cells_of_the_learners_own_stay_where_they_were():
    mine = copy.deepcopy(ANSWERED)
    for place, name in ((0, "first"), (3, "second"), (3, "third"), (7, "last")):
        mine["cells"].insert(place, text(name, name))
    new = copy.deepcopy(RELEASED)
    new["cells"].insert(2, text("more", "One more thing."))
    assert sources(merge(RELEASED, mine, new)) == [
        "first", "# ReLU", MINE, "third", "second", "One more thing.",
        'check("relu", relu)', "The end.", "last",
    ]  # fmt: skip


def test_a_cell_that_the_release_drops_goes_unless_the_learner_wrote_into_it():
    new = notebook(RELEASED["cells"][0])
    merged = merge(RELEASED, ANSWERED, new)
    assert sources(merged) == ["# ReLU", MINE] and merged.replaced == ()


def test_a_copied_answer_is_a_cell_of_their_own():
    mine = copy.deepcopy(ANSWERED)
    copied = {**mine["cells"][1], "id": "a-copy", "source": ["my old try"]}
    mine["cells"].insert(2, copied)
    assert sources(merge(RELEASED, mine, changed(("title", "New"))))[1:3] == [MINE, "my old try"]


def test_a_text_that_only_the_learner_has_changed_stays():
    mine = changed(("end", "The end. A note of mine."))
    merged = merge(RELEASED, mine, changed(("title", "New")))
    assert sources(merged)[-1] == "The end. A note of mine." and merged.replaced == ()


@pytest.mark.parametrize("name", ["end", "check-relu"])
def test_what_gives_way_to_the_release_is_told(name):
    mine = changed((name, "mine"))
    merged = merge(RELEASED, mine, changed((name, "new"), ("title", "New")))
    assert "mine" not in sources(merged)
    assert [each["source"] for each in merged.replaced] == [["mine"]]


def test_an_edited_check_is_put_right_also_where_the_release_has_not_changed_it():
    merged = merge(RELEASED, changed(("check-relu", "1 + 1")), changed(("title", "New")))
    assert sources(merged)[2] == 'check("relu", relu)' and len(merged.replaced) == 1


def test_an_answer_of_another_kind_of_cell_stays():
    mine = copy.deepcopy(RELEASED)
    mine["cells"][1] |= {"cell_type": "raw", "source": [MINE]}
    kept = merge(RELEASED, mine, changed(("title", "New"))).notebook["cells"][1]
    assert kept["cell_type"] == "raw" and kept["source"] == [MINE]


def test_a_program_that_drops_the_ids_loses_nothing():
    mine = copy.deepcopy(ANSWERED)
    mine["cells"].insert(2, text("own", "a note"))
    for each in mine["cells"]:
        del each["id"]
    merged = merge(RELEASED, mine, changed(("title", "New")))
    assert sources(merged) == ["New", MINE, "a note", 'check("relu", relu)', "The end."]
    ids = [each["id"] for each in merged.notebook["cells"]]
    assert len(set(ids)) == 5 and ids[1] == "relu"


def test_merged_twice_it_is_the_same():
    mine = copy.deepcopy(ANSWERED)
    mine["cells"].insert(2, text("own", "a note"))
    new = changed(("title", "New"), ("end", "Newer"))
    once = merge(RELEASED, mine, new)
    assert merge(RELEASED, once.notebook, new).notebook == once.notebook
    assert merge(new, once.notebook, new).notebook == once.notebook


def test_it_is_written_as_jupyter_writes_it():
    written = as_bytes(ANSWERED)
    assert "größer" in written.decode() and written.endswith(b"}\n")
    assert parsed(written) == ANSWERED
    half = changed(("relu", "'\ud83d'"))
    assert parsed(as_bytes(half)) == half


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"{}", b'{"cells": 3, "metadata": {}}', b'{"cells": [1], "metadata": {}}',
     b'{"cells": [], "metadata": 1}', b"\xff\xfe", b"[" * 100_000,
     b'{"cells": [{"cell_type": "code", "metadata": {}, "source": [1]}], "metadata": {}}'],
)  # fmt: skip
def test_what_is_no_notebook_is_refused(content):
    with pytest.raises(NoNotebook):
        parsed(content)


def test_odd_metadata_is_no_obstacle():
    mine = copy.deepcopy(ANSWERED)
    mine["cells"][1]["metadata"]["nbgrader"] = None
    assert sources(merge(RELEASED, mine, changed(("title", "New"))))[1] == MINE

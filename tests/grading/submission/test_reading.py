"""Whatever was handed in ends as a notebook or as a reason."""

import json
import time
import tracemalloc

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pictures_of import PNG

from lessonlib.grading.submission.reading import (
    MAX_BYTES,
    MAX_CELLS,
    MAX_KEPT,
    MAX_SOURCE,
    Unreadable,
    read,
)

CODE = {"cell_type": "code", "source": "x = 1", "metadata": {}, "outputs": []}


def notebook(*cells, **more) -> bytes:
    whole = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells), **more}
    return json.dumps(whole).encode()


def test_sources_types_and_ids_are_kept_and_nothing_else():
    cell = {
        "cell_type": "code", "id": "f", "source": ["def f():\n", "    pass"], "execution_count": 7,
        "metadata": {"nbgrader": {"grade_id": "f", "points": 99, "locked": True}, "trusted": True},
        "outputs": [{"output_type": "stream", "name": "stdout", "text": "10 points"}],
    }  # fmt: skip
    text = {"cell_type": "markdown", "source": "# Title", "metadata": {}}
    read_cell, title = read(notebook(cell, text, metadata={"kernelspec": {"name": "evil"}})).cells
    assert read_cell.source == "def f():\n    pass"
    assert (read_cell.id, read_cell.outputs, read_cell.execution_count) == ("f", [], None)
    assert read_cell.metadata == {"nbgrader": {"grade_id": "f"}}
    assert (title.cell_type, title.source) == ("markdown", "# Title")


def test_what_is_read_is_a_valid_notebook():
    nbformat.validate(read(notebook(CODE, CODE, {"cell_type": "what", "source": "raw"})))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_an_editors_encoding_does_not_matter(encoding):
    text = json.dumps({"cells": [{**CODE, "source": "größe = 1"}]}, ensure_ascii=False)
    assert read(text.encode(encoding)).cells[0].source == "größe = 1"


@pytest.mark.parametrize("version", [2, 3])
def test_an_old_format_is_read(version):
    cells = [{"cell_type": "code", "input": "x = 1", "language": "python", "outputs": []}]
    old = {"nbformat": version, "metadata": {"name": ""}, "worksheets": [{"cells": cells}]}
    assert [cell.source for cell in read(json.dumps(old).encode()).cells] == ["x = 1"]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "empty"),
        (b"  \n\t ", "empty"),
        (b"{", "line 1"),
        (notebook(CODE)[:-30], "line 1"),
        (b"[1, 2]", "no cells"),
        (b'"text"', "no cells"),
        (b"{}", "no cells"),
        (notebook(), "no cells"),
        (notebook(1, "two", None), "no cells"),
        (b'{"cells": {"a": 1}}', "no cells"),
        (b'{"worksheets": 3, "nbformat": 3}', "no cells"),
        (b'{"nbformat": "x", "cells": 3}', "no cells"),
        (b"\x89PNG\r\n\x1a\n\x00\x81", "not text"),
        (b"%PDF-1.4", "not a notebook"),
        (b"PK\x03\x04 a zip archive \xff", "not text"),
        (b"[" * 200_000, "damaged"),
        (b'{"cells": ' * 100_000, "damaged"),
    ],
    ids=lambda each: repr(each[:20]),
)
def test_what_is_no_notebook_gets_a_reason(data, why):
    with pytest.raises(Unreadable, match=why):
        read(data)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (notebook(*[{}] * 400_000), "too many parts"),
        (notebook(*[{"cell_type": "code", "source": "x"}] * 400_000), "too many parts"),
        (b'{"cells": [' + b"[]," * 2_000_000 + b"0]}", "too many parts"),
        (b'{"cells": [' + b'"ab",' * 2_000_000 + b"0]}", "too many parts"),
        (b'{"cells": [' + b"1e5," * 2_000_000 + b"0]}", "no cells"),
        (b'{"cells": [' + b"1" * 2_000_000 + b"]}", "no cells"),
        (b'{"cells": [{"outputs": ' + b"[{}," * 2_000_000, "too many parts"),
        (b'{"cells": [{"outputs"' + b" " * 2_000_000, "damaged in line 1"),
        (b'"' * 2_000_001, "too many parts"),
        (b"\\" * 2_000_001, "damaged in line 1"),
        (b'"' + b'\\"' * 2_000_001, "damaged in line 1"),
        (b"\n" * 2_000_000 + b"{", "damaged in line 2000001"),
        (notebook({**CODE, "source": "a" * MAX_KEPT}), "16 MiB of text"),
        (b'{"cells": ' + b'{"a":' * 500 + b"}" * 501, "damaged"),
    ],
    ids=lambda each: repr(each[:30]),
)
def test_what_would_take_much_time_or_memory_is_not_decoded(data, why):
    started = time.perf_counter()
    with pytest.raises(Unreadable, match=why):
        read(data)
    assert time.perf_counter() - started < 2


def test_a_large_output_costs_no_memory_and_no_cell():
    output = {"output_type": "stream", "name": "stdout", "text": ["x" * 2**20] * 40}
    nested = {**CODE, "outputs": [output, {"outputs": [{"data": {"a": ["]", '"', "\\"]}}]}]}
    data = notebook(nested, {**CODE, "source": 'y = "]}"'}, metadata={"widgets": {"a": [1] * 9}})
    tracemalloc.start()
    cells = read(data).cells
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [cell.source for cell in cells] == ["x = 1", 'y = "]}"']
    assert peak < 3 * len(data)


def test_what_is_called_outputs_and_is_none_stays():
    source = 'print("outputs": [1])\n\\"outputs\\": ['
    (cell,) = read(notebook({**CODE, "source": source})).cells
    assert cell.source == source


def test_lines_are_counted_where_outputs_were_cut():
    text = json.dumps(json.loads(notebook({**CODE, "outputs": [{"a": [1, 2]}]}, CODE)), indent=1)
    broken = text[: text.rindex("x = 1")]
    with pytest.raises(Unreadable, match=f"damaged in line {broken.count(chr(10)) + 1}"):
        read(broken.encode())


def test_pictures_in_a_text_are_kept():
    pictures = {"a.png": {"image/png": [PNG]}, "b.svg": {"image/svg+xml": "PHN2Zy8+"}}
    text = {"cell_type": "markdown", "source": "![a](attachment:a.png)", "attachments": pictures}
    kept, code = read(notebook(text, {**CODE, "attachments": pictures})).cells
    assert kept.attachments == {"a.png": {"image/png": PNG}}
    assert "attachments" not in code
    nbformat.validate(read(notebook(text)))


def test_the_line_in_which_a_file_breaks_off_is_named():
    text = json.dumps(json.loads(notebook(CODE)), indent=1)
    with pytest.raises(Unreadable, match="damaged in line 9"):
        read("\n".join(text.split("\n")[:8]).encode() + b"\n")


def test_what_is_too_large_gets_a_reason():
    with pytest.raises(Unreadable, match="at most 50"):
        read(b" " * MAX_BYTES + notebook(CODE))
    with pytest.raises(Unreadable, match=f"at most {MAX_CELLS}"):
        read(notebook(*[CODE] * (MAX_CELLS + 1)))


def test_a_cell_is_cut_where_it_is_endless():
    (cell,) = read(notebook({**CODE, "source": "a" * (MAX_SOURCE + 1)})).cells
    assert len(cell.source) == MAX_SOURCE


@pytest.mark.parametrize(
    "cell",
    [{}, {"cell_type": None}, {"source": None}, {"source": [1, None, ["a"]]}, {"source": {"a": 1}},
     {"metadata": []}, {"metadata": {"nbgrader": 3}}, {"metadata": {"nbgrader": {"grade_id": [1]}}},
     {"id": 3}, {"id": "no id"}, {"id": "a" * 65}, {"cell_type": ["code"]}],
    ids=str,
)  # fmt: skip
def test_an_odd_cell_takes_no_other_with_it(cell):
    cells = read(notebook({**CODE, **cell}, CODE)).cells
    assert len(cells) == 2
    assert cells[1].source == "x = 1"


@pytest.mark.filterwarnings("error")
def test_the_same_id_twice_is_still_two_cells():
    cells = read(notebook({**CODE, "id": "a"}, {**CODE, "id": "a"})).cells
    assert [cell.source for cell in cells] == ["x = 1"] * 2


KEYS = st.sampled_from(
    ["cells", "worksheets", "metadata", "nbformat", "nbformat_minor", "source", "input", "id",
     "cell_type", "nbgrader", "grade_id", "outputs"]
)  # fmt: skip
LEAVES = st.none() | st.booleans() | st.integers(-3, 5) | st.floats() | st.text(max_size=5)
LEAVES |= st.sampled_from(["code", "markdown", "raw", "heading", "html"])
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=15,
)


@settings(deadline=None, max_examples=60, derandomize=True)
@given(st.binary(max_size=80) | JSON.map(lambda value: json.dumps(value).encode()))
def test_whatever_is_handed_in_is_a_notebook_or_unreadable(data):
    read_or_reason(data)


@settings(deadline=None, max_examples=60, derandomize=True)
@given(st.lists(st.dictionaries(KEYS, JSON, max_size=4), min_size=1, max_size=3))
def test_whatever_its_cells_are_it_is_a_notebook_or_unreadable(cells):
    read_or_reason(notebook(*cells))


@settings(deadline=None, max_examples=20, derandomize=True)
@given(st.integers(1, 3), JSON, JSON)
def test_whatever_an_old_format_holds_it_is_a_notebook_or_unreadable(version, sheets, cells):
    read_or_reason(notebook(nbformat=version, worksheets=sheets, cells=cells))


def read_or_reason(data: bytes) -> None:
    try:
        cells = read(data).cells
    except Unreadable as error:
        assert 3 < len(str(error).split()) < 40
        return
    assert all(isinstance(cell.source, str) for cell in cells)

"""Bad input on the way in: a sentence, and nothing written."""

import io
import json
import subprocess
import sys
import zipfile

import nbformat
import pytest
import toy_course
from downloads import learners, notebook, roster, zipped

from lessonlib.errors import UserError
from lessonlib.platforms import commands, unpacking

ADA = notebook("ada's")


@pytest.fixture
def root(tmp_path):
    return toy_course.make(tmp_path)


def collect(root, source, dry=False, table=None):
    commands.collect(root, "07", source, table, dry)


def put(path, data):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def taken(root):
    return {path.relative_to(root / "submitted").as_posix(): path.read_bytes()
            for path in (root / "submitted").rglob("*") if path.is_file()}  # fmt: skip


def refused(root, source, **how):
    """Return the sentence with which it ends; nothing may have been written."""
    with pytest.raises(UserError) as told:
        collect(root, source, **how)
    assert not (root / "submitted").exists() and not (root / "downloaded").exists()
    return str(told.value)


def hostile(name, data=ADA, **how):
    """Return a zip with an honest notebook and one entry of this name."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zoe.ipynb", notebook("zoe's"))
        entry = zipfile.ZipInfo(name)
        for key, value in how.items():
            setattr(entry, key, value)
        archive.writestr(entry, data)
    return file.getvalue()


@pytest.mark.parametrize(
    "name", ["../ada.ipynb", "a/../../ada.ipynb", "/ada.ipynb", "a\\..\\..\\ada.ipynb"]
)
def test_a_zip_whose_paths_lead_out_of_it(root, name):
    said = refused(root, put(root / "class.zip", hostile(name)))
    assert "leads out of it" in said and "class.zip" in said


def test_a_zip_bomb_is_not_unpacked(root, monkeypatch):
    monkeypatch.setattr(unpacking, "MAX_UNPACKED", 10 * 2**20)
    path = put(root / "class.zip", zipped({"ada.ipynb": b"\0" * (20 * 2**20)}))
    assert path.stat().st_size < 50_000
    assert "unpacks to 20 MiB, and at most 10 are read" in refused(root, path)


def test_a_zip_of_too_many_files(root, monkeypatch):
    monkeypatch.setattr(unpacking, "MAX_ENTRIES", 10)
    files = {f"{number}.ipynb": b"{}" for number in range(11)}
    assert "holds 11 files" in refused(root, put(root / "class.zip", zipped(files)))


def test_a_learners_bomb_is_named_and_the_others_are_taken_in(root, capsys, monkeypatch):
    monkeypatch.setattr(unpacking, "MAX_NESTED", 10 * 2**20)
    bomb, deep = zipped({"x.ipynb": b"\0" * (20 * 2**20)}), zipped({"x.ipynb": ADA})
    for _ in range(4):
        deep = zipped({"x.zip": deep})
    files = {"eve_1001_1_x.zip": bomb, "dan_1002_2_x.zip": deep, "bad_1003_3_x.zip": b"PK no",
             "mal_1004_4_x.zip": hostile("../x.ipynb"), "ada_1005_5_x.ipynb": ADA}  # fmt: skip
    collect(root, put(root / "class.zip", zipped(files)))
    said = capsys.readouterr().out
    assert list(taken(root)) == ["ada/07-toy/07-toy.ipynb"]
    for reason in ("unpacks to 20 MiB", "4 deep", "a damaged one", "leads out of it"):
        assert reason in said
    assert "1 taken in, 4 left out" in said


@pytest.mark.parametrize(
    ("how", "why"),
    [({"external_attr": 0o120777 << 16}, "a link"), ({"external_attr": 0o010644 << 16}, "ordinary"),
     ({"compress_type": zipfile.ZIP_LZMA}, "packed as no platform packs")],
)  # fmt: skip
def test_an_odd_entry_is_named_and_the_others_are_taken_in(root, capsys, how, why):
    collect(root, put(root / "class.zip", hostile("ada.ipynb", **how)))
    assert list(taken(root)) == ["zoe/07-toy/07-toy.ipynb"]
    assert why in capsys.readouterr().out


def test_a_damaged_entry_is_named_and_the_others_are_taken_in(root, capsys):
    data = zipped({"ada.ipynb": ADA, "zoe.ipynb": notebook("zoe's")})
    at = data.index(b"ada.ipynb") + len(b"ada.ipynb") + 10
    collect(root, put(root / "class.zip", data[:at] + b"XXXX" + data[at + 4 :]))
    assert list(taken(root)) == ["zoe/07-toy/07-toy.ipynb"]
    assert "damaged in the zip" in capsys.readouterr().out


def test_a_size_that_a_zip_lies_about_is_not_exceeded(root, capsys):
    data = bytearray(zipped({"ada.ipynb": b"\0" * (20 * 2**20), "zoe.ipynb": ADA}))
    at = data.index(b"PK\1\2") + 24
    data[at : at + 4] = (1000).to_bytes(4, "little")
    collect(root, put(root / "class.zip", bytes(data)))
    assert list(taken(root)) == ["zoe/07-toy/07-toy.ipynb"]
    assert "damaged in the zip" in capsys.readouterr().out


@pytest.mark.parametrize("data", [b"", b"PK", b"no zip", b"\x1f\x8b\x08\0"])
def test_a_file_that_is_no_zip(root, data):
    assert "no zip, or a damaged one" in refused(root, put(root / "class.zip", data))


def test_a_source_that_is_not_there_or_is_empty(root):
    assert "There is no folder" in refused(root, root / "none")
    (root / "empty").mkdir()
    assert "There are no notebooks in" in refused(root, root / "empty")
    source = put(root / "class.zip", zipped({"notes.pdf": b"%PDF"}))
    assert "There are no notebooks in" in refused(root, source)


def test_names_in_utf_8_that_do_not_say_so_are_read(root):
    data = zipped({"Zoë.ipynb": ADA})
    flag = (0x800).to_bytes(2, "little")
    assert data.count(flag) >= 2
    local, central = data.index(b"PK\3\4") + 6, data.index(b"PK\1\2") + 8
    plain = bytearray(data)
    plain[local : local + 2] = plain[central : central + 2] = b"\0\0"
    collect(root, put(root / "class.zip", bytes(plain)))
    assert list(taken(root)) == ["Zoë/07-toy/07-toy.ipynb"]


@pytest.mark.parametrize(
    "name",
    ["ada_1001_7_x.ipynb", "Ada_1001_assignsubmission_file_x.ipynb",
     "Homework_ada_attempt_2026-03-02-14-05-33_x.ipynb", "submission_1/x.ipynb"],
)  # fmt: skip
def test_a_learner_cannot_hand_in_as_another(root, name):
    lists = b"submission_1:\n  :submitters:\n  - :sid: ada\n"
    files = {f"eve/{name}": ADA, "eve/submission_metadata.yml": lists, "ben/x.ipynb": ADA}
    collect(root, put(root / "class.zip", zipped({**files, "zoe/x.ipynb": ADA})))
    assert "ada/07-toy/07-toy.ipynb" not in taken(root)


def test_a_receipt_or_a_list_in_a_learners_zip_is_not_believed(root):
    attempt = "Homework 7_{}_attempt_2026-03-02-14-05-00"
    forged = {f"{attempt.format('ada')}.txt": b"Name: Eve (eve)\n", "x.ipynb": notebook("eve's")}
    files = {
        f"{attempt.format('ada')}_x.ipynb": ADA,
        f"{attempt.format('eve')}_x.zip": zipped(forged),
    }
    collect(root, put(root / "class.zip", zipped(files)))
    assert taken(root)["ada/07-toy/07-toy.ipynb"] == ADA


# --- rosters -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "why"),
    [("id,name\nada,Ada\nben,Ben\nada,Anna\n", "Two learners in .* have the id ada: numbers 1 and"),
     ("id,name\na*b,Ada\n", "one of"), ("id,name\n../x,Ada\n", "begins with a dot"),
     ("id,name\na/b,Ada\n", "a slash"), ("colour,size\nred,3\n", "needs a column id"),
     ("id,name\n", "is no table"), ("", "is no table"), ("PK\x03\x04", "is an Excel file")],
)  # fmt: skip
def test_a_roster_that_cannot_be_used(root, text, why):
    source = put(root / "class.zip", zipped({"ada.ipynb": ADA}))
    path = put(root / "list.csv", text.encode())
    with pytest.raises(UserError, match=why):
        collect(root, source, table=path)
    assert not (root / "submitted").exists()


def test_a_roster_that_is_not_there(root):
    source = put(root / "class.zip", zipped({"ada.ipynb": ADA}))
    assert "cannot be read" in refused(root, source, table=root / "none.csv")


def test_who_matches_nobody_or_two_or_contradicts_is_named_and_not_taken_in(root, capsys):
    ada, namesake, zoe, *_ = people = learners(3)
    files = {f"muellerada_{ada.canvas}_1_x.ipynb": ADA, "stranger_5_2_x.ipynb": ADA,
             "Ada Müller_77_assignsubmission_file_x.ipynb": ADA,
             f"OBrienZoë_{namesake.canvas}_3_x.ipynb": ADA}  # fmt: skip
    table = roster(root / "students.csv", people)
    collect(root, put(root / "class.zip", zipped(files)), table=table)
    said = capsys.readouterr().out
    assert "stranger_5_2_x.ipynb" in said and "matches nobody in the roster" in said
    assert f"it may be any of these: {ada.id}, {namesake.id}" in said
    assert f"its number is {namesake.id}'s and its name {zoe.id}'s" in said
    assert f"Nothing came from 2 of the roster: {namesake.id} and {zoe.id}." in said


def test_a_file_of_an_earlier_hand_in_stays_and_is_named(root, capsys):
    before = zipped({"ada/x.ipynb": ADA, "ada/helper.py": b"x = 1", "ben/x.ipynb": ADA})
    collect(root, put(root / "class.zip", before))
    after = zipped({"ada/x.ipynb": notebook("new"), "ben/x.ipynb": ADA})
    collect(root, put(root / "class.zip", after))
    assert "replaced; still there from before: helper.py" in capsys.readouterr().out
    assert taken(root)["ada/07-toy/helper.py"] == b"x = 1"


# --- saying before doing -------------------------------------------------------------------------


def test_a_dry_run_says_everything_and_writes_nothing(root, capsys):
    files = {"ada_1001_1_x.ipynb": ADA, "._x": b"\0", "Thumbs.db": b"\0", "?_1_2_a.ipynb": ADA}
    source = put(root / "class.zip", zipped(files))
    collect(root, source, dry=True)
    said = capsys.readouterr().out
    assert "Ignored, what systems and platforms add: 2 (._x, Thumbs.db)" in said
    assert "ada " in said and "ada_1001_1_x.ipynb" in said
    assert said.endswith("Nothing was written. Without --dry-run the above is done.\n")
    assert not (root / "submitted").exists()


def test_two_different_notebooks_of_one_learner_stop_everything(root):
    files = {"ada_1001_1_x.ipynb": ADA, "ada_1001_2_y.ipynb": notebook("another")}
    source = put(root / "class.zip", zipped(files))
    assert "both seem to be ada's. Rename or remove one." in refused(root, source)


def test_the_notebook_that_is_called_like_the_lesson_is_meant(root, capsys):
    files = {"ada_1001_1_other.ipynb": notebook("another"), "ada_1001_2_07-toy-1.ipynb": ADA}
    collect(root, put(root / "class.zip", zipped(files)))
    assert taken(root) == {"ada/07-toy/07-toy.ipynb": ADA}
    said = capsys.readouterr().out
    assert "whose other one is taken: 1 (ada_1001_1_other.ipynb)" in said


def test_the_notebook_with_the_lessons_cells_is_meant(root):
    (ours := nbformat.from_dict(json.loads(ADA))).cells[0].metadata["nbgrader"] = {
        "grade_id": "toy"
    }
    nbformat.write(ours, root / "solutions" / "07-toy" / "07-toy.ipynb")
    mine = json.dumps(ours).encode()
    files = {"ada_1001_1_a.ipynb": notebook("another"), "ada_1001_2_b.ipynb": mine}
    collect(root, put(root / "class.zip", zipped(files)))
    assert taken(root) == {"ada/07-toy/07-toy.ipynb": mine}


def test_names_do_not_reach_the_terminal_raw(root, capsys):
    collect(root, put(root / "class.zip", hostile("\x1b[2Jeve\x07.ipynb")))
    said = capsys.readouterr().out
    assert "\x1b" not in said and "\x07" not in said and "control characters" in said


def test_help_of_export_imports_nothing_heavy():
    heavy = {"numpy", "nbgrader", "nbformat", "sqlalchemy", "matplotlib", "yaml", "dateutil"}
    code = (
        "import sys; from typer.testing import CliRunner; from lessonlib.cli import app; "
        "print([CliRunner().invoke(app, [name, '--help']).exit_code for name in "
        f"('collect', 'export')], {heavy} & set(sys.modules))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert told.stdout == "[0, 0] set()\n", told.stderr

"""`lessonlib pack` and `unpack`: a folder as one file, taken in elsewhere without any loss."""

import io
import zipfile

import pytest
from learners import ANSWER, LESSON, NOTEBOOK, answered, sources

from lessonlib.errors import UserError
from lessonlib.project import STARTED
from lessonlib.workspace import commands, folder
from lessonlib.workspace import pack as packing
from lessonlib.workspace.pack import pack, unpack
from lessonlib.workspace.start import start
from lessonlib.workspace.update import update

STUB = "relu-relu"


@pytest.fixture
def elsewhere(course, tmp_path):
    """Another folder of the same learner, on another computer."""
    start(tmp_path / "elsewhere")
    return tmp_path / "elsewhere"


def snapshot(home):
    return {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}


def test_work_and_files_of_ones_own_come_along_and_hidden_ones_do_not(home, elsewhere):
    answered(home / NOTEBOOK, STUB)
    (home / LESSON / "data.csv").write_text("1,2")
    (home / ".venv").mkdir()
    (home / ".venv/module.py").touch()
    (home / LESSON / ".ipynb_checkpoints").mkdir()
    (home / LESSON / ".ipynb_checkpoints/old.ipynb").touch()
    _, changes = unpack(pack(home), elsewhere)
    assert sorted(changes.new) == [NOTEBOOK, f"{LESSON}/data.csv"] and changes.kept == {}
    assert (elsewhere / NOTEBOOK).read_bytes() == (home / NOTEBOOK).read_bytes()
    assert (elsewhere / LESSON / "data.csv").read_text() == "1,2"
    assert not list(elsewhere.rglob("old.ipynb")) and not (elsewhere / ".venv").exists()


def test_what_was_worked_on_in_both_is_there_twice(home, elsewhere, capsys):
    answered(home / NOTEBOOK, STUB)
    answered(elsewhere / NOTEBOOK, STUB, "pass")
    package = pack(home)
    for _ in range(2):  # and no third time
        commands.unpack(package, elsewhere)
    assert f"{NOTEBOOK}; as it was: {LESSON}.kept-1.ipynb" in capsys.readouterr().out
    assert sources(elsewhere / NOTEBOOK)[STUB] == ANSWER
    assert sources(elsewhere / LESSON / f"{LESSON}.kept-1.ipynb")[STUB] == "pass"
    assert len(list(elsewhere.rglob("*.kept-*"))) == 1


def test_what_the_packer_has_not_worked_on_replaces_nothing(home, elsewhere):
    answered(elsewhere / NOTEBOOK, STUB)
    _, changes = unpack(pack(home), elsewhere)
    assert changes.new == [] and sources(elsewhere / NOTEBOOK)[STUB] == ANSWER


def test_a_package_of_another_version_is_taken_and_can_be_brought_up_to_date(
    course, home, tmp_path, monkeypatch, capsys
):
    answered(home / NOTEBOOK, STUB)
    package = pack(home)
    course.text("# New")
    monkeypatch.setattr("lessonlib.__version__", "99")
    newer = tmp_path / "newer"
    start(newer)
    commands.unpack(package, newer)
    assert "and this is 99: `lessonlib update` brings the text" in capsys.readouterr().out
    update(newer)
    found = sources(newer / NOTEBOOK)
    assert found[STUB] == ANSWER and "# New" in found.values()
    assert not list(newer.rglob("*.kept-*"))


def test_a_file_that_is_there_is_not_overwritten(home):
    first, second = pack(home), pack(home)
    assert (first.name, second.name) == ("mine.zip", "mine-2.zip")
    assert pack(home, first).name == "mine-3.zip"


def test_too_much_to_pack_is_told(home, monkeypatch):
    monkeypatch.setattr(packing, "LIMIT", 1000)
    with pytest.raises(UserError, match="more than 0 MB of files"):
        pack(home)


# --- bad packages ------------------------------------------------------------------------------


NOTE = '{"format": 1, "version": "0"}'


def archive(**files):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        for name, content in files.items():
            made.writestr(name, content)
    return buffer.getvalue()


def cut(home):
    return pack(home).read_bytes()[:-500]


def flipped(home):
    content = bytearray(pack(home).read_bytes())
    content[len(content) // 2] ^= 0xFF
    return bytes(content)


BAD = {
    "empty": (lambda home: b"", "is damaged, or no package"),
    "text": (lambda home: b"Dear Ada,", "is damaged, or no package"),
    "cut": (cut, "is damaged, or no package"),
    "flipped": (flipped, "is damaged, or no package"),
    "other zip": (lambda home: archive(**{"a.txt": "a"}), "does not come from this course"),
    "newer form": (
        lambda home: archive(**{STARTED: '{"format": 2, "version": "9.1"}'}),
        "was made by lessonlib 9.1, in a form that version",
    ),
}
BAD_NAMES = ["../out.txt", "a/../../out.txt", "/out.txt", "..\\out.txt", "C:out.txt", ".bashrc",
             ".lessonlib/secret", "a/.git/hooks/post-commit"]  # fmt: skip


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_package_gets_a_sentence_and_changes_nothing(home, tmp_path, kind):
    make, said = BAD[kind]
    bad = tmp_path / "bad.zip"
    bad.write_bytes(make(home))
    before = snapshot(home)
    with pytest.raises(UserError, match=said):
        unpack(bad, home)
    assert snapshot(home) == before


@pytest.mark.parametrize("name", [*BAD_NAMES, f"{folder.HANDED_OUT}/../../out.txt"])
def test_a_name_that_leads_elsewhere_is_refused(home, tmp_path, name):
    bad = tmp_path / "bad.zip"
    bad.write_bytes(archive(**{STARTED: NOTE, "fine.txt": "fine", name: "out"}))
    before = snapshot(tmp_path)
    with pytest.raises(UserError, match="does not belong into a course"):
        unpack(bad, home)
    assert snapshot(tmp_path) == before


def test_a_link_in_the_folder_leads_nobody_out_of_it(home, tmp_path):
    (tmp_path / "outside").mkdir()
    (home / "linked").symlink_to(tmp_path / "outside")
    bad = tmp_path / "bad.zip"
    bad.write_bytes(archive(**{STARTED: NOTE, "linked/out.txt": "out"}))
    with pytest.raises(UserError, match="does not belong into a course"):
        unpack(bad, home)
    assert list((tmp_path / "outside").iterdir()) == []


def test_a_package_that_would_fill_the_disk_is_refused(home, tmp_path, monkeypatch):
    package = pack(home)
    monkeypatch.setattr(packing, "LIMIT", 1000)
    with pytest.raises(UserError, match="would take more than"):
        unpack(package, home)


def test_no_package_at_all(home, tmp_path):
    with pytest.raises(UserError, match="There is no file"):
        unpack(tmp_path / "none.zip", home)
    with pytest.raises(UserError, match="cannot be read: Is a directory"):
        unpack(tmp_path, home)

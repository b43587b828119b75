"""A folder of notebooks is taken in with care: nothing is followed, nobody is lost."""

import os
import socket
import stat

import pytest
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from lessonlib.errors import UserError
from lessonlib.grading.submission.reading import MAX_BYTES
from lessonlib.platforms.collecting import Chooser, carry_out, plan
from lessonlib.platforms.unpacking import opened

LESSON = "05-toy"


@pytest.fixture
def course(tmp_path):
    config = Config()
    config.CourseDirectory.root = str(tmp_path)
    return CourseDirectory(config=config)


def put(path, content=b"{}"):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def secret(tmp_path):
    return put(tmp_path / "secret" / "toy.ipynb", b"the instructor's")


def collect(course, source, roster=None):
    """Take a folder or a zip in; return what became of each, and what was left out."""
    with opened(source) as items:
        made = plan(items, LESSON, Chooser.of(course, LESSON, "toy"), roster)
        return [*carry_out(made, course, LESSON, "toy"), *made.left]


# --- taking in -----------------------------------------------------------------------------------


@pytest.fixture
def downloads(tmp_path):
    """A folder of notebooks that an instructor has downloaded, with one that is as it should be."""
    put(tmp_path / "downloads" / "zoe.ipynb", b"zoe's")
    return tmp_path / "downloads"


def take_in(course, downloads):
    """Take a folder in; return what became of each, by name."""
    return dict(collect(course, downloads))


def place(tmp_path, student):
    return tmp_path / "submitted" / student / LESSON / "toy.ipynb"


@pytest.mark.parametrize(
    "name",
    ["ada.ipynb", f"ada_{LESSON}.ipynb", f"{LESSON}-ada.ipynb", f"ada {LESSON}.ipynb",
     "ada/any.ipynb", f"ada/{LESSON}/{LESSON}.ipynb", f"{LESSON}/ada.ipynb",
     "ada_assignsubmission_file/x.ipynb"],
)  # fmt: skip
def test_a_notebook_belongs_to_whom_its_name_says(course, downloads, tmp_path, name):
    put(downloads / name, b"notebook")
    assert take_in(course, downloads)["ada"] == "taken in"
    assert place(tmp_path, "ada").read_bytes() == b"notebook"


def test_taking_in_again_replaces_what_has_changed_and_leaves_what_has_not(
    course, downloads, tmp_path
):
    put(downloads / "bob.ipynb", b"1")
    take_in(course, downloads)
    put(downloads / "bob.ipynb", b"2")
    assert take_in(course, downloads) == {"zoe": "already there", "bob": "replaced"}
    assert place(tmp_path, "bob").read_bytes() == b"2"


def test_two_notebooks_of_one_learner_stop_before_anything_is_copied(course, downloads, tmp_path):
    put(downloads / "ada.ipynb", b"one")
    put(downloads / "ada" / "second.ipynb", b"another")
    with pytest.raises(UserError, match="both seem to be ada's"):
        take_in(course, downloads)
    assert not (tmp_path / "submitted").exists()


def test_names_that_are_patterns_to_nbgrader_are_changed(course, downloads, tmp_path):
    put(downloads / "ada[1].ipynb", b"ada's")
    put(downloads / "b*b?.ipynb", b"bob's")
    assert take_in(course, downloads) == {
        "ada_1_": "taken in", "b_b_": "taken in", "zoe": "taken in",
    }  # fmt: skip
    assert place(tmp_path, "ada_1_").read_bytes() == b"ada's"


def odd_link(path, secret):
    path.symlink_to(secret)


def odd_dangling_link(path, secret):
    path.symlink_to("nowhere")


def odd_folder(path, secret):
    put(path / "inside.ipynb")


def odd_linked_folder(path, secret):
    path.symlink_to(secret.parent)


def odd_pipe(path, secret):
    os.mkfifo(path)


def odd_socket(path, secret):
    own = os.getcwd()
    os.chdir(path.parent)  # a socket's path must be short
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(path.name)
    finally:
        os.chdir(own)


def odd_device(path, secret):
    if os.geteuid() != 0:
        pytest.skip("only root makes devices")
    try:
        os.mknod(path, 0o600 | stat.S_IFCHR, os.makedev(1, 5))  # /dev/zero never ends
    except PermissionError:
        pytest.skip("no devices can be made here")


def odd_huge(path, secret):
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 2**20)


@pytest.mark.parametrize(
    ("made", "why"),
    [(odd_link, "a link"), (odd_dangling_link, "a link"), (odd_folder, "a folder"),
     (odd_linked_folder, "a link"), (odd_pipe, "no ordinary file"),
     (odd_socket, "no ordinary file"), (odd_device, "no ordinary file"), (odd_huge, "51 MiB")],
)  # fmt: skip
def test_what_is_no_ordinary_file_is_named_at_the_end_and_the_rest_taken_in(
    course, downloads, tmp_path, made, why
):
    made(downloads / "eve.ipynb", secret(tmp_path))
    found = collect(course, downloads)
    assert found[0] == ("zoe", "taken in")
    assert found[1][0] in ("eve", "eve.ipynb")
    assert found[1][1].startswith("left out: ") and why in found[1][1]
    assert len(found) == 2
    assert [path.name for path in (tmp_path / "submitted").iterdir()] == ["zoe"]


@pytest.mark.parametrize(
    ("name", "why"),
    [("a\nb.ipynb", "control characters"), ("a\x1b]0;title\x07b.ipynb", "control characters"),
     ("a\tb/x.ipynb", "control characters"), (os.fsdecode(b"\xff.ipynb"), "not UTF-8"),
     ("a" * 200 + ".ipynb", "longer than 128"), ("..ipynb", "does not say whose"),
     ("...ipynb", "does not say whose"), (".._assignsubmission_file/a.ipynb", "does not say whose"),
     ("_assignsubmission_file/a.ipynb", "does not say whose")],
)  # fmt: skip
def test_an_odd_name_is_named_at_the_end_and_the_rest_taken_in(
    course, downloads, tmp_path, name, why
):
    put(downloads / name)
    taken, left = collect(course, downloads)
    assert taken == ("zoe", "taken in")
    assert left[1].startswith("left out: ") and why in left[1]
    assert left[0].isprintable()
    assert list(tmp_path.rglob("toy.ipynb")) == [place(tmp_path, "zoe")]


def test_a_folder_that_cannot_be_read_is_named(course, downloads, monkeypatch):
    real = os.scandir

    def scandir(path):
        if str(path).endswith("locked"):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    put(downloads / "locked" / "eve.ipynb")
    monkeypatch.setattr(os, "scandir", scandir)  # root may read everything
    assert take_in(course, downloads) == {
        "zoe": "taken in", "locked": "left out: Permission denied",
    }  # fmt: skip


def test_a_file_that_cannot_be_read_is_named(course, downloads, monkeypatch):
    real = os.open

    def refuse(path, *rest, **more):
        if str(path).endswith("eve.ipynb"):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path, *rest, **more)

    put(downloads / "eve.ipynb")
    monkeypatch.setattr(os, "open", refuse)
    assert take_in(course, downloads)["eve"] == "left out: Permission denied"


# --- taking in, where something is already ---------------------------------------------------


def test_a_link_in_the_notebooks_place_is_replaced_and_not_followed(course, downloads, tmp_path):
    target = secret(tmp_path)
    place(tmp_path, "zoe").parent.mkdir(parents=True)
    place(tmp_path, "zoe").symlink_to(target)
    assert take_in(course, downloads) == {"zoe": "replaced"}
    assert place(tmp_path, "zoe").read_bytes() == b"zoe's"
    assert not place(tmp_path, "zoe").is_symlink()
    assert target.read_bytes() == b"the instructor's"


@pytest.mark.parametrize("level", ["lesson", "learner"])
def test_a_link_in_the_folders_place_is_not_followed(course, downloads, tmp_path, level):
    target = secret(tmp_path).parent
    folder = place(tmp_path, "zoe").parent
    folder = folder if level == "lesson" else folder.parent
    folder.parent.mkdir(parents=True)
    folder.symlink_to(target)
    put(downloads / "ada.ipynb")
    found = take_in(course, downloads)
    assert found["ada"] == "taken in"
    assert found["zoe"].startswith("left out: its folder") and "link" in found["zoe"]
    assert [path.name for path in target.iterdir()] == ["toy.ipynb"]
    assert (target / "toy.ipynb").read_bytes() == b"the instructor's"


def test_a_pipe_in_the_notebooks_place_is_replaced(course, downloads, tmp_path):
    place(tmp_path, "zoe").parent.mkdir(parents=True)
    os.mkfifo(place(tmp_path, "zoe"))
    assert take_in(course, downloads) == {"zoe": "replaced"}


def test_a_folder_in_the_notebooks_place_leaves_that_one_out(course, downloads, tmp_path):
    place(tmp_path, "zoe").mkdir(parents=True)
    put(downloads / "ada.ipynb")
    found = take_in(course, downloads)
    assert found == {"ada": "taken in", "zoe": "left out: Is a directory"}


def test_what_an_interrupted_run_has_left_is_in_nobodys_way(course, downloads, tmp_path):
    put(place(tmp_path, "zoe").with_name(".partial"), b"half")
    assert take_in(course, downloads) == {"zoe": "taken in"}
    assert [path.name for path in place(tmp_path, "zoe").parent.iterdir()] == ["toy.ipynb"]


def test_checkpoints_are_no_submissions(course, downloads):
    put(downloads / ".ipynb_checkpoints" / "ada-checkpoint.ipynb")
    assert list(take_in(course, downloads)) == ["zoe"]


def test_the_same_notebook_twice_is_taken_once(course, downloads, tmp_path):
    put(downloads / "ada.ipynb", b"one")
    put(downloads / "ada" / "second.ipynb", b"one")
    assert take_in(course, downloads) == {"ada": "taken in", "zoe": "taken in"}


def test_a_missing_folder_is_named(course, tmp_path):
    with pytest.raises(UserError, match="no folder .*none"):
        take_in(course, tmp_path / "none")

"""Pyodide's release, from a folder or an address, becomes the part of a site that runs Python."""

import functools
import http.server
import json
import threading

import pytest

from lessonlib.errors import UserError
from lessonlib.site.browser import build
from lessonlib.site.browser.distribution import CORE, LOCK, NEEDED, Distribution, record, sha256


@pytest.fixture
def release(tmp_path):
    """A folder that looks like Pyodide's release, with one package that nobody needs."""
    folder = tmp_path / "release"
    folder.mkdir()
    packages = {}
    for name in [*NEEDED, "pillow", "scipy"]:
        wheel = folder / f"{name}-1.0-py3-none-any.whl"
        wheel.write_text(name)
        packages[name] = record(wheel, [name], ["Pillow"] if name == "matplotlib" else [])
    for name in CORE:
        (folder / name).write_text(name)
    (folder / LOCK).write_text(json.dumps({"info": {}, "packages": packages}))
    return folder


@pytest.fixture
def ours(tmp_path):
    wheel = tmp_path / "lessonlib-0.2.0-py3-none-any.whl"
    wheel.write_text("ours")
    return record(wheel, ["lessonlib"], ["numpy"])


def test_what_is_needed_is_copied_and_ours_is_one_of_the_packages(release, ours, tmp_path):
    Distribution(str(release)).write(tmp_path / "out", [ours])
    lock = json.loads((tmp_path / "out" / LOCK).read_text())
    assert lock["packages"].keys() == {*NEEDED, "pillow", "lessonlib"}
    files = {each.name for each in (tmp_path / "out").iterdir()}
    assert files == {*CORE, LOCK, *(f"{each}-1.0-py3-none-any.whl" for each in (*NEEDED, "pillow"))}
    assert lock["packages"]["lessonlib"]["imports"] == ["lessonlib"]


def test_from_an_address_nothing_is_copied(release, ours, tmp_path):
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    server = http.server.HTTPServer(
        ("127.0.0.1", 0), functools.partial(Quiet, directory=str(release))
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    try:
        remote = Distribution(f"{address}/")
        remote.write(tmp_path / "out", [ours])
    finally:
        server.shutdown()
        server.server_close()
    packages = json.loads((tmp_path / "out" / LOCK).read_text())["packages"]
    assert packages["numpy"]["file_name"] == f"{address}/numpy-1.0-py3-none-any.whl"
    assert packages["lessonlib"]["file_name"] == "lessonlib-0.2.0-py3-none-any.whl"
    assert [each.name for each in (tmp_path / "out").iterdir()] == [LOCK]


def test_a_wheel_that_is_not_the_one_of_the_lock_file_is_refused(release, tmp_path):
    numpy = release / "numpy-1.0-py3-none-any.whl"
    before = sha256(numpy)
    numpy.write_text("another")
    assert sha256(numpy) != before
    with pytest.raises(UserError, match=r"numpy.* is not the file that its"):
        Distribution(str(release)).write(tmp_path / "out", [])


def test_what_is_missing_is_named(release, tmp_path):
    (release / "pillow-1.0-py3-none-any.whl").unlink()
    with pytest.raises(UserError, match="lacks pillow"):
        Distribution(str(release)).write(tmp_path / "out", [])


@pytest.mark.parametrize("place", ["no-such-folder", "http://127.0.0.1:9/nothing"])
def test_what_is_no_release_gets_a_sentence(place):
    with pytest.raises(UserError, match="not a release of Pyodide, or cannot be reached"):
        Distribution(place)


def test_a_folder_with_something_else_is_not_overwritten(release, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/thesis.txt").write_text("years")
    with pytest.raises(UserError, match="something else"):
        build(tmp_path, tmp_path / "mine", str(release))
    assert (tmp_path / "mine/thesis.txt").read_text() == "years"

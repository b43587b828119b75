"""The browser edition with Python at a public address: only what is ours lies beside it."""

from pathlib import Path

import pages_of
import pytest
from edition import Learner, served

from lessonlib.site.browser import build

pytestmark = [pytest.mark.site, pytest.mark.slow, pytest.mark.browser]

ROOT = Path(__file__).parents[2]
NOTEBOOK = "01-relu-layer/01-relu-layer.ipynb"


class Public(pages_of.Quiet):
    """Lets pages of every other host have its files, as a public address does."""

    def end_headers(self):
        self.send_header("Access-Control-Allow-Origin", "*")
        super().end_headers()


@pytest.fixture(scope="module")
def public(pyodide):
    with pages_of.served(pyodide, Public) as address:
        yield address


@pytest.fixture(scope="module")
def learner(browser, public, tmp_path_factory):
    """In lesson 01 of a site that was made with that address."""
    folder = tmp_path_factory.mktemp("public")
    build(ROOT, folder / "site", f"{public}/")
    with served(folder / "site", folder) as (address, _):
        learner = Learner(browser, address, public)
        learner.open(NOTEBOOK)
        learner.run("from lessonlib import check")
        yield learner
        learner.close()


def test_a_wrong_answer_is_named_and_the_right_one_passes(learner):
    told = learner.answer("relu-relu", "def relu(z):\n    return abs(z)")
    assert "not right yet, 0 of 1 point" in told and "absolute value" in told
    right = "import numpy as np\n\ndef relu(z):\n    return np.maximum(z, 0)"
    assert "right. 1 of 1 point" in learner.answer("relu-relu", right)


def test_the_work_is_there_after_a_reload_and_is_checked_again(learner):
    learner.save()
    learner.open(NOTEBOOK)
    learner.run("from lessonlib import check")
    assert "right. 1 of 1 point" in learner.told("check-relu-relu")
    assert "not right yet" in learner.answer("relu-relu", "def relu(z):\n    return z")


def test_python_comes_from_there_and_what_is_ours_from_beside_it(learner, public):
    files = {url.rsplit("/", 1)[1]: url.startswith(public) for url in learner.asked}
    there = {name for name, is_public in files.items() if is_public}
    assert {"pyodide.mjs", "pyodide.asm.wasm", "python_stdlib.zip"} <= there
    assert any(name.startswith("numpy-") for name in there)
    ours = {name for name in files if name.startswith("lessonlib-")}
    assert ours and ours.isdisjoint(there)


def test_no_third_host_is_asked(learner):
    assert learner.elsewhere == []

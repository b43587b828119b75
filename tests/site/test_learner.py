"""A learner with nothing but a browser: wrong, right, endless, tomorrow, offline, moving on."""

import json
import subprocess
import sys
import time

import pytest
from edition import Learner, served

from lessonlib.site.browser import size_of

pytestmark = [pytest.mark.site, pytest.mark.slow, pytest.mark.browser]

NOTEBOOK = "01-relu-layer/01-relu-layer.ipynb"
RELU = "import numpy as np\n\ndef relu(z):\n    return np.maximum(z, 0)"
ENDLESS = "def relu(z):\n    while True:\n        pass"
STARTED = 20.0  # seconds from the address to the first answered check, on an idle machine
BUSY = 0.75  # of the first visit's time: half of it on an idle machine, and never as long
SIZE = 60_000_000  # bytes of the browser edition, without the book that lies beside it


@pytest.fixture(scope="module")
def server(site, tmp_path_factory):
    with served(site, tmp_path_factory.mktemp("site")) as (address, stop):
        yield address, stop


@pytest.fixture(scope="module")
def learner(browser, server):
    """In lesson 01, with a check answered; what it took is printed."""
    learner = Learner(browser, server[0])
    learner.first, learner.seconds = visit(learner)
    yield learner
    learner.close()


def visit(learner):
    """Come to lesson 01 and answer; return what was told, and the seconds that it took."""
    started = time.monotonic()
    kernel = learner.open(NOTEBOOK)
    learner.run("from lessonlib import check")
    told = learner.answer("relu-relu", "def relu(z):\n    return abs(z)")
    seconds = time.monotonic() - started
    print(f"kernel after {kernel:.1f} s, an answer after {seconds:.1f} s", flush=True)
    return told, seconds


def test_the_site_is_small(site):
    size, with_book = size_of(site) - size_of(site / "book"), size_of(site)
    print(f"{size / 1e6:.1f} MB, with the book {with_book / 1e6:.1f} MB")
    assert size <= SIZE


def test_a_wrong_answer_is_named_and_its_line_found(learner):
    assert "not right yet, 0 of 1 point" in learner.first
    assert "line 2, `return abs(z)`" in learner.first
    assert "absolute value" in learner.first


def test_nothing_alarms_who_has_just_come(learner):
    assert learner.page.get_by_text("Not Trusted").count() == 0


def test_an_endless_answer_is_stopped_and_the_right_one_passes(learner):
    assert "did not finish within 4 seconds" in learner.answer("relu-relu", ENDLESS)
    assert "right. 1 of 1 point" in learner.answer("relu-relu", RELU)


def test_the_stop_button_ends_any_cell_and_what_it_defined_stays(learner):
    press = "setTimeout(() => jupyterapp.commands.execute('notebook:interrupt-kernel'), 3000)"
    learner.page.evaluate(press)
    assert "This cell was stopped" in learner.run("kept = 17\nwhile True:\n    pass")
    assert learner.run("print(kept)").strip() == "17"


def test_a_cell_is_stopped_after_its_time(learner):
    learner.run("from lessonlib import in_browser; in_browser.LIMIT = 3.0")
    assert "This cell was stopped" in learner.run("while True:\n    pass")
    learner.run("in_browser.LIMIT = 300.0")


def test_a_hint_a_case_a_figure_and_what_is_ones_own(learner):
    assert learner.run("from lessonlib import hint; hint('relu.relu')").strip()
    assert learner.run("from lessonlib import case; print(case('relu.relu', 1))").strip()
    figure = learner.run("import matplotlib.pyplot as plt; plt.plot([0, 1]); plt.show()")
    assert "Figure" in figure
    assert "comes after this one" in learner.run("from lessonlib import mine; mine.linreg.fit")


def test_work_is_there_after_a_reload_and_progress_knows_it(learner):
    learner.save()
    learner.open(NOTEBOOK)
    assert "right. 1 of 1 point" in learner.told("check-relu-relu")
    progress = learner.run("import lessonlib; lessonlib.progress()")
    assert "01-relu-layer" in progress and " 1 of  6" in progress


def test_the_work_moves_to_the_desktop_and_back(learner, browser, server, tmp_path):
    with learner.page.expect_download() as download:
        assert "Packed" in learner.run("lessonlib.pack()")
    package = tmp_path / download.value.suggested_filename
    download.value.save_as(package)
    home = tmp_path / "mine"
    lessonlib(tmp_path, "start", str(home), "--no-open")
    assert "01-relu-layer.ipynb" in lessonlib(home, "unpack", str(package))
    assert answer_in(home / NOTEBOOK) == RELU
    assert "1 of 1" in lessonlib(home, "check", "01")
    assert lessonlib(home, "unpack", str(package)).startswith("There is nothing")
    elsewhere = Learner(browser, server[0])
    elsewhere.open(NOTEBOOK)
    elsewhere.upload(package)
    elsewhere.run("import lessonlib")
    assert "01-relu-layer.ipynb" in elsewhere.run("lessonlib.unpack()")
    elsewhere.open(NOTEBOOK)
    assert "right. 1 of 1 point" in elsewhere.told("check-relu-relu")
    elsewhere.close()


def lessonlib(home, *arguments):
    command = [sys.executable, "-m", "lessonlib", *arguments]
    done = subprocess.run(command, cwd=home, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def answer_in(path):
    cells = json.loads(path.read_text())["cells"]
    return next("".join(c["source"]) for c in cells if c["id"] == "relu-relu")


def test_a_new_release_comes_into_edited_notebooks_and_answers_stay(learner):
    """As if what was handed out had been an older text."""
    learner.open(NOTEBOOK)
    learner.run(OLDER)
    learner.page.evaluate("jupyterapp.shell.currentWidget.sessionContext.restartKernel()")
    learner.page.wait_for_function("window.jupyterapp?.shell.currentWidget?.sessionContext?"
                                   ".session?.kernel?.status === 'idle'")  # fmt: skip
    assert "newer text of this lesson" in learner.run("from lessonlib import check")
    assert NOTEBOOK in learner.run("import lessonlib; lessonlib.update()")
    learner.open(NOTEBOOK)
    assert "right. 1 of 1 point" in learner.told("check-relu-relu")
    assert "older text" not in learner.run(f"print(open('/drive/{NOTEBOOK}').read())")


OLDER = f"""
import json
for path in ("/drive/.lessonlib/release/{NOTEBOOK}", "/drive/{NOTEBOOK}"):
    notebook = json.load(open(path))
    notebook["cells"][0]["source"] = ["an older text"]
    with open(path, "w") as file:
        json.dump(notebook, file)
"""


KEPT = """async () => {
    for (;;) {
        for (const name of await caches.keys()) {
            const kept = name.startsWith('compiled-') && await (await caches.open(name)).keys();
            if (kept.length === 2) return;
        }
        await new Promise(resolve => setTimeout(resolve, 500));
    }
}"""


def test_the_second_visit_starts_in_half_the_time(learner):
    """And all of it is the same, though Python and what it had compiled are as they were kept."""
    learner.page.evaluate(KEPT)
    told, seconds = visit(learner)
    assert told == learner.first
    assert learner.run("import asyncio; print(asyncio.__file__)").strip().endswith(".pyc")
    print(f"the second visit took {seconds / learner.seconds:.2f} of the first")
    assert seconds < BUSY * learner.seconds


def test_what_was_kept_and_is_damaged_is_as_nothing(learner):
    learner.page.evaluate(
        """async () => {
            const name = (await caches.keys()).find(name => name.startsWith('compiled-'));
            const cache = await caches.open(name);
            for (const request of await cache.keys()) {
                await cache.put(request, new Response('no library'));
            }
        }"""
    )
    assert visit(learner)[0] == learner.first


def test_a_later_visit_needs_no_network(learner, server):
    assert "right. 1 of 1 point" in learner.answer("relu-relu", RELU)
    learner.save()
    server[1]()  # it still listens, and answers nobody: a bad network
    print(f"offline: kernel after {learner.open(NOTEBOOK):.1f} s")
    assert "right. 1 of 1 point" in learner.told("check-relu-relu")
    assert learner.run("from lessonlib import judge; print(judge('relu.relu', abs).points)") != ""


def test_nothing_was_asked_of_another_host(learner):
    assert learner.elsewhere == []
    if learner.seconds > STARTED:
        print(f"{learner.seconds:.0f} s to the first answer; on an idle machine {STARTED:.0f}")

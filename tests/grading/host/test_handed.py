"""`mine` in a submission's process: what earlier lessons ask, in the library's form, no more."""

import pytest
from processes import LIMITS, speaker

from lessonlib.grading.grade import close_servers, warm_server
from lessonlib.grading.host.process import Process
from lessonlib.lessons import lesson_of
from lessonlib.mine.handed import handed_out

LESSON = lesson_of("training.adam_step").name


@pytest.fixture(scope="module")
def says():
    """Run a cell in a process of a lesson that comes late, and return what it printed."""
    process = Process(warm_server((), True, (), handed_out(LESSON)), LIMITS, {})
    yield speaker(process)
    process.close()
    close_servers()


def test_mine_gives_what_earlier_lessons_ask(says):
    assert (
        says(
            "from lessonlib import mine\nimport numpy as np\n"
            "X, W = np.ones((2, 3)), np.ones((3, 1))\n"
            "P, caches = mine.deep.forward(X, [(W, np.zeros(1))])\n"
            "print(np.round(P.ravel(), 3), mine.linreg.predict(X, W, 1).ravel())"
        )
        == "[0.953 0.953] [4. 4.]"
    )


@pytest.mark.parametrize("name", ["training.adam_step", "autodiff.value", "deep.recall_1"])
def test_mine_gives_nothing_of_its_own_lesson_or_of_a_later_one(says, name):
    said = says(
        f"from lessonlib import mine\ntry:\n    mine.{name}\nexcept AttributeError as error:\n"
        "    print(error)"
    )
    assert said == f"No earlier lesson has a function for {name} that goes on."


def test_no_answer_of_the_own_lesson_can_be_read(says):
    texts = says(
        "import os, lessonlib.lessons as l\nfound = []\n"
        "for top, _, names in os.walk(l.__path__[0]):\n"
        "    found += [open(os.path.join(top, name)).read() for name in names]\n"
        "print('\\n'.join(found))"
    )
    assert "def forward(" in texts and "def adam_step(" not in texts and "[deep." not in texts


def test_a_warm_server_is_kept_for_what_it_shows_alone(says):
    assert warm_server((), True, (), handed_out(LESSON)) is warm_server(
        (), True, (), dict(handed_out(LESSON))
    )

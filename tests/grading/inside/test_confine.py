"""How a submission's process is locked away: calls that are refused, and limits that hold."""

import platform
from dataclasses import replace

import pytest
from conftest import LIMITS, speaker

from lessonlib.grading.inside import confine
from lessonlib.grading.remote.session import Gone, Session


@pytest.fixture
def with_limits(server):
    """Return a function that starts a session of other limits and lets it speak."""
    sessions = []

    def start(**limits):
        sessions.append(Session(server, replace(LIMITS, **limits), {}))
        return speaker(sessions[-1])

    yield start
    for session in sessions:
        session.close()


TRIES = """
import ctypes, errno, os, platform
libc = ctypes.CDLL(None, use_errno=True)

def tried(number, *arguments):
    result = libc.syscall(number, *arguments)
    return errno.errorcode[ctypes.get_errno()] if result < 0 else "done"
"""


# --- calls ---------------------------------------------------------------------------------------


def test_every_forbidden_call_is_refused(says):
    says(TRIES)
    calls = confine._CALLS[platform.machine()]
    said = says(
        f"print({{name: tried(number, 0, 0, 0, 0, 0) for name, number in {calls}.items()}})"
    )
    assert eval(said) == dict.fromkeys(calls, "EPERM")


@pytest.mark.parametrize(
    "source",
    ["os.fork()", "subprocess.run(['true'])", "os.execv('/bin/true', ['a'])",
     "multiprocessing.get_context('fork').Process(target=print).start()",
     "multiprocessing.get_context('spawn').Process(target=print).start()",
     "os.posix_spawn('/bin/true', ['a'], {})", "os.popen('true').read()"],
)  # fmt: skip
def test_no_process_can_be_started(says, source):
    said = says(
        "import os, subprocess, multiprocessing\n"
        f"try:\n    {source}\n    print('done')\nexcept OSError:\n    print('refused')"
    )
    assert said == "refused"


def test_a_command_for_the_shell_fails(says):
    assert says("import os\nprint(os.system('true') == 0)") == "False"


def test_threads_can_be_started(says):
    assert says(
        "from concurrent.futures import ThreadPoolExecutor\n"
        "with ThreadPoolExecutor(2) as pool:\n    print(list(pool.map(abs, [-1, -2])))"
    ) == "[1, 2]"  # fmt: skip


def test_there_are_no_rights_and_none_can_be_got(says):
    said = says(
        "import ctypes\nlibc = ctypes.CDLL(None)\n"
        "header = (ctypes.c_uint32 * 2)(0x20080522, 0)\ndata = (ctypes.c_uint32 * 6)()\n"
        "libc.capget(header, data)\n"
        "print(list(data), libc.prctl(39, 0, 0, 0, 0))"
    )
    assert said == "[0, 0, 0, 0, 0, 0] 1"


def test_it_is_nobody_in_particular(says):
    assert says("import os\nprint(os.getuid(), os.getgid(), os.getpid())") == "1000 1000 1"
    assert says("import socket\nprint(socket.gethostname())") == "grading"


def test_other_processes_can_neither_be_seen_nor_signalled(says):
    assert says("import os\nprint(os.listdir('/proc'))") == "[]"
    said = says(
        "import os\nfound = []\n"
        "for pid in range(2, 3000):\n"
        "    try:\n        os.kill(pid, 0)\n        found.append(pid)\n"
        "    except ProcessLookupError:\n        pass\n"
        "print(found)"
    )
    assert said == "[]"


def test_the_clock_and_the_name_of_the_machine_cannot_be_set(says):
    said = says(
        "import socket, time\n"
        "for do in (lambda: socket.sethostname('x'), lambda: time.clock_settime(0, 0)):\n"
        "    try:\n        do()\n        print('done')\n"
        "    except OSError:\n        print('refused')"
    )
    assert said.split() == ["refused"] * 2


# --- limits --------------------------------------------------------------------------------------


def test_more_memory_than_allowed_is_an_error_and_the_process_lives(with_limits):
    says = with_limits(memory=256 * 2**20)
    said = says(
        "import numpy as np\n"
        "try:\n    np.ones(10**9)\nexcept MemoryError:\n    print('no')\n"
        "print(np.ones(3).sum())"
    )
    assert said == "no\n3.0"


def test_what_a_lesson_needs_fits_into_the_memory(with_limits):
    says = with_limits(memory=256 * 2**20)
    assert says("import numpy as np\nprint(np.ones(10**7).sum())") == "10000000.0"


def test_a_file_does_not_grow_beyond_its_limit(with_limits):
    says = with_limits(file_size=2**20)
    said = says(
        "import signal\nsignal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "try:\n    with open('a', 'wb') as file:\n        file.write(bytes(2**21))\n"
        "    print('written')\nexcept OSError:\n    print('refused')"
    )
    assert said == "refused"


def test_all_files_together_have_the_same_limit(with_limits):
    says = with_limits(file_size=2**20)
    said = says(
        "try:\n    for k in range(4):\n        with open(str(k), 'wb') as file:\n"
        "            file.write(bytes(2**19))\n    print('written')\n"
        "except OSError as error:\n    print(error.strerror)"
    )
    assert said == "No space left on device"


@pytest.mark.parametrize("folder", ["/dev/shm", "/tmp", "."])
def test_what_is_temporary_is_small_too(with_limits, folder):
    says = with_limits(file_size=2**20)
    said = says(
        f"import os\nos.chdir({folder!r})\ntry:\n    for k in range(8):\n"
        "        with open(str(k), 'wb') as file:\n            file.write(bytes(2**19))\n"
        "    print('written')\nexcept OSError:\n    print('refused')"
    )
    assert said == "refused"


def test_open_files_are_counted(with_limits):
    says = with_limits(open_files=20)
    said = says(
        "files = []\ntry:\n    for k in range(100):\n        files.append(open('a', 'w'))\n"
        "except OSError as error:\n    print(error.strerror)\nfor f in files:\n    f.close()"
    )
    assert said == "Too many open files"


def test_limits_cannot_be_raised_again(with_limits):
    says = with_limits(open_files=20)
    said = says(
        "import resource as r\n"
        "for kind in (r.RLIMIT_AS, r.RLIMIT_CPU, r.RLIMIT_FSIZE, r.RLIMIT_NOFILE):\n"
        "    soft, hard = r.getrlimit(kind)\n"
        "    try:\n        r.setrlimit(kind, (hard + 1, hard + 1))\n        print('raised')\n"
        "    except (ValueError, OSError):\n        print(soft == hard)"
    )
    assert said.split() == ["True"] * 4


def test_processor_time_ends_what_no_alarm_can_stop(server):
    session = Session(server, replace(LIMITS, total_seconds=1.0), {})
    source = (
        "import signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})\n"
        "signal.signal(signal.SIGXCPU, signal.SIG_IGN)\nwhile True: pass"
    )
    with pytest.raises(Gone):
        session.run(source, 1.0, {})


def test_a_core_is_not_dumped(says):
    assert says("import resource as r\nprint(r.getrlimit(r.RLIMIT_CORE))") == "(0, 0)"


# --- in this process -----------------------------------------------------------------------------


def test_a_call_that_fails_is_named():
    with pytest.raises(confine.CannotConfine, match="mount: "):
        confine.call("mount", b"none", b"/nowhere/at/all", b"nothing", 0, None)


def test_an_unknown_processor_is_refused(monkeypatch):
    monkeypatch.setattr(platform, "machine", lambda: "abacus")
    with pytest.raises(confine.CannotConfine, match="abacus"):
        confine.forbid_calls()


def test_the_address_space_is_a_sensible_number_of_bytes():
    assert 10**7 < confine.address_space() < 10**13

"""How a submission's process is locked away: calls that are refused, and limits that hold."""

import platform
import time

import pytest
from processes import run, shown, speaker

from lessonlib.grading.guest import confine
from lessonlib.grading.host.process import Gone


@pytest.fixture
def with_limits(start):
    """Return a function that starts a process of other limits and lets it speak."""
    return lambda **limits: speaker(start(**limits))


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
    ["print(subprocess.run(['echo', 'x'], capture_output=True, text=True).stdout)",
     "print(os.popen('echo x').read())", "print('x' if os.system('true') == 0 else 'failed')",
     "pid = os.fork()\nif pid == 0:\n    os._exit(3)\n"
     "print('x' if os.waitpid(pid, 0)[1] == 3 << 8 else 'failed')",
     "print('xyz'[multiprocessing.get_context('fork').Pool(1).map(abs, [0])[0]])",
     "print('x' if os.waitpid(os.posix_spawn('/bin/true', ['a'], {}), 0)[1] == 0 else 'failed')"],
)  # fmt: skip
def test_processes_can_be_started_as_in_a_notebook(says, source):
    assert says(f"import os, subprocess, multiprocessing\n{source}") == "x"


@pytest.mark.parametrize(
    "flag", ["NEWNS", "NEWUTS", "NEWIPC", "NEWUSER", "NEWPID", "NEWNET", "NEWCGROUP"]
)
def test_no_process_gets_namespaces_of_its_own(says, flag):
    says(TRIES)
    number, flags = confine._CLONE[platform.machine()], getattr(confine, f"_CLONE_{flag}")
    assert says(f"print(tried({number}, {flags}, 0, 0, 0, 0))") == "EPERM"
    assert says(f"print(tried({confine._CLONE3}, 0, 0))") == "ENOSYS"


@pytest.mark.parametrize("family", ["AF_VSOCK", "AF_NETLINK", "AF_PACKET", "AF_ALG"])
def test_sockets_of_families_that_lead_elsewhere_are_refused(says, family):
    said = says(
        f"import socket\ntry:\n    socket.socket(socket.{family}, socket.SOCK_RAW)\n"
        "    print('made')\nexcept PermissionError:\n    print('refused')"
    )
    assert said == "refused"


def test_a_server_of_ones_own_can_be_asked(says):
    said = says(
        "import socket\nlistening = socket.create_server(('127.0.0.1', 0))\n"
        "there = socket.create_connection(listening.getsockname(), 2)\n"
        "here = listening.accept()[0]\nhere.sendall(b'x')\nprint(there.recv(1))"
    )
    assert said == "b'x'"


def test_a_child_sees_no_processes_either(says):
    assert says("print(__import__('subprocess').run('ls /proc', shell=True, capture_output=True))"
                ).endswith("stdout=b'', stderr=b'')")  # fmt: skip


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
    says = with_limits(address_space=256 * 2**20)
    said = says(
        "import numpy as np\n"
        "try:\n    np.ones(10**9)\nexcept MemoryError:\n    print('no')\n"
        "print(np.ones(3).sum())"
    )
    assert said == "no\n3.0"


def test_what_a_lesson_needs_fits_into_the_memory(with_limits):
    says = with_limits(address_space=256 * 2**20)
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


@pytest.mark.parametrize("folder", ["/dev/shm", "/tmp", "."])
def test_entries_are_counted_too(with_limits, folder):
    says = with_limits(files=100)
    said = says(
        f"import os\nos.chdir({folder!r})\ntry:\n    for made in range(1000):\n"
        "        os.mkdir(str(made))\nexcept OSError as error:\n"
        "    print(error.strerror, made > 50)"
    )
    assert said == "No space left on device True"


def test_processor_time_ends_what_no_alarm_can_stop(start):
    process = start(total_seconds=1.0)
    source = (
        "import signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\n"
        "signal.signal(signal.SIGXCPU, signal.SIG_IGN)\nwhile True: pass"
    )
    with pytest.raises(Gone):
        run(process, source, 5.0)


def test_memory_of_all_processes_together_is_bounded(start):
    process = start(memory=400 * 2**20)
    hog = (
        "import os, time\nfor k in range(6):\n    if os.fork() == 0:\n"
        "        kept = bytearray(os.urandom(2**20)) * 100\n        time.sleep(60)\n"
        "time.sleep(60)"
    )
    started = time.monotonic()
    with pytest.raises(Gone) as gone:
        run(process, hog, 20.0)
    assert gone.value.how == "died"
    assert time.monotonic() - started < 15


def test_forks_that_share_their_memory_are_not_counted_twice(start):
    process = start(memory=400 * 2**20)
    source = (
        "import os, time\npids = []\nfor k in range(8):\n    pid = os.fork()\n"
        "    if pid == 0:\n        time.sleep(1.5)\n        os._exit(0)\n    pids.append(pid)\n"
        "print(all(os.waitpid(pid, 0)[1] == 0 for pid in pids))"
    )
    assert speaker(process)(source) == "True"


def test_a_flood_of_processes_is_bounded_and_ends_with_the_submission(start):
    process = start(processes=20)
    flood = (
        "import os, time\nmade = refused = 0\nwhile refused < 30:\n    try:\n"
        "        if os.fork() == 0:\n            time.sleep(60)\n        made += 1\n"
        "    except BlockingIOError:\n        refused += 1\nprint(made)"
    )
    assert 15 <= int(speaker(process)(flood)) < 20
    started = time.monotonic()
    process.close()
    assert time.monotonic() - started < 3


def test_a_fork_that_comes_back_from_its_cell_answers_nobody(process):
    ran = run(process, "import os\nforked = os.fork()\nprint(forked > 0)")
    assert shown(ran) == "True\n"
    assert shown(run(process, "print(forked > 0)")) == "True\n"


def test_a_core_is_not_dumped(says):
    assert says("import resource as r\nprint(r.getrlimit(r.RLIMIT_CORE))") == "(0, 0)"


# --- in this process -----------------------------------------------------------------------------


def test_a_call_that_fails_is_named():
    with pytest.raises(confine.CannotConfine, match="mount: "):
        confine.call("mount", b"none", b"/nowhere/at/all", b"nothing", 0, None)


def test_an_unknown_processor_is_refused(monkeypatch):
    monkeypatch.setattr(platform, "machine", lambda: "abacus")
    with pytest.raises(confine.CannotConfine, match="abacus"):
        confine.forbid_calls(ask=False)


def test_the_address_space_is_a_sensible_number_of_bytes():
    assert 10**7 < confine.address_space() < 10**13

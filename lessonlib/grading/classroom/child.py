"""The process in which a worker does its jobs, one after another, until its supervisor goes.

It runs nothing of a submission, but it reads all that a submission sends: so it has limits of its
own, may be killed at any moment, and leaves its place to a new one when it has grown.
"""

import os
import resource
import sys
import time
from multiprocessing.connection import Connection

from lessonlib.errors import UserError
from lessonlib.grading.guest.confine import address_space, end_with_parent

READY, DONE, ERROR, USER_ERROR = b"r", b"=", b"!", b"u"  # how a reply begins
STAYS, LEAVES = b"s", b"l"  # what comes next in it
MEMORY = 2**30  # bytes of address space beyond what it has when it is ready
GROWN = 250 * 2**20  # bytes of memory in use with which it leaves its place to a new one
MOST = 16 * 2**20  # bytes of a result
FILE_SIZE, OPEN_FILES = 256 * 2**20, 256
IDLE = 120.0  # seconds without a job after which it leaves: its supervisor may be a cluster's


def main(fd: int, parent: int) -> None:
    """Do what the supervisor at the other end of this pipe asks for."""
    if sys.platform == "linux":
        end_with_parent()
    if os.getppid() != parent:  # it ended before it could take this one along
        return
    from lessonlib.grading.grade import close_servers

    _limit()
    pipe, state = Connection(fd), STAYS
    pipe.send_bytes(READY + state)
    while state == STAYS and pipe.poll(IDLE):
        try:
            kind, result = _done(*pipe.recv())
        except EOFError:
            break
        state = LEAVES if _has_grown() else STAYS
        pipe.send_bytes(kind + state + result)
    close_servers()


def _done(seconds: float, function, arguments: tuple) -> tuple[bytes, bytes]:
    _set_soft(resource.RLIMIT_CPU, int(time.process_time() + seconds) + 2)
    try:
        result = function(*arguments)
        if len(result) > MOST:
            raise ValueError(
                f"its result has {len(result) >> 20} MiB; at most {MOST >> 20} are kept"
            )
        return DONE, result
    except UserError as error:
        return USER_ERROR, str(error).encode()
    except Exception as error:
        return ERROR, f"{type(error).__name__}: {error}"[:2000].encode("utf-8", "replace")


def _limit() -> None:
    """Bound what this process may use. Soft limits: a submission's process sets its own."""
    kinds = {"FSIZE": FILE_SIZE, "NOFILE": OPEN_FILES, "CORE": 0}
    if sys.platform == "linux":
        kinds["AS"] = address_space() + MEMORY
    for name, most in kinds.items():
        _set_soft(getattr(resource, f"RLIMIT_{name}"), most)


def _set_soft(kind: int, most: int) -> None:
    _, hard = resource.getrlimit(kind)
    resource.setrlimit(kind, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _has_grown() -> bool:
    if sys.platform != "linux":
        return False
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * resource.getpagesize() > GROWN


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))

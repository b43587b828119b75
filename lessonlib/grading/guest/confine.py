"""Locks this process away for good: namespaces, limits and system calls of its own.

Runs inside bubblewrap, after the fork: a submission can neither see, signal nor trace the server
that it was forked from, nor leave anything for the next one. Linux only; the system calls are
numbered by the processor's architecture.
"""

import ctypes
import fcntl
import os
import platform
import resource
import socket
import struct
import sys

from lessonlib.grading.protocol.limits import Limits

FOLDER, TEMPORARY, COMMON = "/learner", "/scratch", "/tmp"

_CLONE_NEWNS, _CLONE_NEWUTS, _CLONE_NEWIPC = 0x00020000, 0x04000000, 0x08000000
_CLONE_NEWUSER, _CLONE_NEWPID, _CLONE_NEWNET = 0x10000000, 0x20000000, 0x40000000
_CLONE_NEWCGROUP, _CLONE_THREAD = 0x02000000, 0x00010000
_MS_RDONLY, _MS_NOSUID, _MS_NODEV, _MS_REC, _MS_PRIVATE = 1, 2, 4, 0x4000, 0x40000
_NEW_NAMESPACES = (
    _CLONE_NEWNS | _CLONE_NEWUTS | _CLONE_NEWIPC | _CLONE_NEWUSER | _CLONE_NEWPID | _CLONE_NEWNET
    | _CLONE_NEWCGROUP
)  # fmt: skip
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 1, 4, 22, 38
_SIGKILL = 9
_SIOCSIFFLAGS, _IFF_UP = 0x8914, 1
_AF_UNIX, _AF_INET, _AF_INET6 = 1, 2, 10

_libc = ctypes.CDLL(None, use_errno=True)


class CannotConfine(Exception):
    """This system does not let a process be locked away."""


def call(name: str, *arguments) -> int:
    """Call the C library. Raises CannotConfine where it fails."""
    result = getattr(_libc, name)(*arguments)
    if result < 0:
        raise CannotConfine(f"{name}: {os.strerror(ctypes.get_errno())}")
    return result


def hide_from_others() -> None:
    """Let no process of the same user read or write this one's memory."""
    call("prctl", _PR_SET_DUMPABLE, 0, 0, 0, 0)


def end_with_parent() -> None:
    """Let this process be killed when the one that started it ends."""
    call("prctl", _PR_SET_PDEATHSIG, _SIGKILL, 0, 0, 0)


# --- namespaces --------------------------------------------------------------------------------


def leave_everything(limits: Limits) -> None:
    """Give this process namespaces of its own, and fresh folders that end with it."""
    uid, gid = os.getuid(), os.getgid()
    call("prctl", _PR_SET_DUMPABLE, 1, 0, 0, 0)  # else the maps below cannot be written
    call("unshare", _CLONE_NEWUSER | _CLONE_NEWNS | _CLONE_NEWPID | _CLONE_NEWIPC
         | _CLONE_NEWNET | _CLONE_NEWUTS)  # fmt: skip
    maps = {"setgroups": "deny", "uid_map": f"{uid} {uid} 1", "gid_map": f"{gid} {gid} 1"}
    for name, text in maps.items():
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)
    _raise_loopback()
    call("mount", b"none", b"/", None, _MS_REC | _MS_PRIVATE, None)
    # Where this Python itself lies in the common place for scratch files, it must stay in sight.
    common = [] if any(p.startswith(COMMON) for p in (sys.prefix, sys.base_prefix)) else [COMMON]
    for folder in (TEMPORARY, FOLDER, "/dev/shm", *common):
        _mount_empty(folder, f"size={limits.file_size},nr_inodes={limits.files},mode=0755")
    _mount_empty("/proc", "size=0", _MS_RDONLY)  # a new /proc is refused here; none is safer
    os.chdir(FOLDER)


def _raise_loopback() -> None:
    """Let a submission's processes talk to each other by 127.0.0.1; there is no other network."""
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", _IFF_UP))


def _mount_empty(folder: str, options: str, flags: int = 0) -> None:
    call("mount", b"tmpfs", folder.encode(), b"tmpfs", _MS_NOSUID | _MS_NODEV | flags,
         options.encode())  # fmt: skip


# --- limits ------------------------------------------------------------------------------------


def limit(limits: Limits, used: int) -> None:
    """Bound what this process may use; `used` is its address space as it is, in bytes."""
    seconds = int(limits.total_seconds) + 1
    for kind, most in {
        resource.RLIMIT_AS: used + limits.address_space,
        resource.RLIMIT_CPU: seconds,
        resource.RLIMIT_FSIZE: limits.file_size,
        resource.RLIMIT_NOFILE: limits.open_files,
        resource.RLIMIT_NPROC: limits.processes,
        resource.RLIMIT_CORE: 0,
    }.items():
        _, hard = resource.getrlimit(kind)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (most, most))


def address_space() -> int:
    """Return this process's address space in bytes."""
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[0]) * resource.getpagesize()


# --- rights ------------------------------------------------------------------------------------


class _Header(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]


def drop_rights() -> None:
    """Give up all capabilities, and the chance to get any back."""
    call("prctl", _PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    call("capset", ctypes.byref(_Header(0x20080522, 0)), ctypes.byref((ctypes.c_uint32 * 6)()))


# System calls that a submission has no business with, by architecture. Processes it may start: they
# are in its namespace, and counted and ended with it.
_CALLS = {
    "x86_64": dict(
        memfd_create=319, shmget=29, ptrace=101, process_vm_readv=310, process_vm_writev=311,
        unshare=272, setns=308, mount=165, umount2=166, pivot_root=155, keyctl=250,
        add_key=248, request_key=249, bpf=321,
        perf_event_open=298, userfaultfd=323, io_uring_setup=425, open_by_handle_at=304,
        msgget=68, mq_open=240, fsopen=430, open_tree=428, move_mount=429, chroot=161,
    ),
    "aarch64": dict(
        memfd_create=279, shmget=194, ptrace=117, process_vm_readv=270, process_vm_writev=271,
        unshare=97, setns=268, mount=40, umount2=39, pivot_root=41, keyctl=219,
        add_key=217, request_key=218, bpf=280,
        perf_event_open=241, userfaultfd=282, io_uring_setup=425, open_by_handle_at=265,
        msgget=186, mq_open=180, fsopen=430, open_tree=428, move_mount=429, chroot=51,
    ),
}  # fmt: skip
_CLONE = {"x86_64": 56, "aarch64": 220}
_FORKS = {"x86_64": (57, 58), "aarch64": ()}
_SECCOMP = {"x86_64": 317, "aarch64": 277}
_SOCKET = {"x86_64": 41, "aarch64": 198}
_CLONE3 = 435
_AUDIT = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_ALLOW, _KILL, _REFUSE, _NO_SUCH_CALL = 0x7FFF0000, 0x80000000, 0x00050001, 0x00050026
_ASK, _SET_FILTER, _NEW_LISTENER, _WAIT_KILLABLE = 0x7FC00000, 1, 8, 32
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16  # offsets in struct seccomp_data
_X32 = 0x40000000  # the other numbering of x86-64's calls


def forbid_calls(ask: bool) -> int | None:
    """Refuse the system calls above from now on (seccomp, Documentation/userspace-api).

    ask: whether the system is to ask before each new process.

    Return the descriptor from which these questions come (see `forking`); None where none come.
    """
    machine = platform.machine()
    if machine not in _CALLS:
        raise CannotConfine(f"the system calls of {machine} are not known here")
    # A fork must not fail because a child of the same shell ends meanwhile (Linux 5.19).
    for flags in (_NEW_LISTENER | _WAIT_KILLABLE, _NEW_LISTENER) if ask else ():
        listener = _libc.syscall(_SECCOMP[machine], _SET_FILTER, flags, _program(machine, _ASK))
        if listener >= 0:
            return listener
    call("prctl", _PR_SET_SECCOMP, 2, _program(machine, _ALLOW), 0, 0)
    return None


def _program(machine: str, fork: int) -> ctypes.Array:
    """Return the filter as the system wants it; `fork`: what happens to a new process."""
    code = b"".join(_filter(machine, fork))
    program = ctypes.create_string_buffer(code)
    header = struct.pack("HxxxxxxP", len(code) // 8, ctypes.addressof(program))
    made = ctypes.create_string_buffer(header)
    made.program = program  # type: ignore[attr-defined]  # lives as long as what points to it
    return made


def _filter(machine: str, fork: int) -> list[bytes]:
    """Return the filter's steps: (what, steps to skip if so, if not, value)."""
    clone = [  # processes and threads, but no namespaces
        _step(_EQUAL, 0, 6, _CLONE[machine]),
        _step(_LOAD, 0, 0, _FIRST_ARGUMENT),
        _step(_ANY_BIT, 0, 1, _NEW_NAMESPACES),
        _step(_RETURN, 0, 0, _REFUSE),
        _step(_ANY_BIT, 0, 1, _CLONE_THREAD),
        _step(_RETURN, 0, 0, _ALLOW),
        _step(_RETURN, 0, 0, fork),
    ]
    forks = [s for number in _FORKS[machine] for s in _answer(number, fork)]
    sockets = [  # of the families that an ordinary program uses; there is no network behind them
        _step(_EQUAL, 0, 6, _SOCKET[machine]),
        _step(_LOAD, 0, 0, _FIRST_ARGUMENT),
        _step(_EQUAL, 2, 0, _AF_UNIX),
        _step(_EQUAL, 1, 0, _AF_INET),
        _step(_EQUAL, 0, 1, _AF_INET6),
        _step(_RETURN, 0, 0, _ALLOW),
        _step(_RETURN, 0, 0, _REFUSE),
    ]
    refused = [s for n in _CALLS[machine].values() for s in _answer(n, _REFUSE)]
    return [
        _step(_LOAD, 0, 0, _ARCHITECTURE),
        _step(_EQUAL, 1, 0, _AUDIT[machine]),
        _step(_RETURN, 0, 0, _KILL),
        _step(_LOAD, 0, 0, _NUMBER),
        _step(_AT_LEAST, 0, 1, _X32),
        _step(_RETURN, 0, 0, _KILL),
        *_answer(_CLONE3, _NO_SUCH_CALL),  # its flags lie in memory; the C library takes clone
        *refused,
        *forks,
        *clone,
        *sockets,
        _step(_RETURN, 0, 0, _ALLOW),
    ]


def _answer(number: int, answer: int) -> list[bytes]:
    return [_step(_EQUAL, 0, 1, number), _step(_RETURN, 0, 0, answer)]


def _step(code: int, if_so: int, if_not: int, value: int) -> bytes:
    return struct.pack("HBBI", code, if_so, if_not, value)

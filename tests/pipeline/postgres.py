"""A PostgreSQL server of a test's own: in a temporary folder, reached by a socket in it."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

# Debian keeps its programs off the path, a folder for each version.
FOUND = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parts[-2]))
BIN = FOUND[-1] if FOUND else None
OWNER = "lessonlib"


class Server:
    """A server that is started, stopped and thrown away; root lets the user postgres run it."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))  # a socket's path is short
        self.user = "postgres" if os.geteuid() == 0 else None
        if self.user:
            shutil.chown(self.folder, self.user)
        self._run("initdb", "--auth=trust", f"--username={OWNER}", "--no-sync")
        self.start()

    @property
    def url(self) -> str:
        """What nbgrader's `db_url` has to be."""
        return f"postgresql+psycopg://{OWNER}@/postgres?host={self.folder}"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        options = f"-k {self.folder} -c listen_addresses='' -c fsync=off"
        self._run("pg_ctl", "-w", "-l", str(self.folder / "log"), "-o", options, "start")

    def stop(self) -> None:
        """Stop it as if it had crashed: whoever is connected is cut off."""
        self._run("pg_ctl", "-m", "immediate", "stop")

    def close(self) -> None:
        """Stop it if it runs, and throw it away."""
        try:
            if (self.folder / "data/postmaster.pid").exists():
                self.stop()
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(BIN / program), "-D", str(self.folder / "data"), *arguments]
        with tempfile.TemporaryFile() as told:  # a pipe would be held open by the server
            done = subprocess.run(
                command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=told, stderr=told,
                env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"}, user=self.user, timeout=120,
            )  # fmt: skip
            told.seek(0)
            assert done.returncode == 0, told.read().decode(errors="replace")

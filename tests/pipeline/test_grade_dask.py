"""A Dask cluster, started as docs/clusters.md says, grades a class as this machine's own processes.

Four workers stand for four machines: each has a temporary folder of its own.
"""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from distributed import Client
from forked import run
from graded_course import LESSON, dump, executed, grade, make

from lessonlib.grading.classroom.cluster import DaskCrew

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/clusters.md").read_text(encoding="utf-8")
SCHEDULER, WORKER = re.findall(r"^    (dask .+)$", PAGE, re.MULTILINE)
MACHINES = 4


# What a worker's child process can do that knows nothing of the tests.
NAP = (subprocess.check_output, ["sleep", "0.3"])
WHOSE = (subprocess.check_output, ["sh", "-c", "cut -d' ' -f4 /proc/$PPID/stat"])


class Cluster:
    """A scheduler, and workers that are started as on so many machines."""

    def __init__(self, folder: Path):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address, self.folder, self.started = f"tcp://127.0.0.1:{port}", folder, []
        self._start(SCHEDULER, folder)
        self.client = Client(self.address, timeout=60, set_as_default=False)

    def add(self, name: str, code: Path = ROOT) -> Path:
        """Start a worker with lessonlib from this folder; return its temporary folder."""
        folder = self.folder / name
        folder.mkdir()
        self._start(WORKER.replace("--nworkers 4", "--nworkers 1"), folder, code)
        return folder

    def _start(self, command: str, folder: Path, code: Path = ROOT) -> None:
        command = command.replace("tcp://10.0.0.1:8786", self.address).replace(
            "/scratch", str(folder)
        )
        command = command.replace("10.0.0.1", "127.0.0.1").replace("8786", self.address[-5:])
        path = os.pathsep.join([str(code), str(ROOT / "tests/quick")])
        with (folder / "log").open("w") as log:
            self.started.append(subprocess.Popen(
                [sys.executable, "-m", *command.split()], stdout=log, stderr=log, cwd=folder,
                env={**os.environ, "TMPDIR": str(folder), "PYTHONPATH": path},
            ))  # fmt: skip

    def pids(self) -> dict[str, int]:
        """Return the workers' processes, by their addresses."""
        return self.client.run(os.getpid)

    def close(self) -> None:
        """End all that was started."""
        self.client.close()
        scheduler, *workers = self.started
        for processes in (workers, [scheduler]):
            for process in processes:
                process.terminate()
            for process in processes:
                process.wait(60)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    cluster = Cluster(tmp_path_factory.mktemp("machines"))
    for number in range(MACHINES):
        cluster.add(f"machine-{number}")
    cluster.client.wait_for_workers(MACHINES, timeout=120)
    yield cluster
    cluster.close()


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    """The course as this machine's own processes have graded it."""
    here = make(tmp_path_factory.mktemp("here"))
    grade(here, "--workers", "2")
    return here


def test_the_pages_commands_give_the_same_gradebook_as_this_machine(cluster, here, tmp_path):
    there = make(tmp_path / "there")
    told = grade(there, "--dask", cluster.address)
    assert "7 graded now" in told
    assert dump(there) == dump(here)
    assert executed(there) == executed(here)


def test_a_worker_that_is_killed_in_mid_run_loses_nothing(cluster, here, tmp_path):
    there = make(tmp_path / "there")
    with ThreadPoolExecutor() as pool:
        grading = pool.submit(grade, there, "--dask", cluster.address)
        while not list((there / "autograded").glob("*/*/*.ipynb")):
            assert not grading.done()
            time.sleep(0.01)
        os.kill(min(cluster.pids().values()), signal.SIGKILL)  # its nanny starts another
        assert "7 graded now" in grading.result()
    assert dump(there) == dump(here)
    assert executed(there) == executed(here)


def crew_of(cluster):
    """Return the cluster's crew, and what it tells."""
    told = []
    client = Client(cluster.address, set_as_default=False)
    return DaskCrew(client, cluster.address, told.append), told


def done(crew, jobs):
    """Return what came of all these jobs."""
    left = set(jobs)
    while left:
        left -= crew.wait(list(left), 60)
    return [job.result() for job in jobs]


def wait_until(crew, is_so):
    deadline = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < deadline
        crew.wait([], 0.1)


def test_a_worker_that_dies_is_said_replaced_and_swept(cluster):
    cluster.client.wait_for_workers(MACHINES, timeout=120)
    victim, pid = min(cluster.pids().items())
    crew, told = crew_of(cluster)
    with crew:
        jobs = [crew.submit(60, *NAP) for _ in range(3 * MACHINES)]
        os.kill(pid, signal.SIGKILL)
        assert done(crew, jobs) == [b""] * len(jobs)
        wait_until(crew, lambda: len(told) == 2)
    assert told[0] == f"The worker {victim} has gone. What it was doing is done by another."
    assert re.fullmatch(r"The worker tcp://\S+ has joined, with 1 at a time\.", told[1])
    for number in range(MACHINES):
        folder = cluster.folder / f"machine-{number}"
        assert {path.name for path in folder.iterdir()} == {"grading", "log"}
        assert len(list(folder.glob("grading/dask-scratch-space/worker-*/"))) == 1


def test_a_worker_with_another_lessonlib_is_named_and_gets_nothing_to_do(cluster, tmp_path):
    shutil.copytree(ROOT / "lessonlib", tmp_path / "lessonlib")
    with (tmp_path / "lessonlib/grading/grade.py").open("a") as file:
        file.write("\n# another version\n")
    there = set(cluster.pids())
    cluster.add("another", tmp_path)
    cluster.client.wait_for_workers(MACHINES + 1, timeout=120)
    (new,) = cluster.pids().keys() - there
    crew, told = crew_of(cluster)
    with crew:
        assert len(told) == 1 and told[0].startswith(
            f"The worker {new} is left out: it has lessonlib "
        )
        assert len(re.findall(r"code [0-9a-f]{8}\b", told[0])) == 2
        who = {int(pid) for pid in done(crew, [crew.submit(60, *WHOSE) for _ in range(12)])}
    assert who and who <= {pid for address, pid in cluster.pids().items() if address != new}


def test_a_cluster_that_is_not_there_is_named(tmp_path):
    root = make(tmp_path / "course")
    started = time.monotonic()
    told = run(root, "lessonlib.cli", "grade", LESSON, "--dask", "tcp://127.0.0.1:9")
    assert told.returncode == 1
    assert "There is no Dask cluster at tcp://127.0.0.1:9" in told.stderr
    assert "Traceback" not in told.stderr
    assert time.monotonic() - started < 60


def test_a_cluster_without_workers_is_told_apart(tmp_path):
    root = make(tmp_path / "course")
    cluster = Cluster(tmp_path)
    try:
        told = run(root, "lessonlib.cli", "grade", LESSON, "--dask", cluster.address)
    finally:
        cluster.close()
    assert told.returncode == 1
    assert "has no workers" in told.stderr

"""A Dask cluster grades a class to the same gradebook as the processes of this machine."""

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from distributed import LocalCluster
from forked import run
from graded_course import LESSON, dump, executed, grade, make

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def cluster():
    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as cluster:
        yield cluster


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    """The course as this machine's own processes have graded it."""
    here = make(tmp_path_factory.mktemp("here"))
    grade(here, "--workers", "2")
    return here


def test_a_cluster_of_two_gives_the_same_gradebook(cluster, here, tmp_path):
    there = make(tmp_path / "there")
    told = grade(there, "--dask", cluster.scheduler_address)
    assert "7 graded now" in told
    assert dump(there) == dump(here)
    assert executed(there) == executed(here)


def test_a_worker_that_is_killed_in_mid_run_loses_nothing(cluster, here, tmp_path):
    there = make(tmp_path / "there")
    workers = {worker.pid for worker in cluster.workers.values()}
    with ThreadPoolExecutor() as pool:
        grading = pool.submit(grade, there, "--dask", cluster.scheduler_address)
        while not list((there / "autograded").glob("*/*/*.ipynb")):
            assert not grading.done()
            time.sleep(0.01)
        os.kill(workers.pop(), signal.SIGKILL)  # its nanny starts another
        assert "7 graded now" in grading.result()
    assert dump(there) == dump(here)
    assert executed(there) == executed(here)


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
    with LocalCluster(n_workers=0, dashboard_address=None) as empty:
        told = run(root, "lessonlib.cli", "grade", LESSON, "--dask", empty.scheduler_address)
    assert told.returncode == 1
    assert "has no workers" in told.stderr

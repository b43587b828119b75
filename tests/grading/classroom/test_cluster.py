"""Workers of a cluster come and go: what does not fit is left out, and no job is lost.

The cluster is pretended here; `tests/pipeline/test_grade_dask.py` has a real one.
"""

import sys
from concurrent.futures import Executor, Future

import pytest

from lessonlib.errors import UserError
from lessonlib.grading.classroom import cluster
from lessonlib.grading.classroom.cluster import DaskCrew, facts, unlike
from lessonlib.grading.host import isolation

A, B, C = (f"tcp://10.0.0.{n}:4000" for n in (1, 2, 3))


class PretendedExecutor(Executor):
    """Notes who may do what; a worker's `work` does it."""

    def __init__(self, client, workers):
        self.client, self.workers = client, workers

    def submit(self, do, *arguments):
        future = Future()
        self.client.handed_out.append((future, self.workers, arguments))
        return future

    def shutdown(self, wait):
        pass


class PretendedClient:
    """A scheduler with workers that have these facts, or raise something when they are asked."""

    status = "running"

    def __init__(self):
        self.there = {}
        self.handed_out = []

    def scheduler_info(self, n_workers):
        return {"workers": {address: {"nthreads": 2} for address in self.there}}

    def run(self, function, protected, workers, on_error):
        return {address: self.there[address] for address in workers}

    def get_executor(self, pure, workers=()):
        return PretendedExecutor(self, workers)

    def work(self, worker):
        """Let a worker do what it was given."""
        for future, workers, (_, function, *arguments) in self.handed_out:
            if worker in workers and not future.done():
                future.set_result(function(*arguments))

    def close(self):
        pass


@pytest.fixture
def client():
    return PretendedClient()


@pytest.fixture
def told():
    return []


@pytest.fixture
def crew(client, told, monkeypatch):
    """The crew of a cluster with one worker; it looks who is there whenever it waits."""
    monkeypatch.setattr(cluster, "LOOK_SECONDS", 0.0)
    client.there[A] = facts()
    return DaskCrew(client, "tcp://10.0.0.0:8786", told.append)


def ask(crew, text="1"):
    return crew.submit(60, str.encode, text)


def look(crew, *futures):
    return crew.wait(list(futures), 0.001)


OTHER = facts() | {"lessonlib": "0.1, code 00000000"}


def test_a_worker_with_another_version_gets_nothing_to_do_and_both_versions_are_named(
    crew, client, told
):
    client.there[B] = OTHER
    look(crew)
    assert told == [
        f"The worker {B} has joined and is left out: it has lessonlib 0.1, code 00000000 "
        f"(here {facts()['lessonlib']})."
    ]
    ask(crew)
    assert client.handed_out[0][1] == [A]
    assert crew.workers == 2


@pytest.mark.parametrize("name", facts())
def test_whatever_differs_is_named(name):
    assert (
        unlike(facts() | {name: "other"}, facts()) == f"it has {name} other (here {facts()[name]})"
    )
    assert unlike(facts(), facts()) == ""


def test_a_worker_without_this_lessonlib_says_why_it_cannot_be_used():
    error = ModuleNotFoundError("No module named 'lessonlib'")
    assert unlike(error, facts()) == (
        "it cannot use this lessonlib (No module named 'lessonlib')"
    )  # fmt: skip


def test_a_worker_that_cannot_lock_submissions_away_is_left_out_by_name(
    crew, client, told, monkeypatch
):
    monkeypatch.setattr(isolation, "find_bubblewrap", lambda: None)
    client.there[B] = facts(protected=True)
    look(crew)
    assert told == [
        f"The worker {B} has joined and is left out: it cannot lock submissions away "
        "(there is no bwrap)."
    ]


@pytest.mark.parametrize(
    ("bwrap", "why"),
    [("#!/bin/sh\necho No permissions >&2\nexit 1", "No permissions"), ("#!/bin/sh", "")],
)
def test_whether_a_machine_can_lock_away_is_tried(tmp_path, monkeypatch, bwrap, why):
    (tmp_path / "bwrap").write_text(bwrap)
    (tmp_path / "bwrap").chmod(0o755)
    monkeypatch.setattr(isolation, "find_bubblewrap", lambda: str(tmp_path / "bwrap"))
    assert isolation.why_not_isolated() == why
    assert facts(protected=True).get(cluster.OPEN, "") == why
    assert cluster.OPEN not in facts()  # nobody has to, with --unprotected


def test_one_that_joins_is_said_and_used(crew, client, told):
    client.there[B] = facts()
    look(crew)
    assert told == [f"The worker {B} has joined, with 2 at a time."]
    ask(crew)
    assert client.handed_out[0][1] == [A, B]
    assert (crew.workers, crew.places) == (4, 8)


def test_one_that_goes_is_said_and_dask_gives_its_job_to_the_others(crew, client, told):
    client.there[B] = facts()
    look(crew)
    job = ask(crew)
    del client.there[A]
    look(crew, job)
    assert told[1:] == [f"The worker {A} has gone. What it was doing is done by another."]
    assert len(client.handed_out) == 1
    client.work(B)
    assert look(crew, job) == {job} and job.result() == b"1"


def test_where_nobody_is_left_a_job_waits_for_one_that_joins(crew, client, told):
    job = ask(crew)
    del client.there[A]
    look(crew, job)
    assert told[-1] == "No worker is left. Waiting for one to join."
    assert look(crew, job) == set() and crew.places == 1
    client.there[C] = facts()
    look(crew, job)
    client.work(C)
    assert look(crew, job) == {job} and job.result() == b"1"


def test_a_job_that_is_handed_out_before_anybody_fits_waits_too(crew, client):
    del client.there[A]
    look(crew)
    job = ask(crew)
    assert client.handed_out == []
    client.there[B] = facts()
    look(crew, job)
    client.work(B)
    assert look(crew, job) == {job}


def test_what_a_job_raises_reaches_whoever_asked(crew, client):
    job = ask(crew)
    client.handed_out[0][0].set_exception(UserError("no bubblewrap"))
    assert look(crew, job) == {job}
    with pytest.raises(UserError, match="no bubblewrap"):
        job.result()


@pytest.mark.parametrize("status", ["closed", "connecting"])
def test_a_cluster_that_has_gone_is_named(crew, client, status):
    client.status = status
    with pytest.raises(UserError, match="10.0.0.0:8786 does not answer any more"):
        ask(crew)


def test_jobs_that_are_done_are_forgotten(crew, client):
    job = ask(crew)
    client.work(A)
    look(crew, job)
    assert crew.calls == {}


def test_a_cluster_in_which_nobody_fits_is_refused(client, told, monkeypatch):
    client.there[A] = OTHER
    monkeypatch.setattr(cluster, "_client", lambda address: client)
    with pytest.raises(UserError, match=r"No worker .* can be used.* lessonlib 0.1"):
        cluster.dask("tcp://10.0.0.0:8786", told.append)
    assert told[0].startswith(f"The worker {A} is left out: it has lessonlib 0.1")


def test_a_cluster_that_is_not_there_is_named(monkeypatch):
    monkeypatch.setattr(cluster, "ANSWERS", "0.5s")
    with pytest.raises(UserError, match="no Dask cluster at tcp://127.0.0.1:9"):
        cluster.dask("tcp://127.0.0.1:9", print)


def test_without_dask_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UserError, match="pip install"):
        cluster.dask("tcp://127.0.0.1:9", print)

"""`python -m`, in forks of a process that has imported nbgrader: new ones take seconds for that."""

import atexit
import multiprocessing
import os
import runpy
import subprocess
import sys
import tempfile
from multiprocessing.process import BaseProcess
from pathlib import Path

SERVER = multiprocessing.get_context("forkserver")
SERVER.set_forkserver_preload(
    [
        "nbgrader.apps.nbgraderapp",
        "lessonlib.grading.commands",
        "lessonlib.grading.classroom.coordinator",
    ]
)


def run(folder: Path, *command: str, seconds: float = 300) -> subprocess.CompletedProcess:
    """Run a module with arguments in a folder, and return what it has told."""
    with tempfile.TemporaryDirectory() as told:
        streams = (Path(told, "out"), Path(told, "err"))
        process = start(folder, *command, streams=streams)
        process.join(seconds)
        assert process.exitcode is not None, f"{command} takes more than {seconds} seconds"
        out, err = (stream.read_text() for stream in streams)
    return subprocess.CompletedProcess(command, process.exitcode, out, err)


def start(
    folder: Path, *command: str, streams: tuple = (os.devnull, os.devnull), **environment: str
) -> BaseProcess:
    """Start a module with arguments in a folder, in a session of its own.

    streams: the files that it writes to, in place of the screen and for its errors.
    """
    process = SERVER.Process(target=_become, args=(folder, command, streams, environment))
    process.start()
    return process


def _become(folder: Path, command: tuple, streams: tuple, environment: dict[str, str]) -> None:
    os.setsid()
    for number, stream in enumerate(streams, start=1):
        os.dup2(os.open(stream, os.O_WRONLY | os.O_CREAT), number)
    os.chdir(folder)
    os.environ.update(environment)
    tempfile.tempdir = None  # it may have been looked up where TMPDIR was another
    sys.argv = list(command)
    try:
        runpy.run_module(command[0], run_name="__main__", alter_sys=True)
    finally:
        atexit._run_exitfuncs()  # which a process of multiprocessing's leaves out

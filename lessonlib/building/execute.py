"""Running a lesson's notebook from top to bottom in a fresh kernel."""

import os
import tempfile
from pathlib import Path

from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from traitlets.config import Config

from lessonlib.errors import UserError

SECONDS_PER_CELL = 300


def execute(notebook: NotebookNode, folder: Path) -> None:
    """Fill in the outputs of every cell, with `folder` as the working directory."""
    running: list[NotebookNode] = []
    with tempfile.TemporaryDirectory(prefix="kernel-") as sockets:
        client = _client(notebook, folder, sockets)
        client.on_cell_start = lambda cell, cell_index: running.append(cell)
        try:
            # One thread: sums over many differ in their last digit from machine to machine.
            client.execute(env={**os.environ, "OMP_NUM_THREADS": "1"})
        except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
            raise UserError(f"{folder.name}: {_account(running[-1], error)}") from None


def _client(notebook: NotebookNode, folder: Path, sockets: str) -> NotebookClient:
    return NotebookClient(
        notebook,
        timeout=SECONDS_PER_CELL,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
        record_timing=False,
        store_widget_state=False,
        coalesce_streams=True,
        config=_private(sockets) if os.name == "posix" else Config(),
    )


def _private(sockets: str) -> Config:
    """Let the kernel listen on files of ours: no port to race for, and nobody else listens."""
    return Config({"KernelManager": {"transport": "ipc", "ip": f"{sockets}/kernel"}})


def _account(cell: NotebookNode, error: Exception) -> str:
    """Say which cell stopped the lesson, and how."""
    if isinstance(error, CellExecutionError):
        reason = f"stopped with {error.ename}: {error.evalue}"
    elif isinstance(error, CellTimeoutError):
        reason = f"ran for more than {SECONDS_PER_CELL} seconds"
    else:
        reason = "ended its kernel"
    first_line = cell.source.strip().split("\n")[0]
    return f'the cell {cell.id}, which begins "{first_line}", {reason}'

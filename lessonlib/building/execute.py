"""Running a lesson's notebook from top to bottom in a fresh kernel."""

from pathlib import Path

from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from lessonlib.errors import UserError
from lessonlib.kernels import environment, notebook_client

SECONDS_PER_CELL = 300


def execute(notebook: NotebookNode, folder: Path) -> None:
    """Fill in the outputs of every cell, with `folder` as the working directory."""
    running: list[NotebookNode] = []
    with notebook_client(notebook, folder, SECONDS_PER_CELL, coalesce_streams=True) as client:
        client.on_cell_start = lambda cell, cell_index: running.append(cell)
        try:
            client.execute(env=environment())
        except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
            raise UserError(f"{folder.name}: {_account(running[-1], error)}") from None


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

"""A kernel of its own for a notebook, private to this user and without any network port."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nbclient import NotebookClient
from nbformat import NotebookNode
from traitlets.config import Config

from lessonlib.notebook import PLAIN


@contextmanager
def notebook_client(
    notebook: NotebookNode, folder: Path, seconds: int, **options
) -> Iterator[NotebookClient]:
    """Yield a client that runs the notebook in `folder`, `seconds` for each cell at most."""
    with tempfile.TemporaryDirectory(prefix="kernel-") as sockets:
        yield NotebookClient(
            notebook,
            timeout=seconds,
            kernel_name="python3",
            resources={"metadata": {"path": str(folder)}},
            record_timing=False,
            store_widget_state=False,
            config=_private(sockets) if os.name == "posix" else Config(),
            **options,
        )


def _private(sockets: str) -> Config:
    """Let the kernel listen on files of ours: no port to race for, and nobody else listens."""
    return Config({"KernelManager": {"transport": "ipc", "ip": f"{sockets}/kernel"}})


def environment(**more: str) -> dict[str, str]:
    """Return this process's environment, for a kernel that nobody looks at.

    With one thread: many differ in their last digit. And with verdicts as text.
    """
    return {**os.environ, "OMP_NUM_THREADS": "1", PLAIN: "1", **more}

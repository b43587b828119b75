"""How much a submission may use."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """What one submission gets.

    cell_seconds:  wall time for each of its cells and tests.
    total_seconds: wall time for the whole notebook; processor time of each process as well.
    memory:        bytes of resident memory of all its processes together.
    address_space: bytes for each process beyond what an empty one has.
    file_size:     bytes of a file, and of all files of a file system together.
    files:         entries on each of its file systems.
    open_files:    at a time, in each process.
    processes:     processes and threads, where the system counts them.
    output_bytes:  of the outputs that are kept of a whole notebook.
    """

    cell_seconds: float = 60.0
    total_seconds: float = 900.0
    memory: int = 2 * 2**30
    address_space: int = 4 * 2**30
    file_size: int = 64 * 2**20
    files: int = 10_000
    open_files: int = 256
    processes: int = 64
    output_bytes: int = 8 * 2**20

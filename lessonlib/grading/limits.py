"""How much a submission may use."""

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Limits:
    """What one submission gets.

    cell_seconds:   wall time for each of its cells.
    call_seconds:   wall time for whatever an ordinary test cell asks of it, for each request; a
                    check of `lessonlib` has its own, shorter time.
    total_seconds:  wall time for the whole notebook, and processor time as well.
    memory:         bytes of address space beyond what an empty kernel has.
    file_size:      bytes of a file, and of all files together.
    open_files:     at a time.
    processes:      threads, where the system counts them; other processes cannot be started.
    """

    cell_seconds: float = 60.0
    call_seconds: float = 20.0
    total_seconds: float = 900.0
    memory: int = 2 * 2**30
    file_size: int = 64 * 2**20
    open_files: int = 128
    processes: int = 64

    def as_record(self) -> dict:
        """Return the limits ready for JSON."""
        return asdict(self)

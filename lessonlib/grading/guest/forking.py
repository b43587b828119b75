"""Lets a submission start processes as long as they are few.

RLIMIT_NPROC does not bind the processes of root, and whoever counts only now and then is overrun
by those that double. So the system asks this server before each fork (seccomp's user notification,
Linux 5.5; where there is none, the other limits have to do).
"""

import contextlib
import errno
import fcntl
import os
import struct

_NOTIFICATION = struct.Struct("=QII64s")  # id, pid, flags, the call
_RESPONSE = struct.Struct("=QqiI")  # id, value, error, flags
_RECEIVE, _SEND = 0xC0502100, 0xC0182101
_CONTINUE = 1


class Gate:
    """Answers the system's questions that come from a listener's descriptor.

    most:  how many processes there may be.
    count: tells how many there are.
    """

    def __init__(self, listener: int, most: int, count):
        self.listener, self.most, self.count = listener, most, count

    def fileno(self) -> int:
        """Return the descriptor, for `select`."""
        return self.listener

    def answer(self) -> None:
        """Answer one question; whoever asked may have ended meanwhile."""
        question = bytearray(_NOTIFICATION.size)
        with contextlib.suppress(OSError):
            fcntl.ioctl(self.listener, _RECEIVE, question)
            number = _NOTIFICATION.unpack(question)[0]
            few = self.count() < self.most
            verdict = (0, _CONTINUE) if few else (-errno.EAGAIN, 0)
            fcntl.ioctl(self.listener, _SEND, _RESPONSE.pack(number, 0, *verdict))

    def close(self) -> None:
        """Give the descriptor back."""
        os.close(self.listener)

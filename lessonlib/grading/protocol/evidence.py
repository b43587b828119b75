"""What both sides know of evidence: codes on its pipe, in words, and how mutants are written."""

from collections.abc import Iterable

# Stands between the two variants of a mutant: the test runs twice, with a lower and a higher value.
VARIANT = "\n# the same test with a second other value\n"
AGAIN = "again"  # among a test's mutants, the name of the test itself: it has to pass there, too
LATE = b"late"  # said behind the numbers of mutants where there was no time for all of them

REASONS = {
    "frames": "Its code reads the frames of running code, where a test's values can be seen.",
    "objects": "Its code searches the objects of the whole process.",
    "memory": "Its code reads or writes the memory of the process past Python's rules.",
    "code": "Its code exchanges parts of a function that is not the notebook's own.",
    "tracing": "Its code traces or profiles what runs, the tests too.",
    "hook": "Its code installs an audit hook.",
    "grader": "Its code loads parts of the grader.",
    "transformers": "Its code changes how IPython reads the cells.",
    "patched": "Its code replaces functions that decide tests.",
    "disguise": "Its code makes code that passes for a library's or the instructor's.",
    "fork": "Its code copies the process.",
    "thread": "Code of its own still ran in a thread while a test ran.",
    "alarm": "Code of its own was to be called by a timer while a test ran.",
    "signal": "Its code takes the signal with which the grader stops what takes too long.",
    "pipe": "The channel on which such things are told was closed.",
}


def in_words(lines: Iterable[str], exempt: Iterable[str] = ()) -> str:
    """Return what the lines say in words, each reason once; "" if there is nothing to say.

    lines:  as they came from the pipe: a code, and where, "patched numpy.allclose".
    exempt: lines that the instructor's own solution has, too: of "patched" the whole line counts,
            of all others the code alone.
    """
    known = {_key(line) for line in exempt}
    codes = dict.fromkeys(_code(line) for line in lines if _key(line) not in known)
    return " ".join(REASONS.get(code, "Something unknown was reported.") for code in codes)


def _code(line: str) -> str:
    return line.partition(" ")[0]


def _key(line: str) -> str:
    return line if _code(line) == "patched" else _code(line)

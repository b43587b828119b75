"""The mutants of `lessonlib prove`, as pairs of the changed line and the changed function."""

from collections.abc import Callable, Iterator

from lessonlib.proof.mutants import mutants as all_mutants


def mutants(function: Callable) -> Iterator[tuple[str, Callable]]:
    """Yield (the changed code, the changed function) for each small change that there is."""
    for mutant in all_mutants(function):
        yield mutant.code, mutant.answer

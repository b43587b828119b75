"""What works beside an answer that draws with an rng, the last of its arguments."""

import copy


def draw_thrice(answer, *args) -> list:
    """Call the answer with a rng, with an equal one, and with another one."""
    *others, rng = args
    another = copy.deepcopy(rng)
    another.random(7)
    return [answer(*others, copy.deepcopy(each)) for each in (rng, rng, another)]

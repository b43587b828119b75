"""What works beside an answer to lesson 07."""

import copy


def initialize_thrice(answer, n_x, n_h, n_y, rng) -> list:
    """Call the answer with a rng, with an equal one, and with another one."""
    other = copy.deepcopy(rng)
    other.random(7)
    return [answer(n_x, n_h, n_y, copy.deepcopy(each)) for each in (rng, rng, other)]

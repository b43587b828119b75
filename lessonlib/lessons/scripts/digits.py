"""What works beside an answer to lesson 15."""

import numpy as np

ALONE = 8  # digits that are asked for one at a time as well


def split_six_times(answer, X, y, test_fraction, seed: int) -> list:
    """Let the answer split with the same generator twice, then with four others."""
    copies = [(X.copy(), y.copy()) for _ in range(5)]
    runs = [answer(X, y, test_fraction, np.random.default_rng(seed))]
    for place, (X_again, y_again) in enumerate(copies):
        rng = np.random.default_rng(seed + place)
        runs.append(answer(X_again, y_again, test_fraction, rng))
    return runs


def read_digits(answer, X, known) -> dict:
    """Ask for all digits, for some of them one at a time, and for some that were handed out."""
    alone = [X[[row]] for row in range(ALONE)]
    known = known.copy()
    return {"new": answer(X), "alone": [answer(one) for one in alone], "known": answer(known)}

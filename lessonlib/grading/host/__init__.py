"""The judge's side: it starts submissions locked away, asks them, and decides outside.

From the bottom up: `isolation` starts the server that submissions are forked from, a `process` is
one of them, a `notebook` outlives its processes, and `checks` and `tests` judge what graded cells
ask for.
"""

"""The judge's way to a submission: who stays where, what crosses, and what a handle passes on.

From the bottom up: `isolation` starts a server that is locked away, `wire` carries messages,
`crossing` makes values of them, a `session` is one process, a `kernel` outlives its processes, and
`handles` are what a test holds of a submission's functions and objects.
"""

"""The instructor's workshop: from a lesson's text to its notebook and the learner's copy.

Nothing that a learner imports may import this package: it needs nbgrader and jupytext.
"""

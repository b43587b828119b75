"""How some exercises use an answer: the code that works beside it, in its own process.

When a notebook is graded, the text of such a module is sent into the submission's process and runs
there. So these modules know neither right values nor lessons: they import NumPy and the standard
library alone. A script is a function of a module here, or a `functools.partial` of one with plain
arguments: `script(answer, *args)`. It returns what the answer gave, as it came; what that means is
worked out by the exercise's `unpack`, outside, from this and the case. So no part of a script's
value may be the same for all right answers to all cases: it could be guessed.
"""

"""A learner's feedback page: what came of each exercise, then the notebook as it ran.

`exporter` is what nbgrader's `generate_feedback` calls for each notebook; `contents` says what the
page tells, `cells` turns cells into HTML and `mathematics` TeX into MathML; `handing_back` puts the
pages of a lesson into one file.

What a learner has written was made harmless when it was graded. The template escapes the rest, and
the page forbids itself scripts and the network.
"""

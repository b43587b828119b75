"""From a learning platform and back: takes a class's work in, and hands the points back.

The way in: `unpacking` lists the files of a download, `layouts` reads from their names whose they
are, `roster` finds the learner, and `collecting` plans who gets what and writes it.

The way back: `scores` reads the points from the gradebook, `sheets` keeps a table as its platform
wrote it, and `exporting` makes the file that each platform imports. `autograder` packs a lesson for
Gradescope.
"""

"""Checks, figures and mathematics for the course "From one ReLU layer to back-propagation".

`check`, `judge`, `case`, `hint` and what a terminal has as commands, `progress`, `pack`, `unpack`
and `update`, are looked up on first use, so that `import lessonlib` costs next to nothing.
"""

import sys

__version__ = "0.2.0.dev0"  # the only place: the package has it from here
__all__ = ["case", "check", "hint", "judge", "pack", "progress", "unpack", "update"]
_IN_CELLS = ("pack", "progress", "unpack", "update")


def load_ipython_extension(shell) -> None:
    """Let a notebook say in a sentence what a cell above lacks: `%load_ext lessonlib`."""
    from lessonlib.notebook import explain_unready_cells

    explain_unready_cells(shell)
    if sys.platform == "emscripten":
        from lessonlib import in_browser

        in_browser.settle(shell)


def __getattr__(name: str):
    """Load a name of `__all__` when it is first asked for (PEP 562).

    A lesson begins with `from lessonlib import check`, and a learner should need no magic beside
    it: whoever asks for `check` in IPython gets the extension too. No other import loads it.
    """
    if name not in __all__:
        raise AttributeError(f"module 'lessonlib' has no attribute {name!r}")
    if name == "case":
        from lessonlib.inputs import case

        return case
    if name == "hint":
        from lessonlib.hints import hint

        return hint
    if name in _IN_CELLS:
        from lessonlib import in_cells

        return getattr(in_cells, name)
    from lessonlib import notebook

    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if name == "check" and shell is not None:
        load_ipython_extension(shell)
    return getattr(notebook, name)

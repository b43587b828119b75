"""Checks, figures and mathematics for the course "From one ReLU layer to back-propagation".

`check` and `judge` are looked up on first use, so that `import lessonlib` costs next to nothing.
"""

__version__ = "0.1.0"
__all__ = ["check", "judge"]


def __getattr__(name: str):
    """Load `check` and `judge` when they are first asked for (PEP 562)."""
    if name in __all__:
        from lessonlib import notebook

        return getattr(notebook, name)
    raise AttributeError(f"module 'lessonlib' has no attribute {name!r}")

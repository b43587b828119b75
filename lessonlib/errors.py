"""The one exception whose text is written for the person at the keyboard."""

import textwrap


class UserError(Exception):
    """An error whose text is meant for the person at the keyboard.

    The command line and a notebook show it as one plain sentence, without a traceback.
    """

    def _render_traceback_(self) -> list[str]:
        """Return what a notebook shows: IPython asks for it."""
        return textwrap.wrap(str(self), 74)

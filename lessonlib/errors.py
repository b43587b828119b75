"""The one exception whose text is written for the person at the keyboard."""


class UserError(Exception):
    """An error whose text is meant for the person at the keyboard.

    The command line shows it as one plain sentence, without a traceback.
    """

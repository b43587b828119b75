"""Run by each kernel that `lessonlib learn` opens: a check before its notebook's first cell.

IPython runs it as PYTHONSTARTUP, among the names of the notebook, and so does any other Python that
is started from there: it leaves no name behind, and imports nothing before an error comes.
"""


def _set_up(shell):
    def explain(shell, etype, error, tb, tb_offset=None):
        from lessonlib.notebook import explain as say

        say(shell, etype, error, tb, tb_offset)

    shell.set_custom_exc((NameError,), explain)


if "get_ipython" in globals():
    _set_up(get_ipython())  # noqa: F821
del _set_up

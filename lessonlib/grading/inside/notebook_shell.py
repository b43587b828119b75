"""IPython without a kernel's sockets: runs cells, and keeps their outputs in a notebook's form."""

import builtins
import io
import os
import sys

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from matplotlib_inline.backend_inline import configure_inline_support
from traitlets import Type
from traitlets.config import Config

from lessonlib.grading.submission.outputs import error_output

MAX_TEXT = 100_000  # characters that a cell may print
MAX_RICH = 8 * 2**20  # characters of pictures and the like in a cell
MAX_OUTPUTS = 200


class Outputs(list):
    """A cell's outputs, as a notebook stores them; what is too much is left out and said so."""

    def __init__(self):
        super().__init__()
        self.printed = self.rich = 0

    def add(self, output: dict) -> None:
        """Add an output, if there is room for it."""
        size = len(repr(output))
        self.rich += size
        if self.rich <= MAX_RICH and len(self) < MAX_OUTPUTS:
            self.append(output)

    def write(self, name: str, text: str) -> None:
        """Add printed text to the stream of this name."""
        if not text:
            return
        left, self.printed = MAX_TEXT - self.printed, self.printed + len(text)
        if left <= 0:
            return
        text = text if len(text) <= left else text[:left] + "\n[the rest is left out]\n"
        if self and self[-1].get("name") == name:
            self[-1]["text"] += text
        elif len(self) < MAX_OUTPUTS:
            self.append({"output_type": "stream", "name": name, "text": text})


class Stream(io.TextIOBase):
    """Standard output or standard error of a cell."""

    encoding = "utf-8"

    def __init__(self, shell: "NotebookShell", name: str):
        self.shell, self.name = shell, name

    def write(self, text: str) -> int:
        """Add text to the outputs of the cell that is running."""
        self.shell.outputs.write(self.name, str(text))
        return len(text)

    def writable(self) -> bool:
        """A stream can be written to."""
        return True


class Publisher(DisplayPublisher):
    """Keeps what `display` shows."""

    def publish(self, data, metadata=None, **_):
        """Add a picture, a table or the like to the outputs."""
        self.shell.outputs.add(
            {"output_type": "display_data", "data": data, "metadata": metadata or {}}
        )

    def clear_output(self, wait=False):
        """Forget what the cell has shown so far."""
        self.shell.outputs.clear()


class Hook(DisplayHook):
    """Keeps the value of a cell's last line."""

    def write_output_prompt(self):
        """A notebook shows the number itself."""

    def write_format_data(self, format_dict, md_dict=None):
        """Add the value to the outputs."""
        self.shell.outputs.add(
            {
                "output_type": "execute_result",
                "data": format_dict,
                "metadata": md_dict or {},
                "execution_count": self.prompt_count,
            }
        )


class NotebookShell(InteractiveShell):
    """An IPython whose cells leave outputs instead of writing on a screen."""

    display_pub_class = Type(Publisher)
    displayhook_class = Type(Hook)

    def __init__(self, **kwargs):
        self.outputs = Outputs()
        super().__init__(**kwargs)

    def _showtraceback(self, etype, evalue, stb):
        self.outputs.add(error_output(etype.__name__, str(evalue)[:2000], stb))

    def ask_exit(self):
        """There is nothing to leave: the notebook goes on."""

    def enable_gui(self, gui=None):
        """There is no screen."""

    def run(self, source: str) -> Outputs:
        """Run a cell and return its outputs; `error` of the result is the exception, or None."""
        self.outputs = Outputs()
        result = self.run_cell(source, store_history=True)
        self.error = result.error_before_exec or result.error_in_exec
        return self.outputs


def make_shell() -> NotebookShell:
    """Return a shell that is ready for cells, figures included, and writes nothing to disk."""
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    config.InteractiveShell.cache_size = 0
    shell = NotebookShell.instance(config=config)
    configure_inline_support(shell, os.environ["MPLBACKEND"])
    return shell


def take_over_streams(shell: NotebookShell) -> None:
    """Let everything that a submission prints go to its cell's outputs; nobody answers it."""
    sys.stdin, builtins.input = io.StringIO(), refuse_input
    sys.stdout, sys.stderr = Stream(shell, "stdout"), Stream(shell, "stderr")


def refuse_input(message: str = "") -> str:
    """Stand in for `input`: nobody is there to type while a class is graded."""
    raise EOFError("input() cannot be answered while a notebook is graded")

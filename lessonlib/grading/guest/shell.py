"""IPython without a kernel's sockets: runs cells, and keeps their outputs in a notebook's form."""

import builtins
import getpass
import io
import json
import os
import re
import subprocess
import sys
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.error import StdinNotImplementedError
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.pylabtools import activate_matplotlib
from matplotlib_inline.backend_inline import configure_inline_support
from traitlets import Type
from traitlets.config import Config

from lessonlib.grading.submission.outputs import error_output

LIBRARY = os.path.join(__file__.partition("grading/guest")[0], "")  # where it is, helps nobody
COLOURS = re.compile(r"\x1b\[[\d;]*m")
MAX_TEXT = 100_000  # characters that a cell may print
MAX_RICH = 8 * 2**20  # characters of pictures and the like in a cell
MAX_OUTPUTS = 200
PICTURES = ("image/png", "image/jpeg", "image/svg+xml", "application/pdf")


class Outputs(list):
    """A cell's outputs, as a notebook stores them; what is too much is left out and said so.

    quiet: keep nothing at all.
    """

    def __init__(self, quiet: bool = False):
        super().__init__()
        self.quiet, self.printed, self.rich = quiet, 0, 0

    def add(self, output: dict) -> None:
        """Add an output, if it is one that a notebook can store and there is room for it."""
        try:
            self.rich += 0 if self.quiet else len(json.dumps(output))
        except (TypeError, ValueError, RecursionError):
            return
        if not self.quiet and self.rich <= MAX_RICH and len(self) < MAX_OUTPUTS:
            self.append(output)

    def write(self, name: str, text: str) -> None:
        """Add printed text to the stream of this name."""
        left, self.printed = MAX_TEXT - self.printed, self.printed + len(text)
        if self.quiet or not text or left <= 0:
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
        self.outputs, self.file = Outputs(), ""
        self.announce = lambda file: None  # told the name of each cell of the instructor's
        super().__init__(**kwargs)

    def showtraceback(self, *args, **kwargs):
        """Show an error, but where nothing is kept: to draw one up takes longer than the cell."""
        if not self.outputs.quiet:
            super().showtraceback(*args, **kwargs)

    def _showtraceback(self, etype, evalue, stb):
        shown = [part for part in stb if LIBRARY not in COLOURS.sub("", part)]
        self.outputs.add(error_output(etype.__name__, text_of(evalue), shown))

    def ask_exit(self):
        """There is nothing to leave: the notebook goes on."""

    def enable_gui(self, gui=None):
        """There is no screen."""

    def system(self, cmd):
        """Run a command of a line with `!`; what it says goes to the cell's outputs."""
        command = self.var_expand(cmd, depth=1)
        with subprocess.Popen(
            command, shell=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, errors="replace",
        ) as process:  # fmt: skip
            for line in process.stdout:
                sys.stdout.write(line)
        self.user_ns["_exit_code"] = process.returncode

    system_piped = system_raw = system

    def begin(self, quiet: bool) -> None:
        """Keep the outputs of another cell from now on; `quiet`: drop them, and draw no figure."""
        self.outputs = Outputs(quiet)
        formatter: Any = self.display_formatter
        for kind in PICTURES:
            formatter.formatters[kind].enabled = not quiet

    def enter(self, code: str) -> str:
        """Begin a cell that is run by somebody else; return the name of the file it is from.

        code: what may be known of it, as plain Python, in `In` and for tracebacks.
        """
        self.events.trigger("pre_execute")
        history: Any = self.history_manager
        history.store_inputs(self.execution_count, code, code)
        self.file = self.compile.cache(code, self.execution_count)
        self.execution_count += 1
        self.announce(self.file)
        return self.file

    def leave(self) -> None:
        """End such a cell: its figures are shown and closed."""
        self.events.trigger("post_execute")

    async def run(
        self, source: str, quiet: bool = False, given: bool = False
    ) -> BaseException | None:
        """Run a cell and return the exception that ended it, or None; its outputs are kept."""
        self.begin(quiet)
        transformed, fault = source, None
        try:
            transformed = self.transform_cell(source)
        except Exception:
            fault = sys.exc_info()
        if given:
            self.announce(self.compile.get_code_name(source, transformed, self.execution_count))
        result = await self.run_cell_async(
            source, store_history=True, transformed_cell=transformed, preprocessing_exc_tuple=fault
        )
        self.events.trigger("post_execute")
        self.events.trigger("post_run_cell", result)
        return result.error_before_exec or result.error_in_exec


def text_of(error: BaseException) -> str:
    """Return what an exception says."""
    try:
        return str(error)[:2000]
    except BaseException:
        return "an error that cannot be printed"


def make_shell() -> NotebookShell:
    """Return a shell that is ready for cells, figures included, and writes nothing to disk."""
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    shell = NotebookShell.instance(config=config)
    activate_matplotlib(os.environ["MPLBACKEND"])  # in this order, as a kernel does
    configure_inline_support(shell, os.environ["MPLBACKEND"])
    return shell


def take_over_streams(shell: NotebookShell) -> None:
    """Let everything that a submission prints go to its cell's outputs; nobody answers it."""
    sys.stdin = io.StringIO()
    stand_in: Any = refuse_input  # it takes whatever the two take
    builtins.input = getpass.getpass = stand_in
    sys.stdout, sys.stderr = Stream(shell, "stdout"), Stream(shell, "stderr")


def refuse_input(prompt: str = "", *_, **__) -> str:
    """Stand in for `input`, as in nbgrader's kernel: nobody is there to type."""
    raise StdinNotImplementedError(
        "raw_input was called, but this frontend does not support input requests."
    )

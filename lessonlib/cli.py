"""The `lessonlib` command. Each command imports what it needs itself, so that help is instant."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from lessonlib import lean  # noqa: F401  before any command imports nbformat
from lessonlib.errors import UserError
from lessonlib.project import find_root

app = typer.Typer(
    name="lessonlib",
    help="Check, build and open the lessons of this course.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.command()
def learn(
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port for JupyterLab.")] = 8888,
    browser: Annotated[bool, typer.Option(help="Open a browser window.")] = True,
    lesson: Annotated[str, typer.Option(help="The lesson to open, by number or name.")] = "00",
) -> None:
    """Open the course in JupyterLab."""
    from lessonlib import learning

    learning.learn(find_root(), lesson, port, browser)


@app.command()
def check(
    lesson: Annotated[str, typer.Argument(help="A lesson's number or name, or a notebook's path.")],
) -> None:
    """Run a notebook's checks and show the points."""
    from lessonlib import reporting, running

    notebook = running.find_notebook(lesson, find_root)
    reporting.show_lesson(running.results(notebook))


@app.command()
def progress() -> None:
    """Run the checks of all your lessons and show how far you are."""
    from lessonlib import reporting, running

    reporting.show_progress(find_root(), running.results)


@app.command()
def hint(
    exercise: Annotated[str, typer.Argument(help='An exercise, such as "relu.relu".')],
    number: Annotated[int, typer.Argument(min=1, help="1 is a nudge, the last nearly tells.")] = 1,
) -> None:
    """Show one hint of an exercise; ask for number 2 or 3 if the first was not enough."""
    from lessonlib import reporting
    from lessonlib.lessons import find

    reporting.show_hint(find(exercise), number)


@app.command()
def build(
    lessons: Annotated[
        list[str] | None, typer.Argument(help="Numbers or names; all if none.")
    ] = None,
    force: Annotated[bool, typer.Option(help="Run notebooks even if nothing changed.")] = False,
) -> None:
    """For instructors: make the notebooks in solutions/ and course/ from the lessons' text."""

    try:
        from lessonlib.building.build import build as build_lessons
    except ModuleNotFoundError as error:
        if error.name != "jupytext":
            raise
        raise UserError(
            "Building lessons needs jupytext. Install it with: "
            'pip install -c constraints.txt -e ".[instructor]"'
        ) from None
    build_lessons(find_root(), lessons or [], force=force)


@app.command()
def collect(
    lesson: Annotated[str, typer.Argument(help="A lesson's number or name.")],
    folder: Annotated[Path, typer.Argument(help="A folder of notebooks, one for each learner.")],
) -> None:
    """For instructors: put a folder of notebooks where they can be graded."""
    from lessonlib.grading import reporting

    reporting.collect(find_root(), lesson, folder)


@app.command()
def grade(
    lesson: Annotated[str, typer.Argument(help="A lesson's number or name.")],
    workers: Annotated[
        int, typer.Option(min=1, help="Submissions at a time; as many as processors if not said.")
    ] = os.cpu_count() or 1,
    dask: Annotated[str, typer.Option(help="The address of a Dask cluster that does it.")] = "",
    unprotected: Annotated[
        bool, typer.Option(help="Run submissions with all your rights. Only if you trust them.")
    ] = False,
) -> None:
    """For instructors: grade what was handed in, if it is new or has changed."""
    from lessonlib.grading import reporting

    reporting.grade(find_root(), lesson, workers, dask, not unprotected)


@app.command()
def report(
    lesson: Annotated[str, typer.Argument(help="A lesson's number or name.")],
) -> None:
    """For instructors: write a page and a table on how the class did."""
    from lessonlib.grading import reporting

    reporting.report(find_root(), lesson)


def main() -> None:
    """Run the command; an error that is meant for the user is one sentence and exit code 1."""
    # nbgrader calls alembic by its bare name, also where no environment was activated.
    os.environ["PATH"] = os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]])
    try:
        app()
    except UserError as error:
        print(error, file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()

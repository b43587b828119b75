"""The `lessonlib` command. Each command imports what it needs itself, so that help is instant."""

import os
import sys
from typing import Annotated

import typer

from lessonlib.errors import UserError

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
    from lessonlib.project import find_root

    learning.learn(find_root(), lesson, port, browser)


@app.command()
def check(
    lesson: Annotated[str, typer.Argument(help="A lesson's number or name, or a notebook's path.")],
) -> None:
    """Run a notebook's checks and show the points."""
    from lessonlib import reporting, running
    from lessonlib.project import find_root

    notebook = running.find_notebook(lesson, find_root)
    reporting.show_lesson(running.results(notebook))


@app.command()
def progress() -> None:
    """Run the checks of all your lessons and show how far you are."""
    from lessonlib import reporting, running
    from lessonlib.project import find_root

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
    from lessonlib.project import find_root

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

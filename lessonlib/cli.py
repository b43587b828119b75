"""The `lessonlib` command. Each command imports what it needs itself, so that help is instant."""

import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from lessonlib import lean  # noqa: F401  before any command imports nbformat
from lessonlib.errors import UserError
from lessonlib.extras import what_to_install
from lessonlib.printable import printable
from lessonlib.project import find_home, find_root, notebook_named

app = typer.Typer(
    name="lessonlib",
    help="Open, check and build the lessons of this course.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


class Format(StrEnum):
    """How `check` writes its results."""

    TABLE = "table"
    JSON = "json"
    JUNIT = "junit"


class Platform(StrEnum):
    """Where points can be handed back to."""

    CANVAS = "canvas"
    MOODLE = "moodle"
    MOODLE_WORKSHEET = "moodle-worksheet"
    BLACKBOARD = "blackboard"
    GRADESCOPE = "gradescope"


Port = Annotated[
    int, typer.Option(min=0, max=65535, help="The port for JupyterLab; 0: any that is free.")
]
Browser = Annotated[bool, typer.Option(help="Open a browser window.")]
Opened = Annotated[str, typer.Option(help="The lesson to open, by number or name.")]
Plain = Annotated[
    bool,
    typer.Option("--notebook", help="Open it in Notebook 7: less around it, easier to read out."),
]


@app.command()
def start(
    folder: Annotated[Path, typer.Argument(help="A new or empty folder, or one with the course.")],
    open_it: Annotated[bool, typer.Option("--open/--no-open", help="Open it as well.")] = True,
    port: Port = 8888,
    browser: Browser = True,
    lesson: Opened = "00",
    plain: Plain = False,
) -> None:
    """Put the course into a folder of yours, if it is not there yet, and open it in JupyterLab."""
    from lessonlib import lab
    from lessonlib.workspace import commands

    home = commands.start(folder)
    if open_it:
        lab.learn(home, lesson, port, browser, lab.NOTEBOOK if plain else lab.LAB)


@app.command()
def learn(
    port: Port = 8888, browser: Browser = True, lesson: Opened = "00", plain: Plain = False
) -> None:
    """Open the course in JupyterLab."""
    from lessonlib import lab

    lab.learn(find_home(), lesson, port, browser, lab.NOTEBOOK if plain else lab.LAB)


@app.command()
def update() -> None:
    """Bring the newest text of the course into your folder; your answers stay as they are."""
    from lessonlib.workspace import commands

    commands.update(find_home())


@app.command()
def reset(
    lesson: Annotated[str, typer.Argument(help="A lesson's number or name.")],
) -> None:
    """Put a fresh copy of a lesson into your folder; yours is kept under another name."""
    from lessonlib.workspace import commands

    commands.reset(find_home(), lesson)


@app.command()
def pack(
    to: Annotated[
        Path | None, typer.Option(help="The file to write; beside your folder if not said.")
    ] = None,
) -> None:
    """Make one file of your folder, to hand in or to take along."""
    from lessonlib.workspace import commands

    commands.pack(find_home(), to)


@app.command()
def unpack(
    file: Annotated[Path, typer.Argument(help="A file that `lessonlib pack` has made.")],
) -> None:
    """Take a packed folder in; of what is in both, yours is kept under another name."""
    from lessonlib.workspace import commands

    commands.unpack(file, find_home())


@app.command()
def check(
    lesson: Annotated[str, typer.Argument(help="A lesson's number or name, or a notebook's path.")],
    how: Annotated[Format, typer.Option("--format", help="For programs: json or junit.")] = (
        Format.TABLE
    ),
) -> None:
    """Run a notebook's checks and show the points.

    In a format for programs it ends with 1 unless every exercise has all its points.
    """
    notebook = notebook_named(lesson)  # where there is none, nobody waits for the imports
    from lessonlib import check_formats, progress_tables, running

    results = running.results(notebook)
    if how is Format.TABLE:
        progress_tables.show_lesson(notebook, results)
        return
    print(check_formats.written(notebook.stem, results, how))
    if not all(result.passed for result in results):
        raise typer.Exit(1)


@app.command()
def progress() -> None:
    """Show how far you are in all lessons; runs the checks of those that have changed."""
    from lessonlib import progress_tables

    progress_tables.show_progress(find_home(), _results)


def _results(notebook: Path) -> list:
    from lessonlib import running  # takes longer than all the rest of `progress`

    return running.results(notebook)


@app.command()
def hint(
    exercise: Annotated[str, typer.Argument(help='An exercise, such as "relu.relu".')],
    number: Annotated[int, typer.Argument(min=1, help="1 is a nudge, the last nearly tells.")] = 1,
) -> None:
    """Show one hint of an exercise; ask for number 2 or 3 if the first was not enough."""
    from lessonlib import hints

    hints.hint(exercise, number)


@app.command()
def build(
    lessons: Annotated[
        list[str] | None, typer.Argument(help="Numbers or names; all if none.")
    ] = None,
    force: Annotated[bool, typer.Option(help="Run notebooks even if nothing changed.")] = False,
) -> None:
    """For instructors: make the notebooks in solutions/ and course/ from the lessons' text."""
    from lessonlib.building.build import build as build_lessons

    build_lessons(find_root(), lessons or [], force=force)


@app.command()
def new(
    name: Annotated[str, typer.Argument(help="What to call it, such as 20-batch-norm.")],
    prefix: Annotated[str, typer.Option(help="The first part of its exercises' ids.")] = "",
    package: Annotated[
        bool, typer.Option(help="As a package of your own, in a new folder.")
    ] = False,
) -> None:
    """For authors: begin a lesson, with a notebook, exercises, slips, hints and a test."""
    from lessonlib.building import new as beginning

    print(beginning.begin(Path.cwd(), name, prefix, package))


@app.command()
def prove(
    lesson: Annotated[str, typer.Argument(help="A lesson's number or name; all if none.")] = "",
) -> None:
    """For authors: prove that a lesson's checks accept what is right and name what is wrong."""
    from lessonlib import lessons
    from lessonlib.proof import table

    chosen = [lessons.lesson(lesson)] if lesson else lessons.lessons()
    if not table.show(find_root(), chosen):
        raise typer.Exit(1)


@app.command()
def collect(
    lesson: Annotated[str, typer.Argument(help="A lesson's number or name.")],
    source: Annotated[Path, typer.Argument(help="A folder or a zip, as your platform gives it.")],
    roster: Annotated[
        Path | None, typer.Option(help="A table of the class; students.csv here if not said.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be done.")
    ] = False,
) -> None:
    """For instructors: put a class's notebooks where they can be graded."""
    from lessonlib.platforms import commands

    commands.collect(find_root(), lesson, source, roster, dry_run)


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
    anyway: Annotated[
        bool, typer.Option(help="Grade also where the lesson's own solution fails its tests.")
    ] = False,
    patience: Annotated[
        float, typer.Option(min=0.001, help="Minutes after which it says whom it waits for.")
    ] = 60.0,
) -> None:
    """For instructors: grade what was handed in, if it is new or has changed."""
    from lessonlib.grading import commands

    commands.grade(find_root(), lesson, workers, dask, not unprotected, anyway, patience)


@app.command()
def report(
    lesson: Annotated[
        str, typer.Argument(help="A lesson's number or name; the whole course if none.")
    ] = "",
) -> None:
    """For instructors: write a page and a table on how the class did."""
    from lessonlib.grading import commands

    commands.report(find_root(), lesson)


@app.command()
def export(
    platform: Annotated[Platform, typer.Option("--for", help="The platform that imports it.")],
    lesson: Annotated[str, typer.Argument(help="A lesson's number or name.")] = "",
    every: Annotated[bool, typer.Option("--all", help="All lessons that are graded.")] = False,
    fill: Annotated[Path | None, typer.Option(help="The platform's own table, to fill.")] = None,
    roster: Annotated[
        Path | None, typer.Option(help="A table of the class; students.csv here if not said.")
    ] = None,
) -> None:
    """For instructors: write the file with which a platform imports the points."""
    if bool(lesson) == every:
        raise UserError("Name a lesson, or say --all.")
    from lessonlib.platforms import commands

    commands.export(find_root(), lesson, every, platform.value, fill, roster)


@app.command()
def feedback(
    lesson: Annotated[str, typer.Argument(help="A lesson's number or name.")],
    like: Annotated[
        Path | None, typer.Option(help="Moodle's download: name the pages as it does.")
    ] = None,
    roster: Annotated[
        Path | None, typer.Option(help="A table of the class; students.csv here if not said.")
    ] = None,
) -> None:
    """For instructors: make the learners' feedback pages, and one file to hand them back."""
    if like:
        from lessonlib.platforms import commands as platforms

        platforms.feedback(find_root(), lesson, like, roster)
    else:
        from lessonlib.grading import commands as grading

        grading.feedback(find_root(), lesson)


def main() -> None:
    """Run the command; an error that is meant for the user is one sentence and exit code 1."""
    # nbgrader calls alembic by its bare name, also where no environment was activated.
    os.environ["PATH"] = os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]])
    try:
        try:
            app()
        except ModuleNotFoundError as error:
            raise what_to_install(error) from None
    except UserError as error:
        print(printable(error), file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()

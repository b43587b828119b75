"""What `lessonlib collect` and `lessonlib export` do and say on the screen."""

from collections import Counter
from contextlib import suppress
from pathlib import Path

from nbgrader.coursedir import CourseDirectory

from lessonlib.checks.wording import listing
from lessonlib.errors import UserError
from lessonlib.grading import commands as grading
from lessonlib.grading.classroom import gradebook as book
from lessonlib.platforms import exporting
from lessonlib.platforms.collecting import Chooser, Plan, carry_out, paths_of, plan
from lessonlib.platforms.exporting import Exported
from lessonlib.platforms.forms import FORMS, Form
from lessonlib.platforms.layouts import moodle_head
from lessonlib.platforms.roster import NAME, Roster, read_roster
from lessonlib.platforms.scores import Scores, learners_in, read_scores
from lessonlib.platforms.unpacking import opened
from lessonlib.printable import one_line

SHOWN = 3  # of the files that are ignored
NOTHING = "Nothing was written. Without --dry-run the above is done."


def collect(root: Path, name: str, source: Path, roster: Path | None, dry: bool) -> None:
    """Say what is in a folder or a zip of notebooks and whose it is; then take it in."""
    course, _ = book.course_at(root)
    lesson = book.choose(course, name)
    notebook = book.notebooks(course, lesson)[0]
    known = roster_at(root, roster)
    with book.plainly(course), opened(source) as items:
        made = plan(items, lesson, Chooser.of(course, lesson, notebook), known)
        if not made.takings and not made.left:
            raise UserError(f"There are no notebooks in {one_line(source)}.")
        _tell(made)
        done = list(paths_of(made)) if dry else carry_out(made, course, lesson, notebook)
    for who, how in done:
        print(f"{one_line(who):<24} {how}")
    if dry:
        print(NOTHING)
    else:
        _count(lesson, [*done, *made.left])


def _count(lesson: str, done: list[tuple[str, str]]) -> None:
    counts = Counter(how.partition(":")[0].partition(";")[0] for _, how in done)
    print(f"{lesson}: " + ", ".join(f"{count} {how}" for how, count in counts.items()) + ".")


def roster_at(root: Path, given: Path | None) -> Roster | None:
    """Return the roster that was named, or the course's own; None if there is none."""
    path = given or root / NAME
    return read_roster(path) if given or path.exists() else None


def _tell(made: Plan) -> None:
    """Say, before anything is written, what is not taken in and what was there twice."""
    for kind, paths in made.ignored.items():
        shown = ", ".join(paths[:SHOWN]) + (", …" if len(paths) > SHOWN else "")
        print(f"Ignored, {kind}: {len(paths)} ({shown})")
    for who, path in made.several:
        print(f"Handed in again since, and kept in downloaded/: {who}, {path}")
    for path, why in made.left:
        print(f"{path:<24} {why}")
    if made.absent:
        print(f"Nothing came from {len(made.absent)} of the roster: "
              f"{one_line(listing(made.absent), 2000)}.")  # fmt: skip


def feedback(root: Path, name: str, source: Path, roster: Path | None) -> None:
    """Make feedback pages, and one file in which they are named as in Moodle's own download."""
    course, _ = book.course_at(root)
    lesson = book.choose(course, name)
    notebook = book.notebooks(course, lesson)[0]
    with opened(source) as items:
        made = plan(items, lesson, Chooser.of(course, lesson, notebook), roster_at(root, roster))
    heads = {each.who: moodle_head(each.attempt.notebook.item.path) for each in made.takings}
    heads = {who: head for who, head in heads.items() if head}
    if not heads:
        raise UserError(f"{one_line(source)} is not Moodle's download of an assignment.")
    grading.feedback(root, name, heads)


# --- the way back --------------------------------------------------------------------------------


def export(root: Path, name: str, every: bool, platform: str, fill: Path | None,
           roster: Path | None) -> None:  # fmt: skip
    """Write what a platform imports, and say who is in it and who is not."""
    course, _ = book.course_at(root)
    if platform == "gradescope":
        _pack(course, name, every or fill is not None)
        return
    form = FORMS[platform]
    with book.plainly(course):
        if every and form.of_one_lesson:
            raise UserError("This table is one assignment's: name its lesson instead of --all.")
        lessons = _graded(course, name, every)
        known, listed = learners_in(course), roster_at(root, roster)
        if fill:
            what = "all" if every else lessons[0].lesson
            made = {what: exporting.fill(form, fill, lessons, known, listed)}
        else:
            made = {each.lesson: exporting.make(form, each, known, listed) for each in lessons}
        for what, table in made.items():
            path = root / "reports" / f"{what}-{platform}{fill.suffix if fill else '.csv'}"
            table.sheet.write(path)
            _say(table, path.relative_to(root), form)


def _pack(course: CourseDirectory, name: str, odd: bool) -> None:
    """Write Gradescope's autograder, with which it grades itself: there are no points to export."""
    from lessonlib.platforms import autograder  # no other export needs the grader

    if odd:
        raise UserError("Gradescope takes one autograder for each lesson: name it, without --fill.")
    lesson = book.choose(course, name)
    path = Path(course.root) / "reports" / f"{lesson}-gradescope.zip"
    autograder.pack(course, lesson, path)
    print(
        f"Written: {path.relative_to(course.root)}. Upload it in Gradescope: Configure Autograder."
    )


def _graded(course: CourseDirectory, name: str, every: bool) -> list[Scores]:
    """Return the scores of a lesson, or of all that are graded."""
    if not every:
        return [read_scores(course, book.choose(course, name))]
    found = []
    for lesson in book.lessons(course):
        with suppress(UserError):  # it is not graded yet
            found.append(read_scores(course, lesson))
    if not found:
        raise UserError("Nothing is graded yet. First run: lessonlib grade LESSON")
    return found


def _say(made: Exported, path: Path, form: Form) -> None:
    for note in made.notes:
        print(note)
    for why, who in made.left.items():
        print(f"Left out, {why}: {one_line(listing(who), 2000)}.")
    print(f"Written: {path}, with {made.given} grades. Import it {form.advice}.")

"""What is true of every lesson's notebooks, in solutions/ and in course/."""

import html
import os
import re
import shutil
from collections import defaultdict
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from traitlets.config import Config

from lessonlib.building import build as building
from lessonlib.building.stubs import BEGIN_DELIMITER, END_DELIMITER
from lessonlib.lessons import LESSONS, lesson
from lessonlib.project import LESSON_FOLDERS

ROOT = Path(__file__).parents[2]
NAMES = [each.name for each in LESSONS if each.module.startswith("lessonlib.lessons.")]
EXTRAS = [name for name in NAMES if name.startswith("x")]
MODEL_ANSWER = "<details><summary>Compare: a model answer"
LEFT_BEHIND = {".ipynb_checkpoints", ".virtual_documents", "__pycache__", ".DS_Store"}


def pytest_generate_tests(metafunc):
    if "name" in metafunc.fixturenames:
        metafunc.parametrize("name", NAMES)


def files(folder):
    """Return the files below a folder, by path; what editors leave behind does not count."""
    found = (path.relative_to(folder) for path in sorted(folder.rglob("*")))
    return {
        str(path): (folder / path).read_bytes()
        for path in found
        if (folder / path).is_file() and not LEFT_BEHIND & set(path.parts)
    }


@cache
def notebook(folder, name):
    return nbformat.read(ROOT / folder / name / f"{name}.ipynb", as_version=4)


def code_cells(folder, name):
    return [cell for cell in notebook(folder, name).cells if cell.cell_type == "code"]


def markdown_cells(folder, name):
    return [cell for cell in notebook(folder, name).cells if cell.cell_type == "markdown"]


def nbgrader(cell):
    return cell.metadata.get("nbgrader", {})


def is_check(cell):
    return cell.cell_type == "code" and nbgrader(cell).get("grade", False)


def is_free(cell):
    """Whether the cell is for a prediction, or for who wants more: no check looks at it."""
    return nbgrader(cell).get("solution") and nbgrader(cell).grade_id.startswith(
        ("guess-", "more-")
    )


def checks(folder, name):
    return [cell for cell in code_cells(folder, name) if is_check(cell)]


# --- built, and up to date ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def rebuilt(tmp_path_factory):
    """The course built anew from a copy of solutions/, and what the first build told."""
    root = tmp_path_factory.mktemp("rebuilt")
    shutil.copy(ROOT / "nbgrader_config.py", root)
    shutil.copytree(ROOT / "solutions", root / "solutions")
    told = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(building, "execute", lambda notebook, folder: None)  # it would tell so
        building.build(root, tell=told.append)
        first = files(root / "solutions") | files(root / "course")
        building.build(root, tell=lambda line: None)
    assert files(root / "solutions") | files(root / "course") == first, "a second build changed it"
    return root, {line.split()[0]: line for line in told}


def test_the_notebook_is_what_its_text_says(name, rebuilt):
    _, told = rebuilt
    assert told[name].split(maxsplit=1)[1] == "unchanged", "run: make build"


def test_the_course_is_up_to_date(name, rebuilt):
    root, _ = rebuilt
    assert files(ROOT / "course" / name) == files(root / "course" / name), "run: make build"


@pytest.mark.parametrize("folder", ["solutions", "course"])
def test_there_is_one_folder_a_lesson(folder):
    assert sorted(path.name for path in (ROOT / folder).glob(LESSON_FOLDERS)) == NAMES


def test_the_learner_gets_the_notebook_and_the_lessons_data(name):
    data = {path for path in files(ROOT / "solutions" / name) if not path.startswith(f"{name}.")}
    assert set(files(ROOT / "course" / name)) == data | {f"{name}.ipynb"}
    assert not [path for path in data if path.endswith((".py", ".ipynb"))]


def test_the_solution_ran_from_top_to_bottom(name):
    cells = [cell for cell in code_cells("solutions", name) if cell.source.strip()]
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))


# --- no answer reaches the learner -------------------------------------------------------------


def regions(source):
    """Return the answers in a cell of code (### BEGIN …) or in words (<!-- BEGIN … -->)."""
    between = f"{BEGIN_DELIMITER}[^\n]*\n(.*?)^[^\n]*{END_DELIMITER}"
    return re.findall(between, source, flags=re.DOTALL | re.MULTILINE)


def telling_lines(text):
    lines = (line.strip() for line in text.split("\n"))
    return {line for line in lines if len(line) >= 12}


def is_planted(cells, index):
    """Whether the cell is a bug hunt, and the cell above it says so."""
    above = cells[index - 1]
    return above.cell_type == "markdown" and "wrong on purpose" in above.source


def test_no_answer_stands_in_the_released_notebook(name):
    cells = notebook("course", name).cells
    answers = [
        telling_lines(region)
        for cell in notebook("solutions", name).cells
        for region in regions(cell.source)
    ]
    assert len(answers) > len(checks("solutions", name)), "the answers were not found"
    for index, cell in enumerate(cells):
        if cell.source.startswith(MODEL_ANSWER):  # meant to be compared with, behind its fold
            continue
        found = [{line for line in lines if line in cell.source} for lines in answers]
        pairs = zip(answers, found, strict=True)
        if is_planted(cells, index):  # such code is nearly right, so it shares lines with an answer
            assert not any(lines and lines == some for lines, some in pairs)
        else:
            assert not any(found), f"{cell.id} shows {found}"


def test_no_mark_of_a_solution_or_hidden_test_is_left(name):
    text = (ROOT / "course" / name / f"{name}.ipynb").read_text()
    for mark in (BEGIN_DELIMITER, END_DELIMITER, "HIDDEN TESTS"):
        assert mark not in text


def test_no_cell_imports_the_lessons_own_answers(name):
    assert lesson(name).module not in "\n".join(c.source for c in code_cells("course", name))


def test_the_released_notebook_was_not_run(name):
    for cell in code_cells("course", name):
        assert cell.outputs == []
        assert cell.execution_count is None


def test_what_the_learner_may_change(name):
    for cell in notebook("course", name).cells:
        if nbgrader(cell).get("locked"):
            assert cell.metadata.editable is False
        if nbgrader(cell):
            assert cell.metadata.deletable is False
            assert nbgrader(cell).checksum


# --- exercises ---------------------------------------------------------------------------------


def call(exercise):
    """Return the check's cell as the contract has it."""
    if exercise.returns != "named":
        return f'check("{exercise.id}", {exercise.function})'
    values = ", ".join(f"{each}={each}" for each in exercise.answer_names)
    return f'check("{exercise.id}", {values})'


def test_each_exercise_has_one_check_in_order(name):
    assert [cell.source for cell in checks("course", name)] == [
        call(exercise) for exercise in lesson(name).exercises
    ]


def test_each_check_stands_below_its_solution_cell(name):
    graded = [c for c in notebook("course", name).cells if nbgrader(c) and c.cell_type == "code"]
    ids = [nbgrader(cell).grade_id for cell in graded if not is_free(cell)]
    expected = [exercise.id.replace(".", "-") for exercise in lesson(name).exercises]
    assert ids[0::2] == expected
    assert ids[1::2] == [f"check-{each}" for each in expected]


@pytest.mark.parametrize("folder", ["solutions", "course"])
def test_a_check_gives_the_points_of_its_exercise(folder, name):
    points = [nbgrader(cell).points for cell in checks(folder, name)]
    assert points == [exercise.points for exercise in lesson(name).exercises]


@pytest.mark.parametrize("folder", ["solutions", "course"])
def test_one_question_is_answered_in_words(folder, name):
    written = [c for c in markdown_cells(folder, name) if nbgrader(c).get("grade")]
    expected = [] if name in EXTRAS else [(True, 2)]
    assert [(nbgrader(c).solution, nbgrader(c).points) for c in written] == expected


def test_a_bug_hunt_is_announced(name):
    text = "\n".join(cell.source for cell in markdown_cells("course", name))
    hunts = [c for c in code_cells("course", name) if re.search(r"# line \d", c.source)]
    assert not hunts or "wrong on purpose" in text


FOLD = re.compile(r"<details>\s*<summary>(.*?)</summary>(.*?)</details>", flags=re.DOTALL)


def hints_below_checks(name):
    """Return the hints in the folds, by the exercise of the check above."""
    hints, above = defaultdict(list), None
    for cell in notebook("course", name).cells:
        if is_check(cell):
            above = re.search('"(.*?)"', cell.source).group(1)
        for summary, body in FOLD.findall(cell.source):
            if "hint" in summary.lower():
                items = re.split(r"^\d+\. ", body, flags=re.M)
                hints[above] += [plain(html.unescape(item)) for item in items if item.strip()]
    return hints


def plain(markdown):
    markdown = re.sub(r"\\([_*])", r"\1", markdown)  # an escaped sign means itself
    return " ".join(re.sub(r"[*`]|\b_|_\b", "", markdown).split())


def test_the_hints_are_those_of_the_exercises(name):
    expected = {each.id: [plain(hint) for hint in each.hints] for each in lesson(name).exercises}
    assert hints_below_checks(name) == expected


# --- readable by everybody, everywhere ---------------------------------------------------------


def headings(name):
    """Return (level, text) of each heading."""
    text = "\n\n".join(cell.source for cell in markdown_cells("course", name))
    text = re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
    return [(len(m[1]), m[2]) for m in re.finditer(r"^(#{1,6}) +(.+?)\s*$", text, flags=re.M)]


def test_headings_are_in_order(name):
    levels = [level for level, _ in headings(name)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in zip(levels, levels[1:], strict=False))


def test_headings_tell_the_parts_apart(name):
    titles = [title for _, title in headings(name)]
    assert len(set(titles)) == len(titles)


def test_no_wrapped_line_turns_into_a_list(name):
    """A line that begins with "07." or "0)" is the start of a list where it is rendered."""
    for cell in markdown_cells("solutions", name):
        numbers = [0]
        for line in cell.source.split("\n"):
            found = re.match(r"\s*(\d+)([.)])\s", line)
            if found:
                assert found[2] == "." and int(found[1]) in (1, numbers[-1] + 1), line
                numbers.append(int(found[1]))


def test_folds_are_whole_and_have_a_summary(name):
    for cell in markdown_cells("course", name):
        folds = FOLD.findall(cell.source)
        assert len(folds) == cell.source.count("<details") == cell.source.count("</details>")
        assert all(summary.strip() and body.strip() for summary, body in folds)


class Page(HTMLParser):
    """Notes the tags of a piece of HTML with their attributes."""

    def __init__(self, text):
        super().__init__()
        self.tags = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))


def outputs(name):
    return [output for cell in code_cells("solutions", name) for output in cell.outputs]


def data(name):
    """Return all that was displayed, as (mime type, content)."""
    return [pair for output in outputs(name) for pair in output.get("data", {}).items()]


def test_there_are_figures_and_each_says_what_it_shows(name):
    html = [text for mime, text in data(name) if mime == "text/html"]
    images = [attributes for text in html for tag, attributes in Page(text).tags if tag == "img"]
    assert len(images) >= 2
    for attributes in images:
        assert len(attributes["alt"].split()) >= 8, attributes["alt"]
        assert attributes["src"].startswith("data:image/")
    assert not [mime for mime, _ in data(name) if mime.startswith("image/")], "images without alt"
    assert not [text for text in html if "<svg" in text], "JupyterLab gives those no alt"


def test_images_in_the_text_say_what_they_show(name):
    text = "\n".join(cell.source for cell in markdown_cells("course", name))
    for alt, target in re.findall(r"!\[(.*?)\]\((.*?)\)", text):
        assert len(alt.split()) >= 8
        assert "://" not in target
    for tag, attributes in Page(text).tags:
        assert tag != "img" or len(attributes.get("alt", "").split()) >= 8


def test_nothing_comes_from_the_network(name):
    shown = [text for mime, text in data(name) if mime == "text/html"]
    shown += [cell.source for cell in markdown_cells("course", name)]
    for tag, attributes in Page("\n".join(shown)).tags:
        assert tag not in {"script", "link", "iframe", "object", "embed"}
        assert "//" not in (attributes.get("src") or "").split(",")[0]
    for cell in code_cells("course", name):
        assert not re.search(r"https?:|urllib|urlopen|requests|download", cell.source)
    for style in re.findall(r"<style.*?</style>", "\n".join(shown), flags=re.DOTALL):
        assert "@import" not in style
        assert set(re.findall(r"url\(['\"]?(\w+:)?", style)) <= {"data:"}


def texts(name):
    """Return all text that the solution's cells put out; pictures are cut out."""
    plain = [text for mime, text in data(name) if mime.startswith("text/")]
    plain += [output.text for output in outputs(name) if output.output_type == "stream"]
    return [re.sub(r"base64,[\w+/=]+", "", text) for text in plain]


def test_outputs_are_the_same_on_every_machine(name):
    for text in texts(name):
        assert not re.search(r"\bnp\.(float|int|uint|bool|str|complex)\w*\(", text), text
        assert not re.search(r"\b0x[0-9a-fA-F]+\b", text), text
        assert not re.search(r"/(home|root|tmp|usr|opt|Users)/|site-packages", text), text


def test_outputs_hold_no_warnings_and_no_unplanned_errors(name):
    for cell in code_cells("solutions", name):
        kinds = {each.get("name", each.output_type) for each in cell.outputs}
        assert "stderr" not in kinds
        assert "error" not in kinds or "raises-exception" in cell.metadata.get("tags", [])


# --- in a learner's kernel, before anything is answered ----------------------------------------


@pytest.fixture(scope="module")
def run_once(tmp_path_factory):
    """Runs a released notebook once and keeps it: `run_once(name)`."""

    @cache
    def run(name):
        folder = tmp_path_factory.mktemp("run")
        shutil.copytree(ROOT / "course" / name, folder / name)
        released = nbformat.read(folder / name / f"{name}.ipynb", as_version=4)
        sockets = Config({"KernelManager": {"transport": "ipc", "ip": str(folder / "kernel")}})
        client = NotebookClient(
            released,
            timeout=60,
            kernel_name="python3",
            allow_errors=True,
            resources={"metadata": {"path": str(folder / name)}},
            config=sockets if os.name == "posix" else Config(),
        )
        client.execute()
        return released

    return run


def errors(cell):
    return [output for output in cell.outputs if output.output_type == "error"]


def shown(error):
    return re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(error.traceback))


@pytest.mark.slow
def test_an_untouched_check_fails_and_says_what_to_do(name, run_once):
    cells = [cell for cell in run_once(name).cells if is_check(cell)]
    assert cells
    for cell in cells:
        (error,) = errors(cell)
        assert error.ename in {"CheckFailed", "NameError", "NotImplementedError"}
        text = shown(error)
        assert "Traceback" not in text and "---->" not in text, text
        assert re.search("not written yet|still `...`|not known yet", text), text


@pytest.mark.slow
def test_the_kernel_lives_on_and_no_error_leads_into_the_library(name, run_once):
    cells = [cell for cell in run_once(name).cells if cell.cell_type == "code"]
    assert all(cell.execution_count for cell in cells if cell.source.strip())
    for cell in cells:
        for error in errors(cell):
            assert shown(error).count("\n") < 25, shown(error)
            assert not re.search(r"site-packages|lessonlib/", shown(error)), shown(error)

"""Lessons of other packages are found by their entry points; a broken one harms no other."""

import pytest
from installed import install

from lessonlib import check, judge
from lessonlib.errors import UserError
from lessonlib.grading import lesson_files as files
from lessonlib.notebook import CheckFailed


def test_a_lesson_elsewhere_is_found_by_number_name_prefix_and_exercise(own_lesson):
    lessons = own_lesson()
    for name in ("20", "20-batch-norm", "bnorm"):
        assert lessons.lesson(name).module == "batch_norm"
    assert lessons.find("bnorm.center").points == 2
    assert judge("bnorm.center", lambda X: X - X.mean(0)).passed
    assert judge("bnorm.center", lambda X: X - X.mean()).mistake == "one mean for the whole table"
    names = [each.name for each in lessons.lessons()]
    assert names == sorted(names)
    assert "20-batch-norm" in names
    assert "20-batch-norm" not in [each.name for each in lessons.LESSONS]


CODE, SLIPS = "batch_norm/__init__.py", "batch_norm/slips.txt"


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        (CODE, "def tables", "raise KeyError('k')\ndef tables",
         r"20-batch-norm cannot be imported: .*__init__.py, line 6: KeyError"),
        (CODE, "def tables(rng):", "def tables(rng)", r"__init__.py, line 6: SyntaxError"),
        (CODE, ", cases=tables", "", r"__init__.py, line 16: the exercise .* has no cases"),
        (CODE, "bnorm.bug_hunt", "bnorm.center", r"line 23: the id 'bnorm.center' is taken by"),
        (SLIPS, "[bnorm.center]", "[bnorm.centre]", r"there is no part \[bnorm.center\]"),
    ],
)  # fmt: skip
def test_a_lesson_that_is_broken_says_where(own_lesson, tmp_path, file, old, new, message):
    text = (tmp_path / file).read_text()
    (tmp_path / file).write_text(text.replace(old, new))
    lessons = own_lesson()
    with pytest.raises(UserError, match=message):
        lessons.find("bnorm.center")
    assert lessons.find("relu.relu").points == 1
    with pytest.raises(UserError, match="Did you mean 'relu.relu'"):
        lessons.find("relu.rellu")


def test_a_slip_with_a_typo_is_told_with_its_line_and_harms_nobody_who_is_right(
    own_lesson, tmp_path
):
    text = (tmp_path / SLIPS).read_text()
    (tmp_path / SLIPS).write_text(text.replace("mean = X.mean()  #", "maen = X.mean()  #"))
    own_lesson()
    line = text.splitlines().index("mean = X.mean()  # one mean for the whole table") + 1
    with pytest.raises(UserError, match=rf"slips.txt, line {line}.* has no `maen`"):
        judge("bnorm.center", lambda X: X)
    with pytest.raises(CheckFailed, match=rf"slips.txt,\s+line\s+{line}"):
        check("bnorm.center", lambda X: X)
    assert judge("bnorm.center", lambda X: X - X.mean(0)).passed
    assert judge("relu.relu", abs).mistake == "absolute value"


@pytest.mark.parametrize(
    ("slips", "module", "message"),
    [
        ("20-batch-norm\n", "batch_norm", r"slips.txt, line 1: it should name the lesson"),
        ("[20-batch-norm: relu]\n", "batch_norm", r"20-batch-norm \(relu\) is taken by lessonlib"),
        (None, "batch_norm", "has no slips.txt"),
        ("", "nowhere", "there is no package nowhere"),
        ("", "nowhere.at.all", "nowhere.at.all cannot be found"),
    ],
)
def test_an_entry_point_that_leads_nowhere_is_told(own_lesson, tmp_path, slips, module, message):
    if slips is None:
        (tmp_path / SLIPS).unlink()
    else:
        (tmp_path / SLIPS).write_text(slips)
    install(tmp_path, module)
    lessons = own_lesson()
    told = " ".join(lessons.faults())
    assert "The entry point 'batch-norm' of batch-norm: " in told
    with pytest.raises(UserError, match=message):
        lessons.find("bnorm.center")
    with pytest.raises(UserError, match=message):
        lessons.lesson("20")
    assert lessons.find("relu.relu").points == 1


def test_what_a_notebook_may_import_is_code_without_slips(own_lesson, tmp_path):
    own_lesson()
    (tmp_path / "batch_norm/data.csv").write_text("1")
    assert files.imported(["from batch_norm import center", "import numpy"]) == ("batch_norm",)
    assert list(files.module_files("batch_norm")) == ["batch_norm/__init__.py"]
    assert files.folders() == (tmp_path / "batch_norm",)


@pytest.mark.parametrize("name", ["__init__.py", "slips.txt", "data.csv"])
def test_a_grade_rests_on_code_texts_and_data(own_lesson, tmp_path, name):
    own_lesson()
    before = files.fingerprint("20")
    with (tmp_path / "batch_norm" / name).open("a") as file:
        file.write("# more\n")
    assert files.fingerprint("20") != before
    assert files.fingerprint("01") not in ("", before)
    assert files.fingerprint("an assignment of somebody else's") == ""


def test_a_lessons_parents_are_shown_with_it():
    shown = files.module_files("lessonlib.lessons.relu_layer")
    assert list(shown) == [
        "lessonlib/__init__.py",
        "lessonlib/lessons/__init__.py",
        "lessonlib/lessons/relu_layer/__init__.py",
    ]

"""What the instructor's cells have made is there for a test, whatever a learner did to it."""

import builtins
import types

import pytest

from lessonlib.grading.guest.restoring import Restorer

COURSE = types.ModuleType("course_of_a_test")
exec("def same(a, b): assert a == b\nclass Judge:\n    def says(self): return 'no'", vars(COURSE))


def lenient(*_):
    """Accept everything."""


@pytest.fixture
def course(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, COURSE.__name__, COURSE)
    before = {name: getattr(COURSE, name) for name in ("same", "Judge")}
    guts, says = COURSE.same.__code__, COURSE.Judge.says
    yield COURSE
    vars(COURSE).update(before)
    COURSE.same.__code__, COURSE.Judge.says = guts, says


@pytest.fixture
def restorer(course):
    attributes = [f"{course.__name__}.{name}" for name in ("same", "Judge.says", "nothing")]
    return Restorer({}, attributes)


def bind(restorer, whole=True, **names):
    """Let the instructor bind names."""
    before = restorer.state()
    restorer.names.update(names)
    restorer.accept(before, names, whole)


def test_what_nobody_changed_is_not_changed(restorer):
    bind(restorer, same=COURSE.same)
    assert restorer.changed(["same", f"{COURSE.__name__}.same"], []) == []


def test_an_attribute_is_put_back_for_a_block_and_then_the_learners_again(restorer, course):
    name, ours = f"{course.__name__}.same", course.same
    course.same = lenient
    assert restorer.changed([name], []) == [name]
    with restorer.put_back([name]):
        assert course.same is ours
    assert course.same is lenient


def test_what_the_block_changes_itself_stays(restorer, course):
    course.same = lenient
    with restorer.put_back([f"{course.__name__}.same"]):
        course.same = print
    assert course.same is print


def test_a_method_of_a_class_is_put_back(restorer, course):
    name = f"{course.__name__}.Judge.says"
    course.Judge.says = lambda self: "yes"
    with restorer.put_back(restorer.changed([name], [])):
        assert course.Judge().says() == "no"
    assert course.Judge().says() == "yes"


def test_the_code_of_a_function_is_put_back(restorer, course):
    name, code = f"{course.__name__}.same", course.same.__code__
    course.same.__code__ = (lambda a, b: None).__code__
    assert restorer.changed([name], []) == [name]
    with restorer.put_back([name]):
        assert course.same.__code__ is code
    assert course.same.__code__ is not code


def test_built_ins_are_put_back_also_where_one_was_taken_away(restorer, monkeypatch):
    monkeypatch.setattr(builtins, "all", lenient)
    monkeypatch.delattr(builtins, "sum")
    changed = restorer.changed([], [])
    assert changed == ["builtins.all", "builtins.sum"]
    with restorer.put_back(changed):
        assert all([True]) is True and sum([1]) == 1
    assert builtins.all is lenient and not hasattr(builtins, "sum")


def test_what_is_exempt_is_left_alone(restorer, course, monkeypatch):
    monkeypatch.setattr(builtins, "input", lenient)
    course.same = lenient
    name = f"{course.__name__}.same"
    assert restorer.changed([name], ["input", name]) == []
    assert restorer.changed([name], ["builtins.input"]) == [name]


def test_a_name_keeps_the_learners_meaning_and_the_instructors_is_known(restorer):
    bind(restorer, same=COURSE.same)
    restorer.names["same"] = lenient
    changed = restorer.changed(["same"], [])
    with restorer.put_back(changed):
        assert restorer.names["same"] is lenient
    assert restorer.meant(changed, []) == {"same": COURSE.same}


def test_a_name_that_hides_a_built_in_is_known_unless_it_is_the_instructors(restorer):
    restorer.names |= {"all": lenient, "open": lenient, "x": 1}
    bind(restorer, max=lenient)
    assert restorer.meant([], []) == {"all": all}
    assert restorer.meant([], ["all"]) == {}


def test_what_the_instructor_changes_is_meant_so(restorer, course, monkeypatch):
    before = restorer.state()
    course.same = lenient
    monkeypatch.setattr(builtins, "input", lenient)
    restorer.accept(before, [], True)
    assert restorer.changed([f"{course.__name__}.same"], []) == []


def test_what_a_broken_cell_did_not_bind_is_not_taken_for_the_instructors(restorer):
    bind(restorer, same=COURSE.same)
    restorer.names["same"] = lenient
    before = restorer.state()
    restorer.accept(before, ["same", "never"], False)
    assert restorer.meant(restorer.changed(["same", "never"], []), []) == {"same": COURSE.same}

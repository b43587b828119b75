"""Idioms of ordinary tests give with our grader what they give with nbgrader as it comes."""

import pytest
from idioms import ALL, VARIANTS, assignments, place
from two_graders import grade_with_both

pytestmark = pytest.mark.slow

CASES = [
    pytest.param(pack, idiom, variant, id=f"{pack}: {idiom.name} ({VARIANTS[variant]})")
    for pack, idiom in ALL
    for variant in range(len(idiom.gives))
]


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """What ours and what nbgrader gave for all idioms."""
    folder = tmp_path_factory.mktemp("idioms")
    shares = (["language", "data"], ["notebook", "world"])
    return grade_with_both(folder, *(sum(map(assignments, share), []) for share in shares))


def points(grades, pack, idiom, variant) -> float:
    """Return the points of an idiom's tests."""
    return sum(grade.points for grade in of_tests(grades, pack, idiom, variant).values())


def of_tests(grades, pack, idiom, variant) -> dict:
    """Return the grades of an idiom's tests."""
    where = VARIANTS[variant], place(pack, variant), place(pack, variant)
    return {test: grades[*where, test] for test in idiom.tests()}


@pytest.mark.parametrize(("pack", "idiom", "variant"), CASES)
def test_an_idiom_gives_what_it_gives_with_nbgrader(graded, pack, idiom, variant):
    ours, stock = (points(grades, pack, idiom, variant) for grades in graded)
    gives = idiom.gives[variant]
    assert stock == idiom.nbgrader.get(variant, gives), "nbgrader itself gives something else"
    assert ours == gives


@pytest.mark.parametrize(("pack", "idiom", "variant"), CASES)
def test_no_honest_answer_is_marked(graded, pack, idiom, variant):
    ours, _ = graded
    grades = of_tests(ours, pack, idiom, variant)
    assert [test for test, grade in grades.items() if grade.marked] == []


def test_there_are_enough_idioms():
    names = [idiom.slug for _, idiom in ALL]
    assert len(set(names)) == len(names) >= 90

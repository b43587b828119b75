"""What every exercise of a lesson has to stand up to: what `lessonlib prove` proves, test by test.

A lesson's test file names the lesson and, for each exercise, at least two other right answers:

    class TestReluLayer(LessonContract):
        lesson_name = "01-relu-layer"
        variants = {"relu.relu": [lambda z: z * (z > 0), ...], "relu.by_hand": [{"z1": ...}, ...]}

An answer is a function or class, or, where the exercise asks for values, a dict of them.
"""

import re

from notebook_cells import answers_in

from lessonlib.checks import Exercise, Mistake, Verdict
from lessonlib.lessons import lesson
from lessonlib.proof import judging, words
from lessonlib.proof.judging import seeds, verdict_on_mistake


def verdict_on(exercise: Exercise, answer, seed: int = 0, fork: bool = True) -> Verdict:
    """Judge an answer on cases drawn from `seed`.

    For seed 0 it is asked in a forked child, as in a notebook; else, or where `fork` is False, in
    this process, which takes a third of the time.
    """
    return judging.verdict_on(exercise, answer, seed, fork=fork and seed == 0)


def as_answer(exercise: Exercise, mistake: Mistake):
    """Return the wrong answer that a mistake stands for, as a learner would hand it in."""
    return judging.as_answer(exercise, mistake.wrong)


class LessonContract:
    """Five things that are true of every exercise, and a few that are true of its words."""

    lesson_name: str
    variants: dict[str, list]

    def exercise(self, exercise_id: str) -> Exercise:
        return next(e for e in lesson(self.lesson_name).exercises if e.id == exercise_id)

    def test_the_stub_fails(self, exercise_id):
        exercise = self.exercise(exercise_id)
        verdict = verdict_on(exercise, answers_in("course", exercise))
        assert not verdict.passed
        assert verdict.points == 0
        assert re.search("NotImplementedError|still `...`", verdict.message), verdict.message

    def test_the_solution_passes(self, exercise_id):
        exercise = self.exercise(exercise_id)
        answer = answers_in("solutions", exercise)
        for seed in seeds(exercise, 5):
            verdict = verdict_on(exercise, answer, seed)
            assert verdict.passed, verdict.message
            assert verdict.points == exercise.points

    def test_there_are_two_other_right_answers(self, exercise_id):
        assert len(self.variants[exercise_id]) >= 2

    def test_a_variant_passes(self, exercise_id, index):
        exercise = self.exercise(exercise_id)
        verdict = verdict_on(exercise, self.variants[exercise_id][index], seed=index)
        assert verdict.passed, verdict.message

    def test_a_mistake_is_rejected_and_named(self, exercise_id, name):
        exercise = self.exercise(exercise_id)
        mistake = next(m for m in exercise.mistakes if m.name == name)
        for seed in seeds(exercise, 3):
            verdict = verdict_on_mistake(exercise, mistake, seed)
            assert not verdict.passed
            assert verdict.points < exercise.points
            assert verdict.mistake == name, verdict.message

    def test_a_mistakes_message_is_short_and_plain(self, exercise_id, name):
        exercise = self.exercise(exercise_id)
        mistake = next(m for m in exercise.mistakes if m.name == name)
        message = verdict_on_mistake(exercise, mistake).message
        assert list(words.about_message(message)) == [], message

    def test_hints_lead_from_nudge_to_near_answer(self, exercise_id):
        assert list(words.about_hints(self.exercise(exercise_id))) == []

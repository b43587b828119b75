"""Runs the tests of `LessonContract` once for each exercise, variant and mistake of a lesson."""

from lessonlib.lessons import lesson


def pytest_generate_tests(metafunc):
    if metafunc.cls is None or not hasattr(metafunc.cls, "variants"):
        return
    exercises = lesson(metafunc.cls.lesson_name).exercises
    names = tuple(n for n in ("exercise_id", "index", "name") if n in metafunc.fixturenames)
    rows = {
        ("exercise_id",): [(e.id,) for e in exercises],
        ("exercise_id", "index"): [
            (e.id, i) for e in exercises for i in range(len(metafunc.cls.variants.get(e.id, ())))
        ],
        ("exercise_id", "name"): [(e.id, m.name) for e in exercises for m in e.mistakes],
    }
    if names in rows:
        metafunc.parametrize(names, rows[names])

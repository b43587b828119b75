"""A name needs evidence: what is no mistake of the catalogue gets none of its names.

Constants, zeros, nan, nothing, copied arguments and randomly perturbed right answers are handed in
to every exercise. Where one of them is by chance just what a mistake does, it stands in EXACTLY.
"""

import copy

import numpy as np
import pytest
from contract import verdict_on

from lessonlib.lessons import LESSONS, find
from lessonlib.lessons.deep_network import Network

EXERCISES = [exercise for lesson in LESSONS for exercise in lesson.exercises]
FUNCTIONS = [each for each in EXERCISES if each.returns != "named"]
CLASSES = {"autodiff.value", "autodiff.backward", "deep.network"}


def mapped(change, value):
    """Return a value with all its numbers and arrays changed."""
    if isinstance(value, dict):
        return {key: mapped(change, item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(mapped(change, item) for item in value)
    if isinstance(value, np.ndarray | np.generic | bool | int | float):
        return change(np.asarray(value))
    return value


def with_values(exercise, change):
    """Return an answer whose values have the right form, and are changed."""
    if exercise.returns == "named":
        return mapped(change, exercise.reference())

    def answer(*args):
        value = exercise.reference(*args)
        return mapped(change, list(value) if hasattr(value, "__next__") else value)

    return answer


def perturbed(by, seed=0):
    rng = np.random.default_rng(seed)
    return lambda x: (
        x + by * (1 + np.abs(x)) * rng.uniform(0.5, 1.5, x.shape) * rng.choice([-1, 1], x.shape)
    )


CHANGES = {
    "zeros": lambda x: np.zeros(x.shape),
    "whole zeros": lambda x: np.zeros(x.shape, int),
    "ones": lambda x: np.ones(x.shape),
    "a tenth": lambda x: np.full(x.shape, 0.1),
    "minus seven": lambda x: np.full(x.shape, -7.0),
    "nan": lambda x: np.full(x.shape, np.nan),
    "infinity": lambda x: np.full(x.shape, np.inf),
    "empty": lambda x: np.zeros((0,) * x.ndim) if x.ndim else np.zeros(0),
    "perturbed": perturbed(0.3),
    "perturbed a little": perturbed(1e-3),
}
CONSTANTS = {
    "0": 0, "0.0": 0.0, "1": 1, "-1.5": -1.5, "nan": np.nan, "False": False, "True": True,
    "an empty array": np.zeros(0), "an empty list": [], "an empty text": "",
}  # fmt: skip


@pytest.fixture(autouse=True)
def same_numbers():
    """Each test perturbs by the same random numbers, however many exercises come before it."""
    CHANGES.update({"perturbed": perturbed(0.3), "perturbed a little": perturbed(1e-3)})


# By exercise, the name that is true of some of these answers.
EXACTLY = {
    "start.ready": {"not ready yet": "zeros, whole zeros"},
    "start.column": {"still flat": "argument 0"},
    "start.row_sums": {"not reduced": "argument 0"},
    "relu.relu": {"nothing is stopped": "argument 0"},
    "relu.tent": {"0 where the tent should stand": "zeros, whole zeros, minus seven"},
    "relu.downhill": {"the start only": "argument 0"},
    "hand.output_gradient": {"target left out": "argument 0"},
    "hand.rounding": {"no error": "zeros, whole zeros"},
    "hand.revealing_input": {
        "no silent unit in layer 2": "zeros, whole zeros, ones, a tenth",
        "layer 1 silent": "minus seven",
    },
    "gradcheck.best_step": {
        "not above 0": "zeros, whole zeros, minus seven, perturbed, perturbed a little",
        "step too large": "ones, a tenth, perturbed, perturbed a little",
    },
    "gradcheck.complex_step": {"no imaginary part": "zeros, whole zeros"},
    "xor.relu_weights": {"always 0": "zeros, whole zeros"},
    "xor.sigmoid_derivative": {"0 for every a": "zeros, whole zeros"},
    "xor.predict": {"0 for every sample": "zeros, whole zeros"},
    "xor.bug_hunt": {"line 1 accused": "ones"},
    "twolayer.initialize_parameters": {
        "weights all zero": "zeros, whole zeros",
        "weights all equal": "ones, a tenth, minus seven",
        "biases not zero": "ones, a tenth, minus seven, perturbed, perturbed a little",
    },
    "twolayer.update_parameters": {"nothing changed": "argument 0"},
    "linreg.leak": {"both with the planted scaler": "zeros, whole zeros"},
    "linreg.glorot_uniform": {
        "one number for all weights": "zeros, whole zeros, ones, a tenth, minus seven",
        "rng not used": "perturbed, perturbed a little",  # they draw from elsewhere
    },
    "linreg.network_step": {"nothing moved": "argument 2"},
    "deep.initialize": {
        "zero weights": "zeros, whole zeros",
        "rng not used": "perturbed, perturbed a little",
        "random biases": "perturbed, perturbed a little",
    },
    "deep.update": {"nothing moves": "argument 0"},
    "training.best_rate": {
        "not above 0": "zeros, whole zeros, minus seven",
        "still on the slope": "a tenth",
        "not on the axis": "infinity",
    },
    "digits.bug_hunt": {"line 1 accused": "ones"},
    "digits.classifier": {
        "the same label for every digit": "zeros, whole zeros, ones",
        "one number for all digits": "0, 0.0, 1, -1.5, nan, False, True",
    },
}
# What is right all the same: the number that is asked for, or one that is near enough to it.
STILL_RIGHT = {
    "start.ready": "ones",
    "relu.bug_hunt": "ones",
    "hand.revealing_input": "perturbed, perturbed a little",
    "twolayer.fit": "perturbed a little",
    "training.best_rate": "ones, perturbed, perturbed a little",
}


def false_names(exercise, answers: dict) -> dict[str, str]:
    """Return the names, by label, that are not true of the answer."""
    names = {}
    for label, answer in answers.items():
        verdict = verdict_on(exercise, answer, fork=False)
        if verdict.passed:
            assert label in STILL_RIGHT.get(exercise.id, "").split(", "), label
        elif verdict.mistake and not is_true(exercise, label, verdict.mistake):
            names[label] = verdict.mistake
    return names


def is_true(exercise, label: str, name: str) -> bool:
    return label in EXACTLY.get(exercise.id, {}).get(name, "").split(", ")


def has_numbers(exercise) -> bool:
    """Whether a value exercise asks for numbers, not for letters or names."""
    changed = mapped(lambda x: np.full(x.shape, np.nan), exercise.reference())
    return repr(changed) != repr(exercise.reference())


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.id)
def test_values_of_the_right_form_get_no_name_by_chance(exercise):
    if exercise.id in CLASSES:
        pytest.skip("its answer is a class: see below")
    if exercise.returns == "named" and not has_numbers(exercise):
        pytest.skip("its answer is a text")
    labels = CHANGES if exercise.seconds <= 10 else ["zeros", "nan", "perturbed a little"]
    answers = {label: with_values(exercise, CHANGES[label]) for label in labels}
    assert false_names(exercise, answers) == {}


@pytest.mark.parametrize("exercise", FUNCTIONS, ids=lambda exercise: exercise.id)
def test_one_value_for_all_that_goes_in_gets_no_name_by_chance(exercise):
    answers = {
        label: lambda *args, value=value, **named: value for label, value in CONSTANTS.items()
    }
    assert false_names(exercise, answers) == {}


@pytest.mark.parametrize("exercise", FUNCTIONS, ids=lambda exercise: exercise.id)
def test_a_copied_argument_gets_no_name_by_chance(exercise):
    if exercise.id in CLASSES:
        pytest.skip("its answer is a class: see below")
    places = range(len(exercise.parameters))
    answers = {f"argument {i}": lambda *args, i=i: copy.deepcopy(args[i]) for i in places}
    assert false_names(exercise, answers) == {}


@pytest.mark.parametrize("change", ["zeros", "a tenth", "minus seven", "nan", "perturbed"])
def test_a_class_whose_numbers_are_something_else_gets_no_name_by_chance(change):
    """Value: what comes out of each operation. Network: what it predicts."""
    value, network = find("autodiff.value"), find("deep.network")
    Value = value.reference

    def spoil(self, data, *parents):
        return Value._made(self, CHANGES[change](np.asarray(data)).item(), *parents)

    def predict(self, X):
        return CHANGES[change](Network.predict(self, X))

    assert verdict_on(value, type("Value", (Value,), {"_made": spoil}), fork=False).mistake is None
    verdict = verdict_on(network, type("Network", (Network,), {"predict": predict}), fork=False)
    constant = change in ("zeros", "a tenth", "minus seven")
    assert verdict.mistake == ("the same for every sample" if constant else None)

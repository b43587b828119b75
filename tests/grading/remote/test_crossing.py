"""What crosses: plain data as a copy, generators as their state, everything else as a number."""

import base64
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lessonlib.checks.plain import MAX_ARRAY_BYTES, MAX_ITEMS, Opaque
from lessonlib.grading.remote.crossing import BIT_GENERATORS, pack, unpack, write_back


class Sides:
    """Two sides in one process: what is exported on one is imported on the other."""

    def __init__(self):
        self.kept = []

    def export(self, value):
        self.kept.append(value)
        return {"handle": len(self.kept) - 1}

    def import_(self, kind, content):
        if kind != "handle":
            raise ValueError(f"a {kind}")
        return self.kept[content]


def crossed(value, sides=None):
    """Return what arrives of a value; the way leads through text, as it does on the wire."""
    sides = sides or Sides()
    return unpack(json.loads(json.dumps(pack(value, sides.export))), sides.import_)


def nobody(kind, content):
    raise ValueError(f"nothing is known of a {kind}")


@pytest.mark.parametrize(
    "value",
    [None, True, 0, -(10**50), 2.5, "ä", 1 + 2j, [1, [2.0]], (1, (2, "x")), {1, 2}, frozenset({3}),
     {"a": [1], 2: None, (3, 4): "b"}, b"\0\xff", range(2, 9, 3), slice(1, None, 2), ...,
     NotImplemented, int, ValueError, [], (), {}, set(), b""],
    ids=repr,
)  # fmt: skip
def test_plain_values_arrive_as_they_are(value):
    arrived = crossed(value)
    assert arrived == value
    assert type(arrived) is type(value)


@pytest.mark.parametrize(
    "array",
    [np.arange(6.0).reshape(2, 3), np.array(3), np.zeros((0, 2)), np.array([True]),
     np.array(["a", "bc"]), np.array([1j]), np.arange(6, dtype=np.float32).reshape(2, 3).T],
    ids=lambda array: f"{array.dtype} {array.shape}",
)  # fmt: skip
def test_arrays_arrive_with_their_dtype_and_shape(array):
    arrived = crossed(array)
    assert (arrived.dtype, arrived.shape) == (array.dtype, array.shape)
    np.testing.assert_array_equal(arrived, array)


def test_nan_and_infinity_arrive():
    arrived = crossed([float("nan"), float("inf"), np.array([np.nan])])
    assert np.isnan(arrived[0]) and arrived[1] == np.inf and np.isnan(arrived[2][0])


@pytest.mark.parametrize(
    "kind", ["f8", "f4", "f2", "g", "i8", "i1", "u8", "?", "c16", "c8", "G", ">f8"]
)
def test_a_numpy_scalar_keeps_its_dtype(kind):
    value = np.dtype(kind).type(1.1)
    arrived = crossed([value])[0]
    assert (type(arrived), arrived.dtype) == (type(value), value.dtype)
    assert arrived == value or kind in "gG"  # Python has no number as long


def test_a_number_that_only_looks_like_numpys_is_refused():
    for content in (["O", 1], ["M8[s]", 1], ["U3", "a"], ["S3", 1], ["V8", 1], ["f8", "x"],
                    ["i1", 300], ["f8", [1, 2]], ["what", 1], ["f8"], 3, ["f8,f8", 1]):  # fmt: skip
        with pytest.raises(ValueError):
            unpack({"scalar": content}, nobody)


def test_texts_of_numpy_arrive_as_texts():
    assert crossed(np.str_("ab")) == "ab"


def test_a_subclass_of_an_array_arrives_as_a_plain_array():
    class Own(np.ndarray):
        def __eq__(self, other):
            return True

    assert type(crossed(np.zeros(2).view(Own))) is np.ndarray


def test_what_is_not_plain_stays_and_its_number_crosses():
    sides, thing = Sides(), object()
    packed = pack({"thing": [thing]}, sides.export)
    assert packed == {"dict": [["thing", [{"handle": 0}]]]}
    assert unpack(packed, sides.import_)["thing"][0] is thing


def test_an_array_of_objects_stays():
    sides = Sides()
    array = np.array([{}, None], dtype=object)
    assert crossed(array, sides) is array


@pytest.mark.parametrize("kind", [dict, list, set, tuple, bytes])
def test_a_class_of_the_notebook_is_not_taken_for_the_plain_one(kind):
    own = type("Own", (kind,), {"__module__": "__main__"})()
    sides = Sides()
    assert crossed(own, sides) is own


def test_a_class_of_the_notebook_with_a_built_ins_name_is_not_the_built_in():
    own = type("int", (), {"__module__": "__main__"})
    sides = Sides()
    assert crossed(own, sides) is own


def test_a_library_dictionary_arrives_as_a_plain_one():
    from collections import Counter, OrderedDict, defaultdict

    for value in (Counter("aab"), OrderedDict(a=1), defaultdict(list, b=[2])):
        assert crossed(value) == dict(value)


def test_what_is_too_large_arrives_as_a_name():
    texts_and_bytes = ["a" * 20_000, bytes(MAX_ARRAY_BYTES + 1)]
    many = [[0] * (MAX_ITEMS + 1), dict.fromkeys(range(MAX_ITEMS + 1))]
    for value in (*texts_and_bytes, *many, np.zeros(MAX_ARRAY_BYTES // 8 + 1)):
        arrived = crossed(value)
        assert isinstance(arrived, Opaque) and arrived.kind == "huge"


def test_a_list_that_holds_itself_ends():
    loop = []
    loop.append(loop)
    assert "nested very deep" in str(crossed(loop))


# --- generators ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", BIT_GENERATORS)
def test_a_generator_goes_on_where_it_was(name):
    rng = np.random.Generator(BIT_GENERATORS[name](5))
    rng.integers(0, 10, 3, dtype=np.int32)  # leaves half a number in store
    arrived = crossed(rng)
    assert arrived is not rng
    assert arrived.bit_generator.state["bit_generator"] == name
    np.testing.assert_array_equal(arrived.random(5), rng.random(5))


def test_a_generator_of_another_kind_stays():
    class Own(np.random.PCG64):
        pass

    sides, rng = Sides(), np.random.Generator(Own(1))
    arrived = crossed(rng, sides)
    assert arrived is rng or isinstance(arrived.bit_generator, np.random.PCG64)


# --- what is hostile -----------------------------------------------------------------------------

HOSTILE = {
    "two kinds": {"array": "", "tuple": []},
    "no kind": {},
    "unknown kind": {"what": 1},
    "no builtin": {"builtin": "nothing"},
    "a function as builtin": {"builtin": "eval"},
    "a wrong builtin": {"builtin": [1]},
    "dict of no pairs": {"dict": [1, 2]},
    "dict of triples": {"dict": [[1, 2, 3]]},
    "dict of dicts": {"dict": 7},
    "key that cannot be one": {"dict": [[[1], 2]]},
    "set of lists": {"set": [[1]]},
    "tuple of nothing": {"tuple": None},
    "bytes": {"bytes": "ä"},
    "no bytes": {"bytes": 3},
    "range": {"range": ["a", 2, 3]},
    "empty range": {"range": [0, 1, 0]},
    "long range": {"range": [1, 2, 3, 4]},
    "slice": {"slice": [1, 2, 3, 4]},
    "slice of nothing": {"slice": 1},
    "single": {"single": "other"},
    "single of a list": {"single": [1]},
    "generator": {"generator": {"dict": []}},
    "generator of a number": {"generator": 1},
    "unknown generator": {"generator": {"dict": [["bit_generator", "Evil"]]}},
    "generator without state": {"generator": {"dict": [["bit_generator", "PCG64"]]}},
    "generator of text": {"generator": {"dict": [["bit_generator", "PCG64"], ["state", "x"],
                                                 ["has_uint32", 0], ["uinteger", 0]]}},
    "complex": {"complex": ["a", "b"]},
    "opaque": {"opaque": []},
    "array": {"array": "AAAA"},
    "array of a number": {"array": 5},
}  # fmt: skip


@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE)
def test_what_is_not_of_the_form_is_a_value_error(value):
    with pytest.raises(ValueError):
        unpack(value, nobody)
    with pytest.raises(ValueError):
        unpack([{"dict": [["a", {"tuple": [value]}]]}], nobody)


def test_what_is_nested_without_end_is_a_value_error():
    value = 1
    for _ in range(100_000):
        value = [value]
    with pytest.raises(ValueError):
        unpack(value, nobody)
    while isinstance(value, list):  # taken apart by hand: Python itself would recurse
        value = value.pop()


def test_only_types_are_built_in():
    for name in ("eval", "exec", "open", "__import__", "print"):
        with pytest.raises(ValueError, match="no type"):
            unpack({"builtin": name}, nobody)


KINDS = st.sampled_from(
    ["array", "complex", "opaque", "tuple", "set", "frozenset", "dict", "bytes", "range", "slice",
     "single", "generator", "builtin", "scalar", "handle", "callback", "what"]
)  # fmt: skip
LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
    | st.sampled_from(["PCG64", "MT19937", "bit_generator", "state", "ellipsis", "int", "key"])
    | st.binary(max_size=40).map(lambda data: base64.b64encode(data).decode())
)  # fmt: skip
MESSAGES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(KINDS, inner, min_size=1, max_size=1)
        | st.dictionaries(KINDS | st.text(max_size=3), inner, max_size=2)
    ),
    max_leaves=12,
)


@settings(deadline=None, max_examples=150, derandomize=True)
@given(MESSAGES)
def test_whatever_arrives_is_a_value_or_a_value_error(message):
    try:
        value = unpack(message, nobody)
    except ValueError:
        return
    assert json.dumps(pack(value, lambda each: pytest.fail(f"{each!r} is not plain data")))


# --- what the other side did to its copies -------------------------------------------------------


def test_an_array_is_changed_in_place_and_so_are_its_views():
    array = np.zeros((2, 2))
    row = array[0]
    write_back(array, np.array([[1.0, 2.0], [3.0, 4.0]]))
    assert row.tolist() == [1, 2]


def test_an_array_takes_on_another_shape_of_the_same_size():
    array = np.zeros((2, 3))
    write_back(array, np.arange(6.0))
    assert array.shape == (6,) and array[5] == 5


def test_an_array_grows_where_it_owns_its_data():
    array = np.zeros(2)
    write_back(array, np.arange(3.0))
    assert array.tolist() == [0, 1, 2]


def test_an_array_of_another_dtype_is_left_alone():
    array = np.zeros(2)
    write_back(array, np.ones(2, dtype=int))
    assert array.tolist() == [0, 0]


def test_a_list_is_the_same_list_with_new_items():
    inner = [1]
    outer = [inner, 2, 3]
    write_back(outer, [[1, 5], 2])
    assert outer == [[1, 5], 2]
    assert outer[0] is inner


def test_a_dict_keeps_its_arrays_and_takes_over_the_order_of_its_keys():
    W, known = np.zeros(2), {}
    known.update(W=W, b=1)
    write_back(known, {"c": 2, "W": np.ones(2)})
    assert list(known) == ["c", "W"]
    assert known["W"] is W and W.tolist() == [1, 1]


def test_sets_and_what_is_in_tuples_change_too():
    numbers, array = {1, 2}, np.zeros(1)
    write_back((numbers, array), ({2, 3}, np.ones(1)))
    assert numbers == {2, 3}
    assert array.tolist() == [1]


def test_a_generator_is_brought_forward():
    here, there = np.random.default_rng(3), np.random.default_rng(3)
    expected = there.random(4)[3]
    there = np.random.default_rng(3)
    there.random(3)
    write_back(here, there)
    assert here.random() == expected


def test_what_became_something_else_is_left_alone():
    numbers, rng = [1], np.random.default_rng(0)
    before = rng.bit_generator.state
    write_back(numbers, {"a": 1})
    write_back(rng, np.random.Generator(np.random.MT19937(1)))
    write_back(3, 4)
    assert numbers == [1]
    assert rng.bit_generator.state == before

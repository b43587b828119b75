"""What crosses: plain data as a copy, generators as their state, functions as a number."""

import base64
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lessonlib.checks.plain import MAX_ARRAY_BYTES, MAX_ITEMS, Opaque
from lessonlib.grading.protocol.values import BIT_GENERATORS, MAX_KEYS, Packer, Unpacker, packed


def crossed(value):
    """Return what arrives of a value; the way leads through text, as it does on the wire."""
    content, blobs = packed(value)
    return Unpacker(blobs).unpack(json.loads(json.dumps(content)))


def unpack(content, blobs=()):
    return Unpacker(list(blobs)).unpack(content)


@pytest.mark.parametrize(
    "value",
    [None, True, 0, -(10**50), 2.5, "ä", 1 + 2j, [1, [2.0]], (1, (2, "x")), {1, 2}, frozenset({3}),
     {"a": [1], 2: None, (3, 4): "b"}, b"\0\xff", ..., [], (), {}, set(), b""],
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
            unpack({"scalar": content})


def test_texts_of_numpy_arrive_as_texts():
    assert crossed(np.str_("ab")) == "ab"


def test_a_subclass_of_an_array_arrives_as_a_plain_array():
    class Own(np.ndarray):
        def __eq__(self, other):
            return True

    assert type(crossed(np.zeros(2).view(Own))) is np.ndarray


def test_a_function_crosses_as_its_number_and_nothing_else_does():
    packer, kept = Packer(lambda function: 7), []
    content = packer.pack([len, 1])
    assert content == [{"function": 7}, 1]
    assert Unpacker([], lambda number: kept.append(number) or abs).unpack(content) == [abs, 1]
    assert kept == [7]
    with pytest.raises(TypeError, match="cannot cross"):
        packed([len])
    with pytest.raises(ValueError):
        unpack({"function": 7})


def test_an_array_of_objects_arrives_as_a_name():
    arrived = crossed(np.array([{}, None], dtype=object))
    assert isinstance(arrived, Opaque) and arrived.kind == "object array"


def test_a_library_dictionary_arrives_as_a_plain_one():
    from collections import Counter, OrderedDict, defaultdict

    for value in (Counter("aab"), OrderedDict(a=1), defaultdict(list, b=[2])):
        assert crossed(value) == dict(value)


def test_what_is_too_large_arrives_as_a_name():
    many = [[0] * (MAX_ITEMS + 1), dict.fromkeys(range(MAX_KEYS + 1)), set(range(MAX_KEYS + 1))]
    for value in ("a" * 20_000, *many, np.zeros(MAX_ARRAY_BYTES // 8 + 1)):
        arrived = crossed(value)
        assert isinstance(arrived, Opaque) and arrived.kind == "huge"


def test_arrays_that_are_too_large_together_arrive_as_names():
    arrived = crossed([np.zeros(2**21), np.zeros(2**21), np.zeros(2**21), np.zeros(2**21)])
    assert [isinstance(each, Opaque) for each in arrived] == [False, False, False, True]


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


# --- what is hostile -----------------------------------------------------------------------------

HOSTILE = {
    "two kinds": {"array": "", "tuple": []},
    "no kind": {},
    "unknown kind": {"what": 1},
    "dict of no pairs": {"dict": [1, 2]},
    "dict of triples": {"dict": [[1, 2, 3]]},
    "dict of dicts": {"dict": 7},
    "key that cannot be one": {"dict": [[[1], 2]]},
    "set of lists": {"set": [[1]]},
    "tuple of nothing": {"tuple": None},
    "bytes": {"bytes": "ä"},
    "no bytes": {"bytes": 3},
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
    "array of nothing": {"array": ["<f8", [1], 0]},
    "array of another place": {"array": ["<f8", [1], -1]},
    "array of another size": {"array": ["<f8", [3], 1]},
    "array of a huge size": {"array": ["|b1", [2**40], 1]},
    "array of nothing many times": {"array": ["<U0", [2**40], 1]},
    "array of rows of nothing": {"array": ["<f8", [2**40, 0], 1]},
    "array of a negative size": {"array": ["<f8", [-1], 1]},
    "array of objects": {"array": ["|O", [1], 1]},
    "array of records": {"array": ["<f4,<f4", [1], 1]},
    "array of pairs": {"array": ["(2,)<f4", [1], 1]},
    "array of times": {"array": ["<M8[s]", [1], 1]},
    "array of what": {"array": ["what", [1], 1]},
    "array of truths that are neither": {"array": ["|b1", [8], 2]},
    "array of letters that are none": {"array": ["<U2", [1], 2]},
}  # fmt: skip


@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE)
def test_what_is_not_of_the_form_is_a_value_error(value):
    with pytest.raises(ValueError):
        unpack(value, [b"", bytes(8), b"\xff" * 8])
    with pytest.raises(ValueError):
        unpack([{"dict": [["a", {"tuple": [value]}]]}], [b"", bytes(8), b"\xff" * 8])


def test_what_is_nested_without_end_is_a_value_error():
    value = 1
    for _ in range(100_000):
        value = [value]
    with pytest.raises(ValueError):
        unpack(value)
    while isinstance(value, list):  # taken apart by hand: Python itself would recurse
        value = value.pop()


def test_many_keys_of_equal_hashes_are_refused_before_they_are_made():
    equal = [[k * (2**61 - 1), None] for k in range(MAX_KEYS + 1)]
    with pytest.raises(ValueError, match="keys"):
        unpack({"dict": equal})
    with pytest.raises(ValueError, match="keys"):
        unpack([{"dict": equal[:10]}, {"set": [each for each, _ in equal[:-9]]}])
    assert len(unpack({"dict": equal[:100]})) == 100


KINDS = st.sampled_from(
    ["array", "complex", "opaque", "tuple", "set", "frozenset", "dict", "bytes", "generator",
     "scalar", "ellipsis", "function", "what"]
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
        value = unpack(message, [b"", bytes(8)])
    except ValueError:
        return
    assert json.dumps(packed(value)[0])

"""Plain data: what passes, what does not, and that nothing is executed on the way back."""

import base64
import json
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from lessonlib.checks.comparing import agree
from lessonlib.checks.plain import MAX_ARRAY_BYTES, Opaque, dumps, loads, plain

SCALARS = st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.text(max_size=20)
ARRAYS = hnp.arrays(
    st.sampled_from([np.float64, np.float32, np.int64, np.bool_, np.complex128]),
    hnp.array_shapes(min_dims=0, max_dims=3, min_side=0),
    elements=st.sampled_from([0, 1]),
)
PLAIN = st.recursive(
    SCALARS | ARRAYS | st.floats(allow_nan=False),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
)


def same(a, b) -> bool:
    if isinstance(a, np.ndarray):
        return isinstance(b, np.ndarray) and a.dtype == b.dtype and np.array_equal(a, b)
    if type(a) is not type(b):
        return False
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    return a == b


@given(PLAIN)
def test_plain_data_survives_the_journey(value):
    assert same(loads(dumps(value)), value)


def test_nan_and_infinity_survive_too():
    back = loads(dumps([float("nan"), float("-inf")]))
    assert np.isnan(back[0]) and back[1] == -np.inf


class AlwaysEqual:
    __array_ufunc__ = None

    def __eq__(self, other):
        return True

    def __array__(self, *_, **__):
        raise RuntimeError

    def __repr__(self):
        return "1.0"

    def all(self):
        return True


class ArrayInDisguise(np.ndarray):
    def __eq__(self, other):
        return True


def test_an_object_that_is_equal_to_everything_becomes_a_name():
    assert plain(AlwaysEqual()) == Opaque("AlwaysEqual", "1.0")
    assert not agree(plain(AlwaysEqual()), 1.0, 1e-9)


def test_a_dictionary_with_an_odd_value_is_shown_with_its_text():
    shown = repr(plain({"W1": object(), "b1": ..., "n": 3}))
    assert shown == "{'W1': <object object>, 'b1': ..., 'n': 3}"


def test_a_subclass_of_ndarray_loses_its_methods():
    value = plain(np.zeros(3).view(ArrayInDisguise))
    assert type(value) is np.ndarray
    assert not agree(value, np.ones(3), 1e-9)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (np.zeros(MAX_ARRAY_BYTES // 8 + 1), "huge"),
        pytest.param(10**100_000, "huge", id="long integer"),
        ("a" * 100_000, "huge"),
        (np.zeros((MAX_ARRAY_BYTES + 1, 0)), "huge"),
        (np.broadcast_to(0.0, 2**40), "huge"),
        (np.array([object()]), "object array"),
        (len, "builtin_function_or_method"),
        (..., "ellipsis"),
    ],
)
def test_what_is_not_plain_becomes_a_name(value, kind):
    assert plain(value).kind == kind


def test_numpy_scalars_become_numbers_and_iterators_lists():
    assert type(plain(np.float64(2.5))) is float
    assert type(plain(np.bool_(True))) is bool
    assert type(plain(np.longdouble(0.5))) is float
    assert type(plain(np.clongdouble(1j))) is complex
    assert plain(iter([1, 2])) == [1, 2]


def test_a_value_nested_without_end_stops():
    loop, deep = [], []
    loop += [loop, {"twice": loop}]
    assert plain(loop)[0].text == plain(loop)[1]["twice"].text == "something that contains itself"
    for _ in range(100):
        deep = [deep]
    assert "nested very deep" in str(plain(deep))
    part = [1]
    assert plain([part, part]) == [[1], [1]]


@pytest.mark.parametrize(
    "data", [b"", b"{", b'{"what": 1}', b'{"array": "AAAA"}', b'{"a":1,"b":2}']
)
def test_what_is_not_of_the_form_is_refused(data):
    with pytest.raises(ValueError, match="not plain data"):
        loads(data)


# --- hostile bytes -------------------------------------------------------------------------------


def sent(*content) -> bytes:
    """Return a message with this as an array."""
    return json.dumps({"array": content}).encode()


def array(kind="<f8", shape=(1,), body=bytes(8)) -> bytes:
    """Return a message with an array that says of itself what it likes."""
    return sent(kind, shape, base64.b64encode(body).decode())


def test_the_forged_arrays_here_are_arrays():
    assert loads(array()).tolist() == [0.0]


FORGED = {
    "objects": array("|O"),
    "a pickle": array("|O", body=pickle.dumps([1])),
    "records": array("<f8,<i8", body=bytes(16)),
    "a record": array([["a", "<f8"]]),
    "dates": array("<M8[s]"),
    "bytes": array("|S8"),
    "nothing of nothing": array("|V0", (2**40,), b""),
    "many empty texts": array("<U0", (2**40,), b""),
    "many empty rows": array(shape=(2**40, 0), body=b""),
    "more than the memory": array(shape=(2**40,)),
    "more than a number holds": array(shape=(2**70,)),
    "more than a product holds": array(shape=(2**40, 2**40)),
    "over the limit": array("|b1", (MAX_ARRAY_BYTES + 1,), bytes(MAX_ARRAY_BYTES + 1)),
    "a long text": array(f"<U{2**28}"),
    "fewer than none": array(shape=(-1,)),
    "fewer than none, twice": array(shape=(-1, -1)),
    "half a row": array(shape=(1.5,)),
    "a size in words": array(shape=("1",)),
    "no sizes": array(shape={}),
    "too many dimensions": array(shape=(1,) * 100),
    "too little": array(shape=(3,)),
    "too much": array(body=bytes(16)),
    "a truth that is neither": array("|b1", (1,), b"\2"),
    "letters that are none": array("<U2", (1,), b"a\0\0\0\xff\xff\xff\x7f"),
    "letters that are none, from the other end": array(">U1", (1,), b"\0\x11\0\0"),
    "no such dtype": array("<f3"),
    "a dtype that is a number": array(5),
    "no dtype": array(None),
    "no bytes": sent("<f8", (1,), None),
    "no text": sent("<f8", (1,), "ä"),
    "too few parts": sent("<f8", (1,)),
    "nothing": sent(),
}


@pytest.mark.parametrize("message", FORGED.values(), ids=FORGED)
def test_what_is_no_plain_array_is_refused(message):
    with pytest.raises(ValueError, match="not plain data"):
        loads(message)


@pytest.mark.parametrize(
    "value",
    [np.zeros((0, 3)), np.array(2.5), np.array(["a", "bcd"]), np.arange(6).reshape(2, 3).T,
     np.array([True, False]), np.array([1 + 2j]), np.array([1, 2], ">i4")],
    ids=repr,
)  # fmt: skip
def test_an_array_arrives_as_it_was_and_may_be_changed(value):
    arrived = loads(dumps(value))
    assert arrived.dtype == value.dtype
    np.testing.assert_array_equal(arrived, value, strict=True)
    arrived[...] = value[...]


@pytest.mark.parametrize(
    "data",
    [b"[" * 100_000, b'{"tuple": [' * 50_000, b"1" * 10_000, b"\xff\xfe", b"{}", b'{"array": 1}',
     b'{"array": null}', b'{"array": {"array": ""}}', b'{"complex": 3}', b'{"complex": ["a", 1]}',
     b'{"tuple": 3}', b'{"tuple": {"a": 1}}', b'{"set": [[1]]}', b'{"set": [{"set": []}]}',
     b'{"dict": [1]}', b'{"dict": [[1, 2, 3]]}', b'{"dict": [[[], 1]]}', b'{"opaque": []}',
     b'{"handle": 1}', b'{"frozenset": []}'],
    ids=lambda data: data[:24].decode(errors="replace"),
)  # fmt: skip
def test_a_message_of_a_wrong_form_is_refused(data):
    with pytest.raises(ValueError, match="not plain data"):
        loads(data)


def test_nothing_is_executed(tmp_path):
    class Hostile:
        def __reduce__(self):
            return (tmp_path.joinpath("here").touch, ())

    data = pickle.dumps(Hostile())
    for message in (data, array("|O", body=data), sent(base64.b64encode(data).decode())):
        with pytest.raises(ValueError, match="not plain data"):
            loads(message)
    assert not list(tmp_path.iterdir())


KINDS = st.sampled_from(["array", "complex", "opaque", "tuple", "set", "dict", "what"])
LEAVES = SCALARS | st.floats() | st.binary(max_size=30).map(lambda b: base64.b64encode(b).decode())
MESSAGES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(KINDS, inner, min_size=1, max_size=1)
    ),
    max_leaves=8,
)
DTYPES = st.text("<>|=biufcUOVMS0123456789,", max_size=6) | SCALARS
SHAPES = st.lists(st.integers(-3, 2**70) | st.integers(0, 3) | SCALARS, max_size=3) | SCALARS


def taken_or_refused(data: bytes) -> None:
    """Let `loads` answer; what it takes must be plain data, which can be sent again."""
    try:
        value = loads(data)
    except ValueError:
        return
    loads(dumps(value))


@settings(deadline=None, max_examples=200, derandomize=True)
@given(st.binary(max_size=60) | MESSAGES.map(lambda value: json.dumps(value).encode()))
def test_whatever_arrives_is_plain_data_or_a_value_error(data):
    taken_or_refused(data)


@settings(deadline=None, max_examples=200, derandomize=True)
@given(DTYPES, SHAPES, st.binary(max_size=24))
def test_whatever_an_array_says_of_itself_it_is_plain_or_refused(kind, shape, body):
    taken_or_refused(array(kind, shape, body))

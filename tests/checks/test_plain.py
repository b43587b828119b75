"""Plain data: what passes, what does not, and that nothing is executed on the way back."""

import base64
import io
import json
import pickle
import struct

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
    loop = []
    loop.append(loop)
    assert "nested very deep" in str(plain(loop))


@pytest.mark.parametrize(
    "data", [b"", b"{", b'{"what": 1}', b'{"array": "AAAA"}', b'{"a":1,"b":2}']
)
def test_what_is_not_of_the_form_is_refused(data):
    with pytest.raises(ValueError, match="not plain data"):
        loads(data)


# --- hostile bytes -------------------------------------------------------------------------------


def npy(descr="'<f8'", shape="(1,)", body=bytes(8)) -> bytes:
    """Return a `.npy` file that says of itself what it likes."""
    return npy_of(f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}}}", body)


def npy_of(header: str, body=b"") -> bytes:
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + body


def sent(file: bytes) -> bytes:
    """Return a message with this file as an array."""
    return json.dumps({"array": base64.b64encode(file).decode()}).encode()


def saved(array: np.ndarray, save=np.save) -> bytes:
    buffer = io.BytesIO()
    save(buffer, array)
    return buffer.getvalue()


def test_the_forged_files_here_are_files():
    assert loads(sent(npy())).tolist() == [0.0]


FILES = {
    "objects": saved(np.array([{}], dtype=object)),
    "a pickle": pickle.dumps([1]),
    "an archive": saved(np.zeros(2), np.savez),
    "said to be objects": npy("'|O'", body=pickle.dumps(1)),
    "records": saved(np.zeros(1, [("a", float), ("b", int)])),
    "records of objects": npy("[('a', '|O')]"),
    "dates": saved(np.zeros(1, "M8[s]")),
    "bytes": saved(np.array([b"a"])),
    "nothing of nothing": npy("'V0'", "(1099511627776,)"),
    "many empty texts": npy("'<U0'", "(1099511627776,)"),
    "many empty rows": npy(shape="(1099511627776, 0)"),
    "more than the memory": npy(shape="(1099511627776,)"),
    "more than a number holds": npy(shape=f"({2**70},)"),
    "more than a product holds": npy(shape=f"({2**40}, {2**40})"),
    "over the limit": saved(np.zeros(MAX_ARRAY_BYTES + 1, bool)),
    "a long text": npy("'<U268435456'"),
    "fewer than none": npy(shape="(-1,)"),
    "half a row": npy(shape="(1.5,)"),
    "too many dimensions": npy(shape="(" + "1," * 100 + ")"),
    "too little": npy(shape="(3,)"),
    "no dtype": npy("5"),
    "no text": npy("None"),
    "an open bracket": npy_of("{'descr': '<f8'"),
    "many open brackets": npy_of("(" * 5_000),
    "an open text": npy_of("'''abc"),
    "a wrong indentation": npy_of("  a\n b\n"),
    "an open line": npy_of("\\\n"),
    "an unhashable key": npy_of("{[]: 1}"),
    "a call": npy_of("exit()"),
    "an endless header": b"\x93NUMPY\x02\x00" + struct.pack("<I", 2**31),
    "another version": b"\x93NUMPY\x09\x00",
    "half a sign": b"\x93NUM",
    "nothing": b"",
}


@pytest.mark.parametrize("file", FILES.values(), ids=FILES)
def test_a_file_that_is_no_plain_array_is_refused(file):
    with pytest.raises(ValueError, match="not plain data"):
        loads(sent(file))


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

    for data in (pickle.dumps(Hostile()), saved(np.array([Hostile()], dtype=object))):
        for message in (data, sent(data)):
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
HEADERS = st.text("{}()[]'\":,0159<>|=fiUOVbM8LFalseTrudcrhptno_\\\n ", max_size=60)
NEARLY = st.sampled_from(
    [
        "{'descr': %s, 'fortran_order': False, 'shape': (1,)}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': %s}",
        "%s",
    ]
)


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


@pytest.mark.filterwarnings("ignore:Reading `.npy`")  # as Python 2 wrote it
@settings(deadline=None, max_examples=200, derandomize=True)
@given(NEARLY, HEADERS, st.binary(max_size=24))
def test_whatever_a_header_says_the_array_is_plain_or_refused(form, part, body):
    taken_or_refused(sent(npy_of(form % part, body)))

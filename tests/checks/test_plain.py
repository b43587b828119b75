"""Plain data: what passes, what does not, and that nothing is executed on the way back."""

import json

import numpy as np
import pytest
from hypothesis import given
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
    assert plain(iter([1, 2])) == [1, 2]


def test_a_value_nested_without_end_stops():
    loop = []
    loop.append(loop)
    assert "huge" in str(plain(loop))


@pytest.mark.parametrize(
    "data", [b"", b"{", b'{"what": 1}', b'{"array": "AAAA"}', b'{"a":1,"b":2}']
)
def test_what_is_not_of_the_form_is_refused(data):
    with pytest.raises(ValueError, match="not plain data"):
        loads(data)


def test_a_pickled_array_is_refused():
    import base64
    import io

    buffer = io.BytesIO()
    np.save(buffer, np.array([{}], dtype=object), allow_pickle=True)
    data = json.dumps({"array": base64.b64encode(buffer.getvalue()).decode()}).encode()
    with pytest.raises(ValueError, match="not plain data"):
        loads(data)

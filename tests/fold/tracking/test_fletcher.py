"""Fletcher-16: the wide-integer form equals the plain loop, and older forms are recognised."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracking.protocols.fletcher import fletcher16, older_form


def naive_fletcher(message, modulus):
    first = second = 0
    for byte in message:
        first = (first + byte) % modulus
        second = (second + first) % modulus
    return second << 8 | first


@settings(max_examples=200)
@given(message=st.binary(max_size=1500))
def test_sums_in_wide_integers_equal_the_plain_loop(message):
    assert fletcher16(message) == naive_fletcher(message, 256)


@pytest.mark.parametrize("length", [0, 1, 255, 256, 257, 70_000])
def test_heaviest_messages(length):
    assert fletcher16(b"\xff" * length) == naive_fletcher(b"\xff" * length, 256)


@given(message=st.binary(min_size=8, max_size=600))
def test_older_forms_are_recognised(message):
    current, old = naive_fletcher(message, 256), naive_fletcher(message, 255)
    assert older_form(message, current) is None
    if old != current:
        assert older_form(message, old) is not None
    swapped = (current & 0xFF) << 8 | current >> 8
    if swapped != current:
        assert older_form(message, swapped) is not None

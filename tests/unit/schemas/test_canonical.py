"""schemas.canonical against the examples of RFC 8785."""

from __future__ import annotations

import pytest

from schemas.canonical import MAX_SAFE_INTEGER, canonical_json


def test_keys_are_sorted_by_utf16_code_units_as_in_rfc8785_3_2_3() -> None:
    """The sorting example of the RFC gives the RFC's order: an emoji stands before U+FB33."""
    value = {
        "\u20ac": "Euro Sign",
        "\r": "Carriage Return",
        "\ufb33": "Hebrew Letter Dalet With Dagesh",
        "1": "One",
        "\U0001f600": "Emoji: Grinning Face",
        "\u0080": "Control",
        "\u00f6": "Latin Small Letter O With Diaeresis",
    }
    expected = (
        '{"\\r":"Carriage Return","1":"One","\u0080":"Control",'
        '"\u00f6":"Latin Small Letter O With Diaeresis","\u20ac":"Euro Sign",'
        '"\U0001f600":"Emoji: Grinning Face","\ufb33":"Hebrew Letter Dalet With Dagesh"}'
    )

    assert canonical_json(value) == expected.encode()


def test_strings_are_escaped_as_in_rfc8785_3_2_2() -> None:
    """The string of the RFC's example keeps its euro sign and escapes only what must be."""
    value = '\u20ac$\u000f\nA\'B"\\\\"/'
    expected = '"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'

    assert canonical_json(value) == expected.encode()


def test_literals_and_nesting_have_no_spaces() -> None:
    """Literals, lists and objects are written without any white space."""
    assert canonical_json({"literals": [None, True, False], "n": -1}) == (
        b'{"literals":[null,true,false],"n":-1}'
    )


@pytest.mark.parametrize("value", [1.0, {"a": [0.5]}, {1: "a"}, b"bytes", {1, 2}])
def test_values_without_a_canonical_form_are_refused(value: object) -> None:
    """A float, a key that is no string and any other type never reach a digest."""
    with pytest.raises(TypeError):
        canonical_json(value)


@pytest.mark.parametrize("value", [MAX_SAFE_INTEGER + 1, -MAX_SAFE_INTEGER - 1, "\ud800"])
def test_values_that_other_readers_would_change_are_refused(value: object) -> None:
    """Integers beyond 2**53-1 and lone surrogates are refused, not rounded or replaced."""
    with pytest.raises(ValueError, match=r"2\*\*53-1|surrogates"):
        canonical_json(value)


def test_the_largest_safe_integer_is_written() -> None:
    """2**53-1 itself is allowed, on both sides of zero."""
    assert canonical_json([MAX_SAFE_INTEGER, -MAX_SAFE_INTEGER]) == b"[9007199254740991,-9007199254740991]"

"""Errors say what happened, where, what to do, and which class of failure it is."""

from __future__ import annotations

import pytest

from exchange.errors import ExchangeError, Failure, Misconfigured, NotYet, Refused, Unreachable


@pytest.mark.parametrize(
    ("kind", "failure"),
    [
        (Unreachable, Failure.RETRY),
        (NotYet, Failure.WAIT),
        (Misconfigured, Failure.OPERATOR),
        (Refused, Failure.ALARM),
    ],
)
def test_every_class_says_what_the_caller_can_do(kind: type[ExchangeError], failure: Failure) -> None:
    """The failure class is fixed by the type, and a hint is never missing."""
    error = kind("some_name", title="It failed", detail="record 7 of KG")

    assert error.failure is failure
    assert error.hint == kind.usual_hint
    assert str(error) == "It failed: record 7 of KG"


def test_an_error_carries_its_context_unchangeably() -> None:
    """What is logged is what was raised, whatever happens to the caller's own mapping."""
    context = {"index": 7}

    error = Refused("some_name", title="t", detail="d", hint="ask KG", context=context)
    context["index"] = 8

    assert dict(error.context) == {"index": 7}
    assert error.hint == "ask KG"


@pytest.mark.parametrize("name", ["", "Name", "two words", "_a", "a_", "a__b", "9a", "a-b", "a\n"])
def test_a_name_is_lower_case_words(name: str) -> None:
    """Names are counted and documented, so they have one form."""
    with pytest.raises(ValueError, match="error name"):
        Refused(name, title="t", detail="d")

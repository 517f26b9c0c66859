"""Dear answers are made once for whoever leafs through them, and never given to another question."""

from __future__ import annotations

import pytest

from node.services.remembered import LastFew


def test_the_same_question_is_answered_once() -> None:
    """The second asking gives the very object of the first."""
    few = LastFew()

    assert few.ask(("a", 1), lambda: [1]) is few.ask(("a", 1), lambda: [2])
    assert few.ask(("a", 2), lambda: [3]) == [3]


def test_the_longest_unused_answer_goes_first() -> None:
    """Of three questions with room for two, the one that was asked again stays."""
    few, made = LastFew(kept=2), []
    for question in ("a", "b", "a", "c", "a", "b"):
        few.ask(question, lambda question=question: made.append(question))  # type: ignore[misc]

    assert made == ["a", "b", "c", "b"]


def test_a_refusal_is_not_kept() -> None:
    """What could not be prepared is tried again the next time."""
    few = LastFew()

    def refuse() -> int:
        raise ValueError("not now")

    with pytest.raises(ValueError, match="not now"):
        few.ask("a", refuse)
    assert few.ask("a", lambda: 1) == 1

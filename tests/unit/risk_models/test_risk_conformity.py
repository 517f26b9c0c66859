"""risk_models.conformity: the record of a national indicator."""

from __future__ import annotations

from fractions import Fraction

import pytest

from risk_models.conformity import CRITERIA, ConformityRecord
from risk_models.errors import InvalidInput


def a_record(**changes: bool | None) -> ConformityRecord:
    """Give a record with every criterion met but the named ones (`c5=None`)."""
    answers: dict[int, bool | None] = dict.fromkeys(CRITERIA, True)
    return ConformityRecord("N_STR", answers | {int(name[1:]): answer for name, answer in changes.items()})


def test_there_are_twelve_criteria() -> None:
    """Methodology 4.5, numbered from 1."""
    assert list(CRITERIA) == list(range(1, 13))


def test_the_score_is_the_share_of_what_applies() -> None:
    """Ten apply, eight are met."""
    record = a_record(c5=None, c7=None, c8=False, c12=False)

    assert (record.score, record.conforms, record.missing) == (Fraction(8, 10), True, ())


@pytest.mark.parametrize("mandatory", [1, 2, 4, 9])
@pytest.mark.parametrize("answer", [False, None])
def test_a_mandatory_criterion_cannot_be_missing(mandatory: int, answer: bool | None) -> None:  # noqa: FBT001
    """Eleven of twelve is not conformity if the twelfth is mandatory."""
    record = a_record(**{f"c{mandatory}": answer})

    assert (record.conforms, record.missing) == (False, (mandatory,))


def test_no_criterion_applies_and_there_is_no_score() -> None:
    """Nothing divided by nothing is not a share."""
    assert ConformityRecord("N_STR", dict.fromkeys(CRITERIA)).score is None


@pytest.mark.parametrize("answers", [{}, {1: True}, dict.fromkeys(range(14), True)])
def test_an_incomplete_record_is_refused(answers: dict[int, bool | None]) -> None:
    """What is not answered is not assumed."""
    with pytest.raises(InvalidInput):
        ConformityRecord("N_STR", answers)

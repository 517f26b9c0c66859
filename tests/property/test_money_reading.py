"""Amounts are read exactly, whichever way the column is read."""

from __future__ import annotations

from decimal import Decimal

import pyarrow as pa
from hypothesis import example, given
from hypothesis import strategies as st

from schemas.numbers import MAX_COUNT, MAX_MINOR_UNITS, MINOR_PER_UNIT, counts, money

LIMIT = Decimal(MAX_MINOR_UNITS) / MINOR_PER_UNIT
digits = st.text("0123456789", max_size=22)
written = st.builds(
    lambda sign, whole, point, rest, power: f"{sign}{whole}{point}{rest}{power}",
    st.sampled_from(["", "", "", "-", "+"]),
    digits,
    st.sampled_from(["", ".", ","]),
    st.text("0123456789", max_size=4),
    st.sampled_from(["", "", "", "e2", "E-1", "e+3", "e25", "e"]),
)


def exactly(text: str) -> Decimal | None:
    """What a person reads: a decimal with an optional exponent, or no number."""
    try:
        return Decimal(text) if text.isascii() else None
    except ArithmeticError:
        return None


def allowed(text: str, value: int | None) -> set[int | None]:
    """The value; of a large exponent also a refusal, whatever stands before it (0e25), and nothing else."""
    return {value, None} if "e" in text.casefold() else {value}


@given(st.lists(written, min_size=1, max_size=8))
@example(["12345678901234567.89", "1"])
@example(["92233720368547758.08", "184467440737095516.17"])
@example(["1", "4924030.431e-642"])
def test_an_amount_is_the_decimal_that_was_written_or_is_refused(texts: list[str]) -> None:
    """Alone or beside unreadable cells, a cell has the same value, in minor units."""
    together = money(pa.array(texts, pa.string())).values.to_pylist()
    alone = [money(pa.array([text], pa.string())).values.to_pylist()[0] for text in texts]

    assert together == alone
    for text, value in zip(texts, alone, strict=True):
        exact = exactly(text)
        sound = exact is not None and 0 <= exact <= LIMIT and exact * 100 == (exact * 100).to_integral_value()
        assert value in allowed(text, int(exact * 100) if sound and exact is not None else None)


@given(st.lists(written, min_size=1, max_size=8))
@example([".0", "0" * 40 + "1"])
def test_a_count_is_the_whole_number_that_was_written_or_is_refused(texts: list[str]) -> None:
    """The same for counts, in units."""
    together = counts(pa.array(texts, pa.string())).values.to_pylist()

    for text, value in zip(texts, together, strict=True):
        exact = exactly(text)
        sound = exact is not None and 0 <= exact <= MAX_COUNT and exact == exact.to_integral_value()
        assert value in allowed(text, int(exact) if sound and exact is not None else None)

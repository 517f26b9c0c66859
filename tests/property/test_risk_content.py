"""Properties of the content gate: what is valid is found wherever it stands, what is not is not told."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pyarrow as pa
from hypothesis import assume, given
from hypothesis import strategies as st

from risk_models.disclosure.content import scan_text
from risk_models.disclosure.content.sieve import suspects
from tests.support import identifiers

PROSE = st.text(st.sampled_from("абвгдежзик лмнопрст,.\nabcdef ғқңәі"), max_size=60)
SEPARATORS = st.sampled_from([" ", "-", "\u00a0", "\u2009", "\u200b", "\u00ad", ".", "\n", "\u2011", "_"])
SEXES = st.sampled_from("3456")


def digits(count: int) -> st.SearchStrategy[str]:
    """So many digits."""
    return st.text("0123456789", min_size=count, max_size=count)


@st.composite
def days(draw: st.DrawFn) -> tuple[str, str, str]:
    """A day that every month has, a month, a year of two digits."""
    return f"{draw(st.integers(1, 28)):02d}", f"{draw(st.integers(1, 12)):02d}", draw(digits(2))


@st.composite
def iins(draw: st.DrawFn) -> str:
    """A valid IIN."""
    day, month, year = draw(days())
    number = identifiers.kz_iin(f"{year}{month}{day}{draw(SEXES)}{draw(digits(4))}")
    assume(number is not None)
    return str(number)


@st.composite
def cards(draw: st.DrawFn) -> str:
    """A valid card number of an issuer of the region."""
    issuer = draw(st.sampled_from(["4000", "5100", "2200", "6200", "8600", "9860", "9112"]))
    return identifiers.card(issuer + draw(digits(11)))


@st.composite
def ibans(draw: st.DrawFn) -> str:
    """A valid IBAN of Kazakhstan, Azerbaijan or Georgia."""
    area, letters, count = draw(st.sampled_from([("KZ", "", 16), ("AZ", "AAAA", 20), ("GE", "AA", 16)]))
    return identifiers.iban(area, letters + draw(digits(count)))


@st.composite
def grouped(draw: st.DrawFn, number: st.SearchStrategy[str]) -> str:
    """A number in at most five groups, with one separator."""
    written, separator = draw(number), draw(SEPARATORS)
    cuts = sorted(draw(st.sets(st.integers(4, len(written) - 1), max_size=4)))
    parts = [written[begin:end] for begin, end in zip([0, *cuts], [*cuts, len(written)], strict=True)]
    return separator.join(parts)


@given(PROSE, grouped(iins()), PROSE)
def test_a_valid_iin_is_found_in_any_text(before: str, number: str, after: str) -> None:
    """Whatever separates its digits."""
    assert _kinds(f"{before} {number} {after}") >= {"national_number"}


@given(PROSE, st.builds(identifiers.ru_inn_person, digits(10)), PROSE)
def test_a_valid_inn_of_a_person_is_found_in_any_text(before: str, number: str, after: str) -> None:
    """Twelve digits with two check digits; one digit repeated is a placeholder."""
    assume(len(set(number)) > 1)

    assert _kinds(f"{before} {number} {after}") >= {"national_number"}


@given(PROSE, st.builds(identifiers.ru_inn_firm, digits(9)), PROSE)
def test_a_valid_inn_of_a_firm_is_found_in_any_text(before: str, number: str, after: str) -> None:
    """Ten digits standing together, of a tax office that is not 00."""
    assume(len(set(number)) > 1 and not number.startswith("00"))

    assert _kinds(f"{before} {number} {after}") >= {"national_number"}


@given(PROSE, grouped(cards()), PROSE)
def test_a_valid_card_is_found_in_any_text(before: str, number: str, after: str) -> None:
    """Whatever separates its digits."""
    assert _kinds(f"{before} {number} {after}") & {"card", "national_number"}


@given(PROSE, grouped(ibans()), st.sampled_from([str.lower, str.upper]), PROSE)
def test_a_valid_iban_is_found_in_any_text(
    before: str, number: str, write: Callable[[str], str], after: str
) -> None:
    """In capitals or not."""
    assert _kinds(f"{before} {write(number)}, {after}") >= {"bank_account"}


@given(iins(), st.integers(1, 9))
def test_a_wrong_check_digit_is_not_told_as_an_iin(number: str, change: int) -> None:
    """Another number may have these digits; the IIN does not."""
    wrong = number[:-1] + str((int(number[-1]) + change) % 10)

    assert "kz.iin" not in {found.scheme for found in scan_text(f"см. {wrong} ниже")}


@given(cards(), st.integers(1, 9))
def test_a_wrong_check_digit_is_not_told_as_a_card(number: str, change: int) -> None:
    """Luhn finds every single wrong digit."""
    wrong = number[:-1] + str((int(number[-1]) + change) % 10)

    assert "card" not in _kinds(f"см. {wrong} ниже")


@given(st.text(max_size=200))
def test_any_text_is_read_to_the_end(text: str) -> None:
    """Spans lie within the text in order, excerpts hide the value, and the first look agrees."""
    findings = scan_text(text)

    assert all(0 <= found.start < found.end <= len(text) for found in findings)
    assert all(one.end <= two.start for one, two in pairwise(findings))
    if findings:
        assert len(suspects(pa.array([text]))) == 1


@given(PROSE, st.one_of(grouped(iins()), grouped(cards()), ibans()), PROSE)
def test_no_excerpt_holds_the_whole_value(before: str, number: str, after: str) -> None:
    """Nor more than four of its characters in a row of stars."""
    text = f"{before} {number} {after}"

    for found in scan_text(text):
        shown = found.excerpt.replace("*", "")
        assert text[found.start : found.end] not in found.excerpt
        assert len(shown) <= 4 or found.kind in {"marking", "person_name"}


def _kinds(text: str) -> set[str]:
    return {found.kind.value for found in scan_text(text)}

"""The catalogue of indicators: every one of families A to F is described in full, in one place."""

from __future__ import annotations

from risk_models.indicators.catalogue import PARTS, as_table, described, described_by, sentences
from tests.arch.source import ROOT

LAST = {"A": 11, "B": 10, "C": 10, "D": 9, "E": 15, "F": 20}
# B10 is D2 of a corridor, described with it. E12 is learned: it is exploratory, and enters no figure and no page.
IDS = [f"{family}{number}" for family, last in LAST.items() for number in range(1, last + 1)]


def test_every_indicator_is_described() -> None:
    """By one function at least."""
    ids = {one.indicator for one in described()}

    assert [name for name in IDS if name not in ids] == ["E12"]


def test_every_function_says_all_that_its_readers_need() -> None:
    """Definition, unit, direction, minimum, withheld, source and example, none of them empty."""
    assert [
        (one.indicator, one.name, part) for one in described() for part in PARTS if not one.parts.get(part)
    ] == []


def test_what_readers_are_told_is_whole_sentences() -> None:
    """So that each can be translated for itself; no parameter of a function slips into them."""
    told = {one for entry in described() for one in entry.told}

    assert [one for one in told if one[-1] not in ".?"] == []
    assert [one for one in told if "{" in one or "%" in one] == []
    assert sentences("as D8. No flow: no figure. Alarm: |z| of 3.5.") == (
        "as D8.",
        "No flow: no figure.",
        "Alarm: |z| of 3.5.",
    )
    assert sentences("") == ()


def test_a_docstring_without_an_id_describes_nothing() -> None:
    """And one with two describes both."""
    (first, second) = described_by("novelty", "D2 and B10: how new it is. Unit: index.")

    assert (first.indicator, second.indicator) == ("D2", "B10")
    assert first.told == ("How new it is.", "index.")
    assert described_by("helper", "Return a number. Unit: index.") == []


def test_the_table_in_the_guide_is_the_one_that_the_docstrings_give() -> None:
    """`docs/indicators.md` holds it, word by word."""
    written = (ROOT / "docs" / "indicators.md").read_text(encoding="utf-8")

    assert as_table(described()) in written


def test_a_bar_in_a_formula_stays_inside_its_cell() -> None:
    """Every row has as many cells as the head."""
    rows = as_table(described()).splitlines()

    assert {row.replace(r"\|", "").count("|") for row in rows} == {9}

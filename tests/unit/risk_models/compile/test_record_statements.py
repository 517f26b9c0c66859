"""The statements as engines are given them: reviewed as text, the same for every dialect."""

from __future__ import annotations

from pathlib import Path

from risk_models.typologies import statements
from risk_models.typologies.facets import FACETS, Grouping, groupings, not_stated, numbered
from schemas.registry import codelist

GOLDEN = Path(__file__).with_name("statements.sql")


def rendered() -> str:
    """Give every statement once: a facet at a depth stands for all, and so does the whole."""
    method, whole = Grouping("METHOD", 2, is_wide=True), Grouping(None, 1, is_wide=False)
    named = [
        *statements.PREPARED,
        ("facts", statements.facts()),
        ("missed", statements.MISSED),
        ("named_blocks", statements.NAMED_BLOCKS),
        ("shares of no facet", statements.shares(None)),
        ("shares of a facet", statements.shares("METHOD")),
        ("cells of the whole by counterpart", statements.cells(whole)),
        ("cells of a facet for all counterparts", statements.cells(method)),
        ("contributions to the whole by counterpart", statements.contributions(whole)),
        ("contributions to a facet for all counterparts", statements.contributions(method)),
        ("changed", statements.changed()),
    ]
    return "\n".join(f"-- {name}\n{text.strip()};\n" for name, text in named)


def test_statements_are_those_that_were_reviewed() -> None:
    """What DuckDB and Spark are given is in statements.sql; both are given the same text."""
    assert rendered() == GOLDEN.read_text(encoding="utf-8")


def test_every_code_stands_at_one_depth() -> None:
    """A code lies within itself at its own depth and within each parent at that one's: no cell comes twice."""
    numbering = numbered()
    places = {(number, above) for number, _, above in numbering.parts}

    assert len(places) == len(numbering.parts)
    for facet in FACETS:
        for code in codelist(f"CL_{facet}"):
            number = numbering.numbers[facet, code.id]
            assert numbering.codes[number] == code.id
            assert numbering.depths[number] == len(codelist(f"CL_{facet}").ancestors(code.id)) + 1


def test_there_is_a_grouping_for_every_depth_and_margin() -> None:
    """Methods lie three deep, channels two; each is grouped by counterpart and for all counterparts."""
    assert [len(list(groupings(facet))) for facet in (None, "METHOD", "CHANNEL")] == [2, 6, 4]


def test_what_is_not_stated_is_what_the_structure_says() -> None:
    """The defaults are those of the structure of records."""
    assert [not_stated(facet) for facet in FACETS] == ["_X", "_X", "_X", "_U"]

"""The corridor matrix of all periods: letter by letter what the matrix of each period says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from node.errors import NotFound
from node.services.views.corridors import corridors
from node.services.views.figure import Kind
from node.services.views.matrix import matrix, packed
from tests.support.federation import Nodes, federation, release_rows, trade
from tests.support.web_figures import suspicious

LETTERS = {
    Kind.EXACT: "v", Kind.ZERO: "0", Kind.WITHHELD: "w", Kind.MISSING: "m", Kind.NOT_SHARED: ".", None: "-",
}  # fmt: skip
COLUMNS = (
    "ORIGINATOR", "REF_AREA", "COUNTERPART_AREA", "TIME_PERIOD", "OBS_STATUS", "CONF_STATUS", "OBS_VALUE", "OBS_LOWER",
    "OBS_UPPER",
)  # fmt: skip


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nodes]:
    """KZ released trade of two years with a zero, and suspicious flows of which one is withheld."""
    folder: Path = tmp_path_factory.mktemp("matrix")
    with federation(folder / "nodes", ["BY", "KZ", "RU"]) as built:
        rows = [trade("KZ", "BY", "OUT", "100.50", year) for year in ("2011", "2012")]
        release_rows(built, "KZ", "DECLARED_FLOW", [*rows, trade("KZ", "RU", "OUT", "0", "2012")], folder)
        release_rows(built, "KZ", "SUSPICIOUS_FLOW", suspicious("KZ"), folder)
        yield built


@pytest.mark.parametrize(
    ("dataflow", "wanted"), [("DECLARED_FLOW", {}), ("SUSPICIOUS_FLOW", {"MEASURE": "N_STR"})]
)
def test_each_period_says_what_its_own_page_says(nodes: Nodes, dataflow: str, wanted: dict[str, str]) -> None:
    """Kinds, values and bounds of every period, place by place."""
    ctx, now = nodes["KZ"], nodes.clock.now()
    found = matrix(ctx, dataflow=dataflow, wanted=wanted, now=now)
    numbers = iter(zip(found.packed.lower, found.packed.upper, strict=True))

    for place, period in enumerate(found.packed.periods):
        page = corridors(ctx, dataflow=dataflow, wanted={**wanted, "TIME_PERIOD": period}, now=now)
        figures = [one for row in page.rows for one in row.figures]
        letters = found.packed.kinds[place * len(figures) : (place + 1) * len(figures)]

        assert letters == "".join(LETTERS[one.kind if one else None] for one in figures)
        for one in figures:
            if one and one.kind in {Kind.EXACT, Kind.WITHHELD}:
                assert next(numbers) == (one.lower, one.upper)
    assert next(numbers, None) is None


def test_the_choice_is_that_of_the_page_without_its_period(nodes: Nodes) -> None:
    """Chart and table never speak of two different choices."""
    ctx, now = nodes["KZ"], nodes.clock.now()
    page = corridors(ctx, dataflow="DECLARED_FLOW", wanted={}, now=now)
    assert page.selection is not None

    found = matrix(ctx, dataflow="DECLARED_FLOW", wanted=page.selection.without("TIME_PERIOD"), now=now)

    assert found.chosen == page.selection.without("TIME_PERIOD")
    assert found.packed.periods == ("2011", "2012")
    assert len(found.bundles) == 1


def test_a_dataflow_without_corridors_has_no_matrix(nodes: Nodes) -> None:
    """Nothing was shared in it, or it names no counterpart."""
    for dataflow in ("R33_A", "TYPOLOGY_CELL", "x"):
        with pytest.raises(NotFound):
            matrix(nodes["KZ"], dataflow=dataflow, wanted={}, now=nodes.clock.now())


def test_what_may_not_be_displayed_has_a_letter_and_no_number() -> None:
    """Internal values, missing ones, and an interval without an upper bound, in one period of two members."""
    assert _packed(("A", "KZ", "A", "N", 7, 7, 7)).kinds == "-h.-"
    assert _packed(("A", "KZ", "L", "F", None, 0, None)).kinds == "-m.-"
    open_ended = _packed(("A", "KZ", "Q", "A", None, 1, None))
    assert (open_ended.kinds, open_ended.lower, open_ended.upper) == ("-w.-", (1,), (None,))


def test_what_a_member_says_about_another_reporter_is_left_out() -> None:
    """A row belongs to its reporter alone."""
    assert _packed(("B", "KZ", "A", "F", 7, 7, 7)).kinds == ""


def _packed(row: tuple[Any, ...]) -> Any:
    originator, counterpart, *rest = row
    names = {"A": "BY", "B": "KZ"}
    values = (names[originator], "BY", counterpart, "2012", *rest)
    return packed(pa.Table.from_pylist([dict(zip(COLUMNS, values, strict=True))], _schema()), ("BY", "KZ"))


def _schema() -> pa.Schema:
    kinds = [pa.string()] * 6 + [pa.int64()] * 3
    return pa.schema(list(zip(COLUMNS, kinds, strict=True)))

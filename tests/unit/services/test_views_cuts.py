"""Flows by corridor are offered whole first, and by one cut at a time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from node.services.found import EVERY
from node.services.views.corridors import Corridors, corridors
from node.services.views.facets import choose
from node.services.views.figure import Kind
from node.web.labels import Labels
from node.web.language import read_languages
from tests.support.federation import Nodes, federation, release_rows
from tests.support.scanned import Scanned
from tests.support.web_figures import suspicious

CUTS = ("METHOD", "CHANNEL", "PREDICATE", "ENTITY_TYPE")
WHOLE = dict.fromkeys(CUTS, "_T")


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nodes]:
    """KZ released flows to BY (six reports), and to RU (one)."""
    folder: Path = tmp_path_factory.mktemp("cuts")
    with federation(folder / "nodes", ["BY", "KZ", "RU"]) as built:
        release_rows(built, "KZ", "SUSPICIOUS_FLOW", suspicious("KZ"), folder)
        yield built


def shown(nodes: Nodes, **wanted: str) -> Corridors:
    """The matrix of the number of reports."""
    every = {"MEASURE": "N_STR", **wanted}
    return corridors(nodes["KZ"], dataflow="SUSPICIOUS_FLOW", wanted=every, now=nodes.clock.now())


def test_the_first_view_is_of_all_flows_with_all_countries_beside_them(nodes: Nodes) -> None:
    """Nothing is narrowed; six reports to BY are exact, RU and the whole that would give it back are withheld."""
    view = shown(nodes)
    assert view.selection is not None
    assert view.selection.address == {
        **WHOLE, "FLOW_DIRECTION": "OUT", "MEASURE": "N_STR", "TIME_PERIOD": "2012",
    }  # fmt: skip
    (row,) = [row for row in view.rows if row.has_shared]
    assert [one.kind if one else None for one in row.figures] == [Kind.EXACT, None, Kind.WITHHELD]
    assert (view.whole, row.whole.kind) == ("W1", Kind.WITHHELD)
    assert [(one.counterpart_area, one.figure.value) for one in view.ranking.shown] == [
        ("BY", 6),
        ("RU", None),
    ]


def test_all_four_cuts_are_offered_whichever_is_taken(nodes: Nodes) -> None:
    """From the channel to the predicate offence in one step, without a way back first."""
    for taken in ({}, {"CHANNEL": "BANK_TRANSFER"}, {"PREDICATE": "DCO17"}):
        selection = shown(nodes, **taken).selection
        assert selection is not None
        offered = {facet.dimension: facet.options for facet in selection.facets}

        assert {name: selection.address[name] for name in CUTS} == {**WHOLE, **taken}
        assert {"_T", "_X"} <= set(offered["METHOD"])
        assert {"_T", "BANK_TRANSFER"} <= set(offered["CHANNEL"])
        assert {"_T", "DCO17"} <= set(offered["PREDICATE"])
        assert {"_T", "FI01"} <= set(offered["ENTITY_TYPE"])


def test_a_cut_that_is_taken_lets_the_one_before_go(nodes: Nodes) -> None:
    """The cells combine no two of them, so the address does not either."""
    selection = shown(nodes, CHANNEL="BANK_TRANSFER").selection
    assert selection is not None

    address = selection.choosing("METHOD", "_X")

    assert {name: address[name] for name in CUTS} == {**WHOLE, "METHOD": "_X"}
    assert selection.choosing("MEASURE", "V_TXN")["CHANNEL"] == "BANK_TRANSFER"
    again = shown(nodes, **address).selection
    assert again is not None
    assert again.address == address


def test_cells_of_a_peer_that_gave_no_whole_are_shown_all_the_same() -> None:
    """Only flows by channel: the channel is chosen, and nothing is empty."""
    names = (*CUTS, "ORIGINATOR")
    row = ("_T", "CASH", "_T", "_T", "RU")
    cells = pa.table({name: pa.array([code]) for name, code in zip(names, row, strict=True)})
    cells = cells.append_column("OBS_VALUE", pa.array([4], pa.int64()))

    shelf: Any = Scanned(cells, CUTS)
    selection = choose(shelf, EVERY, CUTS, {"METHOD": "TM01"}, apart=CUTS)

    assert selection.address == {**WHOLE, "CHANNEL": "CASH"}
    assert selection.cells.num_rows == 1


def test_a_cut_of_what_is_not_known_says_of_what() -> None:
    """What is not stated could be the method or the channel; the whole of a cut says nothing at all."""
    english = Labels(read_languages()["en"])

    assert english.facet("_T/_T/_T/_T/OUT/N_STR") == english.facet("OUT/N_STR")
    assert english.facet("_T/_X/_T/_T/OUT/N_STR").startswith(f"{english.column('CHANNEL')}: ")
    assert english.facet("_T/_T/_T/FI01/N_STR").startswith(english.code("CL_ENTITY_TYPE", "FI01"))
    assert english.facet("TRADE/_X/OUT/V_DECL") == english.facet("TRADE/_Z/OUT/V_DECL")

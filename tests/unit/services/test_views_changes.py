"""What a submission would change: all of it, by kind and by how much, and never less than counts."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import pytest

from node.access import Actor, Role
from node.errors import Denied
from node.ports.submissions import UploadMode
from node.services import difference, submit
from node.services.views import changes as views
from node.services.views.figure import Figure, Kind
from tests.support.federation import SUBMITTER, Nodes, federation, release_rows, trade, write_csv

BEFORE = {"RU": "100", "BY": "200", "KG": "0", "UZ": "50", "AM": "10"}
AFTER = {"RU": "101", "BY": "100", "KG": "5", "UZ": "50", "TJ": "7"}


@pytest.fixture(scope="module")
def replaced(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Nodes, int]]:
    """KZ released five figures; a file in mode replace changes three, drops one, adds one."""
    folder = tmp_path_factory.mktemp("changes")
    with federation(folder / "nodes", ["KZ", "BY"]) as nodes:
        release_rows(nodes, "KZ", "DECLARED_FLOW", rows(BEFORE), folder)
        file = write_csv(folder / "again.csv", rows(AFTER))
        sent = submit.upload(
            nodes["KZ"], SUBMITTER, file, file_name="again.csv", dataflow_id="DECLARED_FLOW",
            mode=UploadMode.REPLACE, now=nodes.clock.now(),
        )  # fmt: skip
        yield nodes, sent.submission_id


def rows(values: dict[str, str]) -> list[dict[str, str]]:
    """Give one row of declared exports of KZ a counterpart."""
    return [trade("KZ", area, "OUT", value) for area, value in values.items()]


def seen(found: views.Changes) -> list[tuple[str, str]]:
    """Give what happens to which counterpart."""
    place = found.names.index("COUNTERPART_AREA")
    return [(one.change.value, one.dimensions[place]) for one in found.cells]


def asked(replaced: tuple[Nodes, int], **choice: object) -> views.Changes:
    """Ask as the submitter."""
    nodes, number = replaced
    return views.changes(nodes["KZ"], SUBMITTER, number, nodes.clock.now(), **choice)  # type: ignore[arg-type]


def test_what_vanishes_comes_first_then_the_largest_changes(replaced: tuple[Nodes, int]) -> None:
    """AM is gone; KG was zero and has no percentage; BY halves, RU grows by one per cent; TJ is new."""
    found = asked(replaced)

    assert seen(found) == [
        ("gone", "AM"), ("changed", "KG"), ("changed", "BY"), ("changed", "RU"), ("new", "TJ"),
    ]  # fmt: skip
    assert [one.percent for one in found.cells] == [None, None, Fraction(-50), Fraction(1), None]
    assert found.counts == {"new": 1, "changed": 3, "unchanged": 1, "gone": 1}
    assert not found.is_first


def test_a_threshold_hides_small_changes_and_nothing_else(replaced: tuple[Nodes, int]) -> None:
    """Two per cent hide RU; what is gone, new or without a number stays."""
    assert seen(asked(replaced, at_least=2)) == [
        ("gone", "AM"), ("changed", "KG"), ("changed", "BY"), ("new", "TJ"),
    ]  # fmt: skip
    assert seen(asked(replaced, at_least=50, change="changed")) == [("changed", "KG"), ("changed", "BY")]
    assert len(seen(asked(replaced, change="no such kind", page=99))) == 5


def test_more_changes_than_officers_read_beside_their_signature_are_all_looked_through(
    replaced: tuple[Nodes, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A list cut at one is made anew in full."""
    nodes, number = replaced
    prepared = views.release.preview(nodes["KZ"], SUBMITTER, number, nodes.clock.now())
    monkeypatch.setattr(views, "PAGE_CELLS", 2)
    monkeypatch.setattr(
        difference.Difference, "is_cut", property(lambda one: one.changes == prepared.difference.changes)
    )

    pages = [asked(replaced, page=page) for page in (1, 2, 3)]

    assert [len(one.cells) for one in pages] == [2, 2, 1]
    assert {one.listed for one in pages} == {5}


def test_a_withheld_figure_has_no_percentage() -> None:
    """Its bounds are no number to compare."""
    exact, hidden = Figure(Kind.EXACT, 10, 10, 10), Figure(Kind.WITHHELD, None, 0, 14)

    assert views._percent(exact, hidden) is None
    assert views._percent(hidden, exact) is None
    assert views._percent(exact, Figure(Kind.ZERO, 0, 0, 0)) == -100


def test_who_may_not_read_submissions_sees_no_change(replaced: tuple[Nodes, int]) -> None:
    """The rule of the preview."""
    nodes, number = replaced
    with pytest.raises(Denied):
        views.changes(nodes["KZ"], Actor("head", frozenset({Role.ANALYST})), number, nodes.clock.now())

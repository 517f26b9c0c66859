"""Acknowledging signals for programs: the same rules as on the pages, and a list of what was said."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from node.access import Role
from node.services import indicators
from tests.support.contexts_api import Surface, add_person, surface
from tests.support.federation import federation, release_rows, trade

SIGNAL = {
    "indicator": "E13",
    "area": "KZ",
    "counterpart": "RU",
    "facet": "TRADE/HS27/OUT/V_DECL/DECLARED_FLOW",
    "period": "2019",
}
PATH = "/api/v1/acknowledgements"


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Surface]:
    """KZ declares trade to RU for twenty-one years, of which the last is nine times the usual."""
    folder = tmp_path_factory.mktemp("signals")
    with federation(folder / "nodes", ("KZ",)) as nodes:
        usual = {year: 1_000_000 + year % 7 * 9_000 for year in range(1999, 2019)} | {2019: 9_000_000}
        rows = [trade("KZ", "RU", "OUT", str(value), str(year)) for year, value in usual.items()]
        release_rows(nodes, "KZ", "DECLARED_FLOW", rows, folder)
        indicators.recompute(nodes["KZ"], nodes.clock.now())
        made = surface(nodes["KZ"], nodes.clock, folder)
        for login, role in (("head", Role.ANALYST), ("inspector", Role.AUDITOR)):
            add_person(nodes["KZ"], nodes.clock, login, role)
        yield made


def test_what_was_said_is_listed_for_everybody(web: Surface) -> None:
    """201 with what is kept, then the newest first."""
    answer = web.signed_in("head").post(PATH, json=SIGNAL | {"note": "Asked Moscow."})
    (listed, *_) = web.signed_in("inspector").get(PATH).json()

    assert answer.status_code == 201
    assert answer.json() == listed
    assert (listed["model"], listed["said_by"], listed["note"]) == (
        "early_warning_1",
        "head",
        "Asked Moscow.",
    )
    assert listed["strength"] in {1, 2, 3}
    assert web.signed_in("head").get(f"{PATH}?model=indicators_1").json() == []


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (SIGNAL, 422),
        (SIGNAL | {"note": ""}, 422),
        (SIGNAL | {"note": "x" * 501}, 422),
        (SIGNAL | {"note": "x", "model": "early_warning_1"}, 422),
        (SIGNAL | {"note": "x", "period": "2018"}, 404),
        (SIGNAL | {"note": "x", "indicator": "Z9"}, 404),
    ],
)
def test_what_cannot_be_acknowledged_is_refused(web: Surface, sent: dict[str, str], status: int) -> None:
    """No note, a long one, a field there is not, a period that does not signal, an indicator nobody computes."""
    assert web.signed_in("head").post(PATH, json=sent).status_code == status


def test_a_reader_without_the_role_is_denied(web: Surface) -> None:
    """An auditor reads and says nothing."""
    answer = web.signed_in("inspector").post(PATH, json=SIGNAL | {"note": "x"})

    assert answer.status_code == 403

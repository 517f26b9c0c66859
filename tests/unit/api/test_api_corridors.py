"""The corridor matrix over HTTP: whole, compact, and asked for again by its tag."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from node.access import Role
from tests.support.contexts_api import Client, Surface, add_person, surface
from tests.support.federation import Nodes, federation, release_rows, trade

PATH = "/api/v1/corridors/DECLARED_FLOW"


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nodes]:
    """KZ released what it sent to BY in two years."""
    folder = tmp_path_factory.mktemp("corridors")
    with federation(folder, ["BY", "KZ"]) as made:
        rows = [trade("KZ", "BY", "OUT", amount, year) for amount, year in (("10.50", "2011"), ("0", "2012"))]
        release_rows(made, "KZ", "DECLARED_FLOW", rows, folder / "files")
        add_person(made["KZ"], made.clock, "anna", Role.ANALYST)
        yield made


@pytest.fixture(scope="module")
def web(nodes: Nodes, tmp_path_factory: pytest.TempPathFactory) -> Surface:
    """The web port of KZ."""
    return surface(nodes["KZ"], nodes.clock, tmp_path_factory.mktemp("web"))


@pytest.fixture
def anna(web: Surface) -> Client:
    """An analyst."""
    return web.signed_in("anna")


def test_all_periods_come_in_one_answer(anna: Client) -> None:
    """Two members and two years: eight places, one number; money in minor units."""
    found = anna.get(PATH).json()

    assert (found["members"], found["periods"]) == (["BY", "KZ"], ["2011", "2012"])
    assert found["kinds"] == "-.v--.0-"
    assert (found["lower"], found["upper"]) == ([1050], [1050])
    assert found["chosen"]["MEASURE"] == "V_DECL"
    assert len(found["bundles"]) == 1


def test_an_unchanged_matrix_is_not_sent_again(anna: Client) -> None:
    """304 for the tag of the same question, a body for that of another."""
    tag = anna.get(PATH).headers["etag"]

    again = anna.get(PATH, headers={"If-None-Match": tag})
    other = anna.get(f"{PATH}?FLOW_DIRECTION=OUT", headers={"If-None-Match": tag})

    assert (again.status_code, again.content) == (304, b"")
    assert other.status_code == 200


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/corridors/NOTHING", 404),
        ("/api/v1/corridors/R33_A", 404),
        (f"{PATH}?TIME_PERIOD=2011", 422),
        (f"{PATH}?colour=red", 422),
    ],
)
def test_a_question_that_would_choose_nothing_is_refused(anna: Client, path: str, status: int) -> None:
    """No such dataflow, none with corridors, a name that is no choice."""
    answer = anna.get(path)

    assert answer.status_code == status
    assert answer.json()["hint"]


def test_a_stranger_gets_nothing(web: Surface) -> None:
    """The rule of the dashboard stands before it."""
    assert web.anybody().get(PATH).status_code == 401

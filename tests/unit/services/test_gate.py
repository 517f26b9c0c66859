"""node.services.gate: what a reviewer clears, and what no clearance lets through."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from node.access import Action, Actor, Role, decide
from node.errors import Conflict
from node.ports.submissions import Submission
from node.services import gate
from risk_models.disclosure.content import Hit
from schemas.messages import message
from schemas.registry import LANGUAGES
from schemas.structure import Column, Dataflow, DataStructure
from tests.support.builders import a_submission

REGISTER = DataStructure("TEST", "REGISTER", "1.0.0", (Column("TITLE", "text"), Column("NOTE", "text")))
NAMED, MARKED = "Иванов Иван Иванович", "Секретно"
SALT = "00ff"


class Released:
    """Stands in for a table that disclosure control made of a register with free text."""

    dataflow_id = "REGISTER"

    def __init__(self, **columns: list[str]) -> None:
        self.table = pa.table(columns)


@pytest.fixture(autouse=True)
def _register(monkeypatch: pytest.MonkeyPatch) -> None:
    flow = Dataflow("TEST", "REGISTER", "1.0.0", REGISTER, REGISTER, "open", (), {}, {})
    monkeypatch.setattr(gate, "dataflow", {"REGISTER": flow}.__getitem__)


def found(*, around: tuple[str, ...] = (), **columns: list[str]) -> tuple[Hit, ...]:
    """Look through a table of these columns."""
    return gate.look_through(pa.table(columns), REGISTER, around=around)


def cleared(hits: tuple[Hit, ...], **changes: Any) -> Submission:
    """Give a submission whose hits a reviewer answered for."""
    kept = gate.documents(hits, first_row=2, salt=SALT)
    answered: dict[str, Any] = {"content_reason": "a firm's name", "content_cleared_by": "daria"}
    return a_submission(**{"content_hits": kept, "recipe_salt": SALT, **answered, **changes})


def test_a_hit_is_kept_masked_with_the_row_of_the_file() -> None:
    """The value itself is in no field, nor can its digest be guessed without the salt."""
    (kept,) = gate.documents(found(TITLE=["", NAMED]), first_row=2, salt=SALT)

    assert (kept["row"], kept["column"], kept["excerpt"], kept["clearable"]) == (
        3,
        "TITLE",
        "И*** И*** И***",
        True,
    )
    assert NAMED not in str(kept)
    assert (
        kept["fingerprint"]
        != gate.documents(found(TITLE=["", NAMED]), first_row=2, salt="ee")[0]["fingerprint"]
    )


def test_what_stands_around_a_table_is_looked_through_for_markings_only() -> None:
    """The officer who signs a workbook may be named in its footer; a marking may not stand there."""
    hits = found(
        TITLE=["Обзор"], around=("Исполнитель: Иванов И.И., тел. 32-10-45", "Для служебного пользования")
    )

    assert [(hit.rule, hit.row) for hit in hits] == [("content.marking", None)]


def test_a_column_of_identifiers_is_told_before_the_texts() -> None:
    """By its header, although it is not read."""
    hits = found(TITLE=[NAMED], ИИН=["1"])

    assert [hit.rule for hit in hits] == ["content.identifier_column", "content.person_name"]


def test_kept_hits_are_said_in_every_language() -> None:
    """In the words of any other rule."""
    kept = gate.documents(found(TITLE=[NAMED, MARKED]), first_row=2, salt=SALT)

    for violation in gate.violations(kept):
        assert violation.severity == "error"
        assert all(message(violation, lang) for lang in LANGUAGES)


def test_a_clean_text_may_leave() -> None:
    """Nothing found, nothing asked."""
    gate.require_cleared(a_submission(recipe_salt=SALT), Released(TITLE=["Дробление наличных"]))


def test_a_cleared_text_may_leave_in_whatever_row_it_stands() -> None:
    """Disclosure control puts rows in another order and trims texts."""
    submission = cleared(found(TITLE=["Обзор", f" {NAMED} "]))

    gate.require_cleared(submission, Released(TITLE=[NAMED, "Обзор", NAMED]))


@pytest.mark.parametrize(
    "changes",
    [{"content_cleared_by": None}, {"content_reason": None}, {"content_hits": []}, {"recipe_salt": "ee"}],
    ids=["nobody", "no reason", "nothing seen", "another submission"],
)
def test_without_a_clearance_nothing_found_may_leave(changes: dict[str, Any]) -> None:
    """A person, a reason, and the very texts."""
    submission = cleared(found(TITLE=[NAMED]), **changes)

    with pytest.raises(Conflict, match="not cleared"):
        gate.require_cleared(submission, Released(TITLE=[NAMED]))


@pytest.mark.parametrize("columns", [{"TITLE": ["Петров Пётр Петрович"]}, {"NOTE": [NAMED]}])
def test_a_clearance_is_for_the_text_that_was_seen(columns: dict[str, list[str]]) -> None:
    """Neither for another name nor for the same name in another column."""
    with pytest.raises(Conflict):
        gate.require_cleared(cleared(found(TITLE=[NAMED])), Released(**columns))


def test_a_marking_is_let_through_by_nobody() -> None:
    """A clearance that was recorded all the same is no clearance."""
    submission = cleared(found(TITLE=[MARKED]))

    with pytest.raises(Conflict, match=r"content\.marking"):
        gate.require_cleared(submission, Released(TITLE=[MARKED]))


def test_a_list_that_was_cut_cannot_be_cleared() -> None:
    """Nobody has seen what is not listed."""
    hits = found(TITLE=[NAMED] * 1001)

    assert [hit.kind.clearable for hit in hits[-2:]] == [True, False]
    with pytest.raises(Conflict, match=r"content\.unscanned"):
        gate.require_cleared(cleared(hits), Released(TITLE=[NAMED] * 1001))


def test_only_a_reviewer_clears() -> None:
    """Neither who submits nor who releases."""
    allowed = {role for role in Role if decide(Actor("x", frozenset({role})), Action.CLEAR_CONTENT).allowed}

    assert allowed == {Role.REVIEWER}

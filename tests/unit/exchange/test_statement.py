"""What a notice says of a score: read back as it was written, and never more than it may say."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from exchange.limits import DEFAULT
from exchange.notice import Notice, NoticeKind
from exchange.statement import ABOUT, Statement, StatementKind, statement_of

COMMENT = Statement(StatementKind.COMMENT, "assessment_1", "KZ", "2023", ("high",))
ASSESSED = Statement(
    StatementKind.ASSESSED, "assessment_1", "RU", "2023", ("low", "medium"), "high", "legal", "2024"
)


def carried(about: object, originator: str = "KZ") -> Notice:
    """Give a notice with this field, as it was signed and read again."""
    notice = Notice(
        originator=originator,
        audience=("BY",),
        kind=NoticeKind.TEXT,
        texts={"en": "Words"},
        created_at=datetime(2026, 11, 24, tzinfo=UTC),
        extra={ABOUT: about},
    )
    return Notice.from_bytes(notice.to_bytes(), DEFAULT)


@pytest.mark.parametrize("said", [COMMENT, ASSESSED])
def test_a_statement_is_read_as_it_was_written(said: Statement) -> None:
    """Through the signed bytes of its notice."""
    assert statement_of(carried(said.to_document())) == said


def test_another_members_score_is_commented_on_by_nobody() -> None:
    """A reply is the member's own; a judgement may be of anybody's."""
    assert statement_of(carried(COMMENT.to_document(), "BY")) is None
    assert statement_of(carried(ASSESSED.to_document(), "BY")) == ASSESSED


@pytest.mark.parametrize(
    "about",
    [
        None,
        "words",
        {},
        {**COMMENT.to_document(), "kind": "praise"},
        {**COMMENT.to_document(), "area": "Kazakhstan"},
        {**COMMENT.to_document(), "computed": "high"},
        {**COMMENT.to_document(), "computed": ["x" * 65]},
        {**COMMENT.to_document(), "computed": ["x"] * 9},
        {**COMMENT.to_document(), "assessed": "low"},
        {name: value for name, value in ASSESSED.to_document().items() if name != "reason"},
    ],
)
def test_what_cannot_be_read_is_a_notice_and_no_statement(about: object) -> None:
    """The notice is kept and shown; beside no score anything appears."""
    assert statement_of(carried(about)) is None


def test_a_field_that_a_later_version_adds_is_no_obstacle() -> None:
    """It is read past."""
    assert statement_of(carried({**COMMENT.to_document(), "tone": "calm"})) == COMMENT

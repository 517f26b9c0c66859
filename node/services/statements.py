"""What members say of computed scores: told to all in a notice, and read from the notices of others.

Invariants: a statement changes no figure; it counts as what its originator says and as nothing else; of a member's
judgement of one score the newest counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from exchange.notice import NoticeKind
from exchange.statement import ABOUT, Statement, StatementKind, statement_of
from node.access import Actor
from node.services import notices
from node.services.context import Context

# The newest notices, in which statements are looked for.
NOTICES_READ = 500


@dataclass(frozen=True, slots=True)
class Told:
    """A statement with who made it, in which words, and when."""

    originator: str
    statement: Statement
    texts: Mapping[str, str]
    told_at: datetime


def tell(ctx: Context, actor: Actor, said: Statement, texts: Mapping[str, str], *, now: datetime) -> None:
    """Put a statement into the own log, for all active members; raises Invalid, Unavailable."""
    about = {ABOUT: said.to_document()}
    notices.publish(ctx, NoticeKind.TEXT, texts, evidence=(), actor=actor.login, now=now, extra=about)


def told(ctx: Context) -> tuple[Told, ...]:
    """Give what members said of scores, newest first: every comment, and of each judgement that stands the newest."""
    found: list[Told] = []
    judged: set[tuple[str, str, str, str]] = set()
    for held in ctx.records.notices(NOTICES_READ):
        said = statement_of(held.notice)
        if said is None:
            continue
        one = Told(held.originator, said, held.notice.texts, held.notice.created_at)
        if said.kind is StatementKind.COMMENT:
            found.append(one)
            continue
        score = held.originator, said.model_id, said.area, said.time_period
        if score not in judged and said.kind is StatementKind.ASSESSED:
            found.append(one)
        judged.add(score)
    return tuple(found)

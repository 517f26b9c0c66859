"""An auditor sees the chain, and where it is broken."""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

import pytest

from node.access import Actor, Role
from node.audit import FIRST_LINK, AuditEntry, link
from node.errors import Denied
from node.services.views.audit import ENTRIES_A_PAGE, audit
from tests.support.builders import an_event

INSPECTOR = Actor("inspector", frozenset({Role.AUDITOR}))


@dataclass
class Chain:
    """An audit log in memory."""

    kept: list[AuditEntry]

    def entries(self, **_: object) -> list[AuditEntry]:
        """Give all."""
        return self.kept


def a_chain(length: int) -> list[AuditEntry]:
    """Give a whole chain whose even entries are of another kind."""
    previous, chain = FIRST_LINK, []
    for sequence in range(1, length + 1):
        entry = link(previous, sequence, an_event("test.even" if sequence % 2 == 0 else "test.odd"))
        chain.append(entry)
        previous = entry.digest
    return chain


def a_context(chain: list[AuditEntry]) -> Any:
    """Give a context with nothing but this log."""
    return SimpleNamespace(audit=Chain(chain))


def test_the_newest_entries_come_first_page_by_page() -> None:
    """Pages join without a gap and without an entry twice."""
    ctx = a_context(a_chain(ENTRIES_A_PAGE + 5))

    first = audit(ctx, INSPECTOR)
    second = audit(ctx, INSPECTOR, before=first.older_before)

    assert [entry.sequence for entry in (*first.entries, *second.entries)] == list(range(105, 0, -1))
    assert second.older_before is None
    assert (first.broken_at, first.total) == (None, 105)


def test_an_altered_entry_is_named() -> None:
    """The first entry that does not follow from its predecessor."""
    chain = a_chain(5)
    chain[2] = replace(chain[2], event=an_event("test.odd", subject="something else"))

    assert audit(a_context(chain), INSPECTOR).broken_at == 3


def test_a_kind_is_chosen_from_those_there_are() -> None:
    """An unknown kind shows everything."""
    ctx = a_context(a_chain(4))

    assert [entry.sequence for entry in audit(ctx, INSPECTOR, kind="test.even").entries] == [4, 2]
    assert len(audit(ctx, INSPECTOR, kind="<script>").entries) == 4


def test_it_is_for_auditors_alone() -> None:
    """The operator, too, is watched by it."""
    with pytest.raises(Denied):
        audit(a_context([]), Actor("olga", frozenset({Role.OPERATOR})))

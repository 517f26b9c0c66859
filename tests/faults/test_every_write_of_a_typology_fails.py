"""Every write of a typology and of its import fails, before and after it took effect.

After each fault the steps go on from where the register stands: one entry, one record in the log for each step that
others hear of, and what a peer shows is what was signed.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from node.errors import Conflict, Unavailable
from node.ports.typologies import EntryStatus, OwnEntry
from node.services import sync, typologies, verify
from node.services.context import Context
from node.services.views.register import register
from tests.support.described import AUTHOR, OFFICER, REVIEWER, titled
from tests.support.failing import Trap, Trapped
from tests.support.federation import Nodes, federation

WRITES = {
    "typologies": ("propose", "write", "review", "retire"),
    "objects": ("put",),
    "ledger": ("publish",),
    "peers": ("commit_import", "put_status"),
}


def trapped(ctx: Context, trap: Trap) -> Context:
    """Give the context with every writing port behind the trap."""
    return replace(
        ctx, **{name: Trapped(getattr(ctx, name), writes, trap) for name, writes in WRITES.items()}
    )


def tell(ctx: Context, nodes: Nodes, title: str) -> OwnEntry:
    """Propose, review, share and retire one typology, continuing from wherever an earlier attempt stopped."""
    now = nodes.clock.now

    def found() -> OwnEntry | None:
        named = [one for one in ctx.typologies.entries() if one.newest.description.texts["ru"].title == title]
        assert len(named) <= 1
        return named[0] if named else None

    entry = found() or typologies.propose(ctx, AUTHOR, titled(title), now=now())
    if entry.newest.reviewed_at is None:
        typologies.review(ctx, REVIEWER, entry.typology, number=1, now=now())
    if entry.shared is None:
        typologies.share(ctx, OFFICER, entry.typology, number=1, audience=["RU"], now=now())
    if entry.retirement is None:
        entry = typologies.retire(ctx, OFFICER, entry.typology, reason="Описана дважды", now=now())
    return entry


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[Nodes]:
    """KZ and RU, who say nothing yet."""
    with federation(tmp_path, ["KZ", "RU"]) as built:
        yield built


@pytest.mark.parametrize("after_effect", [False, True], ids=["without_effect", "although_it_took_effect"])
def test_a_typology_is_told_once_whatever_write_fails(nodes: Nodes, *, after_effect: bool) -> None:
    """The entry, its review, two envelopes and two publications: each has two records in the log in the end."""
    for place in range(6):
        with pytest.raises((Unavailable, Conflict)):
            tell(trapped(nodes["KZ"], Trap(place, after_effect)), nodes, f"Typology {place}")
        assert verify.verify(nodes["KZ"]).findings == ()

        entry = tell(nodes["KZ"], nodes, f"Typology {place}")

        assert (entry.status, len(entry.versions), len(entry.told)) == (EntryStatus.RETIRED, 1, 2)
    assert verify.verify(nodes["KZ"]).findings == ()
    assert len(nodes["KZ"].typologies.entries()) == 6


@pytest.mark.parametrize("after_effect", [False, True], ids=["without_effect", "although_it_took_effect"])
def test_a_typology_is_received_once_whatever_write_fails(nodes: Nodes, *, after_effect: bool) -> None:
    """Two envelopes, the import and the status: nothing half of it is shown."""
    reader = nodes["RU"]
    for place in range(4):
        tell(nodes["KZ"], nodes, f"Typology {place}")
        with contextlib.suppress(Unavailable, Conflict):
            sync.sync_peer(
                trapped(reader, Trap(place, after_effect)), "KZ", holder="test", now=nodes.clock.now()
            )
        assert register(reader, {}).total in {place, place + 1}
        assert verify.verify(reader).findings == ()

        sync.sync_peer(reader, "KZ", holder="test", now=nodes.clock.now())

        assert {line.status for line in register(reader, {}).lines} == {EntryStatus.RETIRED}
        assert len(reader.typologies.records()) == 2 * (place + 1)

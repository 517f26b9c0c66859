"""What a peer's log may do between two looks at it: stand still, or grow at its end. Nothing else.

* The whole sequence of entries is witnessed: the frontier kept here has digested every entry ever shown, so
  that no past entry can change, vanish or move without the root giving it away.
* Both checkpoints travel in the error when they contradict each other: two signed statements are the
  evidence.
* Nothing seen is remembered before the caller commits it: a refusal leaves the old state as it was.
"""

from __future__ import annotations

from dataclasses import dataclass

from exchange import checkpoint
from exchange.checkpoint import Checkpoint
from exchange.errors import Refused
from exchange.limits import Limits
from exchange.membership import LogKey
from exchange.merkle import Frontier, leaf_digest
from exchange.ports import PeerChannel
from exchange.records import COMMITMENT_BYTES
from exchange.tiles import bundles_covering, decode_bundle

# The root can be checked only when all new entries are there. A member publishes some 10 000 a year.
MAX_NEW_ENTRIES = 1 << 20


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of a peer's log: the right edge of its tree, the note and the entity tag it came with.

    Before the first look the frontier is empty and the note is `b""`.
    """

    frontier: Frontier
    note: bytes = b""
    etag: str | None = None

    @classmethod
    def nothing(cls) -> Seen:
        """Return what is known before the first look."""
        return cls(Frontier.empty())


@dataclass(frozen=True, slots=True)
class Growth:
    """What is known now, and the new entries: entry i stands at index `first_index + i`."""

    seen: Seen
    first_index: int
    entries: tuple[bytes, ...]


def look(seen: Seen, channel: PeerChannel, log_key: LogKey, limits: Limits) -> Growth:
    """Return how the peer's log has grown since it was `seen`.

    Raises:
        Refused: `log_rolled_back`, `log_equivocated`, `log_forked`, `log_growth_over_limit`, or a name of
            `checkpoint.verify` or `decode_bundle`.
        Unreachable: from the channel.
    """
    # Step 3. The checkpoint is the one seen before, or a note signed by the member's log key.
    note, etag = channel.checkpoint(seen.etag)
    if note is None:
        return Growth(seen, seen.frontier.size, ())
    claimed = checkpoint.verify(note, origin=log_key.origin, public_key=log_key.key, limits=limits)
    # Step 4. The log is not smaller than before; at the same size it has the same root.
    _check_not_back(seen, note, claimed)
    # Step 5. The entries seen before and the new ones together give the root of the checkpoint.
    entries = _new_entries(seen.frontier.size, claimed.size, channel)
    frontier = seen.frontier.extend(leaf_digest(entry) for entry in entries)
    if frontier.root() != claimed.root:
        raise _contradiction(
            "log_forked", "the new entries do not lead from the old root to the new one", seen, note
        )
    return Growth(Seen(frontier, note, etag), seen.frontier.size, tuple(entries))


def _check_not_back(seen: Seen, note: bytes, claimed: Checkpoint) -> None:
    size = seen.frontier.size
    if claimed.size < size:
        raise _contradiction("log_rolled_back", f"{size} entries were seen, now {claimed.size}", seen, note)
    if claimed.size == size and claimed.root != seen.frontier.root():
        raise _contradiction("log_equivocated", f"two roots are signed for {size} entries", seen, note)
    if claimed.size - size > MAX_NEW_ENTRIES:
        detail = f"{claimed.size - size} new entries, at most {MAX_NEW_ENTRIES} are fetched at once"
        raise _contradiction("log_growth_over_limit", detail, seen, note)


def _new_entries(start: int, size: int, channel: PeerChannel) -> list[bytes]:
    entries: list[bytes] = []
    for bundle in bundles_covering(start, size):
        content = channel.entries(bundle.path)
        shown = decode_bundle(content, width=bundle.width, entry_bytes=COMMITMENT_BYTES)
        entries.extend(shown[max(0, start - bundle.start) :])
    return entries


def _contradiction(name: str, detail: str, seen: Seen, note: bytes) -> Refused:
    return Refused(
        name,
        title="The peer's log contradicts what it has signed before",
        detail=detail,
        hint="Keep both checkpoints, and show them to the other members: each is signed by the peer.",
        context={"held": seen.note, "received": note},
    )

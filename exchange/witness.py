"""What a peer's log may do between two looks at it: stand still, or grow at its end. Nothing else.

* The whole sequence of entries is witnessed: the frontier kept here has digested every entry ever shown, so
  that no past entry can change, vanish or move without the root giving it away.
* What the peer has signed for somebody else holds here too: a larger tree that is known of must be reached, and
  passed through.
* Both checkpoints travel in the error when they contradict each other: two signed statements are the
  evidence.
* Nothing seen is remembered before the caller commits it: a refusal leaves the old state as it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from exchange import log_notes
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


@dataclass(frozen=True, slots=True)
class View:
    """A tree of one log that its key has signed: the note that says so, byte for byte.

    Before anything was seen the size is 0, root and note are `b""`.
    """

    size: int = 0
    root: bytes = b""
    note: bytes = b""


@dataclass(frozen=True, slots=True)
class Shown:
    """What the peer shows now: `claimed` is None where it has not changed since it was seen."""

    claimed: View | None
    etag: str | None


def ask(
    seen: Seen, channel: PeerChannel, log_key: LogKey, limits: Limits, *, known: Iterable[View] = ()
) -> Shown:
    """Return the peer's checkpoint, which is not smaller than what was `seen`, nor than any view `known` of its log.

    known: what the log's key has signed as far as this node has heard, in any order.

    Raises:
        Refused: `log_rolled_back`, `log_equivocated`, `log_growth_over_limit`, or a name of `log_notes.said`.
        Unreachable: from the channel.
    """
    # Step 2. The checkpoint is the one seen before, or a note signed by the member's log key.
    note, etag = channel.checkpoint(seen.etag)
    claimed = None
    if note is not None:
        signed = log_notes.said(note, log_key, limits)
        claimed = View(signed.size, signed.root, note)
    # Step 3. The log is not smaller than it is known to be; at the same size it has the same root.
    held = View(seen.frontier.size, seen.frontier.root(), seen.note)
    for view in (held, *known):
        _check_not_back(view, claimed or held)
    if claimed is not None and claimed.size - held.size > MAX_NEW_ENTRIES:
        detail = f"{claimed.size - held.size} new entries, at most {MAX_NEW_ENTRIES} are fetched at once"
        raise contradiction("log_growth_over_limit", detail, held.note, claimed.note)
    return Shown(claimed, etag)


def follow(seen: Seen, shown: Shown, channel: PeerChannel, *, known: Iterable[View] = ()) -> Growth:
    """Return how the log has grown from what was `seen` to what is `shown`, through every view `known`.

    Raises:
        Refused: `log_forked`, `log_equivocated`, or a name of `decode_bundle`.
        Unreachable: from the channel.
    """
    if shown.claimed is None:
        return Growth(seen, seen.frontier.size, ())
    # Step 5. The entries seen before and the new ones together give the root of the checkpoint.
    claimed, start = shown.claimed, seen.frontier.size
    entries = _new_entries(start, claimed.size, channel)
    frontier = _extended(seen.frontier, entries, [view for view in known if view.size > start], claimed.note)
    if frontier.root() != claimed.root:
        raise contradiction(
            "log_forked",
            "the new entries do not lead from the old root to the new one",
            seen.note,
            claimed.note,
        )
    return Growth(Seen(frontier, claimed.note, shown.etag), start, tuple(entries))


def contradiction(name: str, detail: str, held: bytes, received: bytes) -> Refused:
    """Return the alarm that two signed notes contradict each other; both are its evidence."""
    return Refused(
        name,
        title="The peer's log contradicts what it has signed before",
        detail=detail,
        hint="Keep both checkpoints, and show them to the other members: each is signed by the peer.",
        context={"held": held, "received": received},
    )


def _check_not_back(known: View, claimed: View) -> None:
    if claimed.size < known.size:
        detail = f"{known.size} entries are signed, and {claimed.size} are shown"
        raise contradiction("log_rolled_back", detail, known.note, claimed.note)
    if claimed.size == known.size and claimed.root != known.root:
        detail = f"two roots are signed for {known.size} entries"
        raise contradiction("log_equivocated", detail, known.note, claimed.note)


def _extended(frontier: Frontier, entries: Sequence[bytes], known: Sequence[View], note: bytes) -> Frontier:
    """Add the entries, and compare the root wherever one is known to have been signed on the way."""
    start = at = frontier.size
    for view in sorted(known, key=lambda view: view.size):
        frontier = frontier.extend(leaf_digest(entry) for entry in entries[at - start : view.size - start])
        at = view.size
        if frontier.root() != view.root:
            detail = f"for {view.size} entries another root is signed than the one these entries have"
            raise contradiction("log_equivocated", detail, view.note, note)
    return frontier.extend(leaf_digest(entry) for entry in entries[at - start :])


def _new_entries(start: int, size: int, channel: PeerChannel) -> list[bytes]:
    entries: list[bytes] = []
    for bundle in bundles_covering(start, size):
        content = channel.entries(bundle.path)
        shown = decode_bundle(content, width=bundle.width, entry_bytes=COMMITMENT_BYTES)
        entries.extend(shown[max(0, start - bundle.start) :])
    return entries

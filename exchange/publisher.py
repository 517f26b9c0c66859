"""Making the log longer: what to sign next, decided without storing anything.

* The next head is the last one with entries added at its end; nothing else can be expressed.
* A head is used only if its own checkpoint, under its own key, says the same size and root: a damaged or
  restored row must never lead to a second, different statement about one size.
* The caller stages the entries, commits the new head by compare-and-swap on the old one, and only then shows
  the checkpoint to anybody (docs/protocol.md, Publishing).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from exchange import checkpoint, log_notes
from exchange.checkpoint import Checkpoint
from exchange.errors import Misconfigured, Refused
from exchange.keys import Signer
from exchange.limits import Limits
from exchange.membership import FormerLogKey, LogKey
from exchange.merkle import Frontier, LeafDigest, leaf_digest
from exchange.records import COMMITMENT_BYTES


@dataclass(frozen=True, slots=True)
class LogHead:
    """Where a log ends: its name, the right edge of its tree, and the signed note that says so."""

    origin: str
    frontier: Frontier
    checkpoint: str

    @property
    def size(self) -> int:
        """Number of entries."""
        return self.frontier.size


@dataclass(frozen=True, slots=True)
class Publication:
    """The head after publishing, and its entries: entry i stands at index `first_index + i`."""

    head: LogHead
    first_index: int
    entries: tuple[bytes, ...]
    leaves: tuple[LeafDigest, ...]


def first_head(origin: str, signer: Signer) -> LogHead:
    """Return the head of a log without entries, signed."""
    return _sign(origin, Frontier.empty(), signer)


def next_publication(
    head: LogHead,
    entries: Sequence[bytes],
    signer: Signer,
    *,
    limits: Limits,
    former: Sequence[FormerLogKey] = (),
) -> Publication:
    """Return what to commit so that `entries` (commitments, 32 bytes each) follow `head`.

    former: keys that were replaced, of which one may have signed `head`.

    Raises:
        ValueError: there are no entries, or one is not 32 bytes.
        Misconfigured: `log_head_inconsistent`, the stored head contradicts its own checkpoint.
    """
    if not entries or any(len(entry) != COMMITMENT_BYTES for entry in entries):
        raise ValueError(f"a publication has at least one entry of {COMMITMENT_BYTES} bytes")
    _check(head, LogKey(head.origin, signer.public_key, tuple(former)), limits)
    leaves = tuple(leaf_digest(entry) for entry in entries)
    return Publication(
        head=_sign(head.origin, head.frontier.extend(leaves), signer),
        first_index=head.size,
        entries=tuple(entries),
        leaves=leaves,
    )


def _sign(origin: str, frontier: Frontier, signer: Signer) -> LogHead:
    return LogHead(
        origin, frontier, checkpoint.sign(Checkpoint(origin, frontier.size, frontier.root()), signer)
    )


def _check(head: LogHead, log_key: LogKey, limits: Limits) -> None:
    try:
        said = log_notes.said(head.checkpoint.encode("utf-8"), log_key, limits)
    except Refused as error:
        raise _inconsistent(error.detail) from error
    if (said.size, said.root) != (head.size, head.frontier.root()):
        raise _inconsistent(f"the checkpoint says {said.size} entries, the stored tree has {head.size}")


def _inconsistent(detail: str) -> Misconfigured:
    return Misconfigured(
        "log_head_inconsistent",
        title="This node's own log does not match what it has signed",
        detail=detail,
        hint="Publish nothing. Restore the newest head: peers hold the last checkpoint they have seen.",
    )

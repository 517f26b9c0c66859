"""Fetching one part: counted and digested while it streams, resumed where it was cut, never parsed.

* Never more bytes are kept than the manifest announces: an endless part costs its announced length.
* Bytes kept from an interrupted transfer are digested again. If the whole then differs, it is fetched once
  more from the first byte, because it cannot be known which half was wrong.
* A part that ends early is kept for the next attempt; a part with a wrong digest is forgotten.
"""

from __future__ import annotations

from contextlib import closing
from hashlib import sha256

from exchange.errors import Refused, Unreachable
from exchange.manifest import Part
from exchange.ports import PartSink, PeerChannel


def fetch(part: Part, channel: PeerChannel, sink: PartSink) -> None:
    """Return once the sink holds the finished part.

    Raises:
        Unreachable: `part_truncated` or `part_stalled`, or the channel's own; the bytes so far are kept.
        Refused: `part_too_long` or `part_digest_mismatch`; nothing is kept.
    """
    if sink.has(part.digest):
        return
    progress = _kept(part, sink)
    is_resumed = progress.length > 0
    while not _receive(part, channel, sink, progress):
        sink.discard(part.digest)
        if not is_resumed:
            raise _refused("part_digest_mismatch", part, "the bytes have another digest than announced")
        progress, is_resumed = _Progress(), False
    sink.finish(part.digest)


class _Progress:
    """Length and running digest of the bytes of one part that are in the sink."""

    def __init__(self) -> None:
        self.length = 0
        self._running = sha256()

    def add(self, chunk: bytes) -> None:
        self.length += len(chunk)
        self._running.update(chunk)

    @property
    def digest(self) -> str:
        return f"sha256:{self._running.hexdigest()}"


def _kept(part: Part, sink: PartSink) -> _Progress:
    progress = _Progress()
    for chunk in sink.partial(part.digest):
        progress.add(chunk)
    if progress.length > part.length:
        sink.discard(part.digest)
        return _Progress()
    return progress


def _receive(part: Part, channel: PeerChannel, sink: PartSink, progress: _Progress) -> bool:
    """Add what is missing to the sink; return whether the whole then has the announced digest."""
    if progress.length < part.length:
        # a generator holds a connection: close it however the loop ends
        with closing(channel.part(part.digest, progress.length)) as chunks:
            for chunk in chunks:
                _take(part, sink, progress, chunk)
        if progress.length < part.length:
            raise _unreachable("part_truncated", f"{progress.length} of {part.length} bytes arrived", part)
    return progress.digest == part.digest


def _take(part: Part, sink: PartSink, progress: _Progress, chunk: bytes) -> None:
    if not chunk:
        # an endless row of empty chunks would never be too long
        raise _unreachable("part_stalled", f"nothing more came after {progress.length} bytes", part)
    if progress.length + len(chunk) > part.length:
        sink.discard(part.digest)
        raise _refused("part_too_long", part, f"more than the announced {part.length} bytes arrived")
    sink.append(part.digest, chunk)
    progress.add(chunk)


def _refused(name: str, part: Part, detail: str) -> Refused:
    return Refused(
        name,
        title="A part is not what was signed",
        detail=f"{part.name}: {detail}",
        context={"part": part.name, "digest": part.digest},
    )


def _unreachable(name: str, detail: str, part: Part) -> Unreachable:
    return Unreachable(
        name,
        title="A part did not arrive whole",
        detail=f"{part.name}: {detail}",
        hint="Nothing to do: the next synchronisation continues where it was cut.",
        context={"part": part.name, "digest": part.digest},
    )

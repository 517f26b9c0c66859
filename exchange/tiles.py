"""Entry bundles: the log's entries as static files of 256, each immutable once written.

* A bundle is full (256 entries) or partial, and a partial one says its width in its path: no path ever
  names two contents.
* Decoding gives exactly the entries the path promised, or refuses: no byte left over, none missing.

Source: c2sp.org/tlog-tiles, sections "Log entries" and "Partial Tiles".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from exchange.errors import Refused

BUNDLE_WIDTH = 256

_PREFIX = "tile/entries/"
_PATH = re.compile(
    r"tile/entries/(?P<index>(?:x[0-9]{3}/)*[0-9]{3})(?:\.p/(?P<width>[1-9][0-9]{0,2}))?", re.ASCII
)
_GROUP = 1000
_MAX_ENTRY_BYTES = 0xFFFF


@dataclass(frozen=True, slots=True, order=True)
class Bundle:
    """The bundle at `index` holding `width` entries of the log, from entry `start` up to but without `end`.

    Raises:
        ValueError: the index is negative, or the width not between 1 and 256.
    """

    index: int
    width: int = BUNDLE_WIDTH

    def __post_init__(self) -> None:
        if self.index < 0 or not 1 <= self.width <= BUNDLE_WIDTH:
            raise ValueError(f"no bundle {self.index} of {self.width} entries")

    @property
    def start(self) -> int:
        """Log index of the first entry."""
        return self.index * BUNDLE_WIDTH

    @property
    def end(self) -> int:
        """Log index after the last entry."""
        return self.start + self.width

    @property
    def path(self) -> str:
        """The index in groups of three digits, `x` before all but the last, and `.p/W` if partial."""
        rest, last = divmod(self.index, _GROUP)
        groups = [f"{last:03d}"]
        while rest:
            rest, group = divmod(rest, _GROUP)
            groups.insert(0, f"x{group:03d}")
        suffix = "" if self.width == BUNDLE_WIDTH else f".p/{self.width}"
        return _PREFIX + "/".join(groups) + suffix

    @classmethod
    def from_path(cls, path: str) -> Bundle:
        """Return the bundle whose `path` is `path`.

        Raises:
            Refused: `entry_bundle_path_malformed`; there is one spelling for each bundle.
        """
        match = _PATH.fullmatch(path)
        if match is not None:
            index = int(match["index"].replace("x", "").replace("/", ""))
            width = int(match["width"] or BUNDLE_WIDTH)
            # the comparison refuses leading zero groups, ".p/256" and whatever else has a shorter spelling
            if width <= BUNDLE_WIDTH and cls(index, width).path == path:
                return cls(index, width)
        raise Refused(
            "entry_bundle_path_malformed",
            title="There is no such entry bundle",
            detail=f"path {path[:200]!r}",
        )


def bundles_covering(start: int, size: int) -> tuple[Bundle, ...]:
    """Return the bundles that hold the entries from `start` to `size`, of which only the last may be partial.

    The first bundle begins at or before `start`: of its entries, those before `start` are known already.

    Raises:
        ValueError: not 0 <= start <= size.
    """
    if not 0 <= start <= size:
        raise ValueError(f"no entries from {start} to {size}")
    if start == size:
        return ()
    indices = range(start // BUNDLE_WIDTH, -(-size // BUNDLE_WIDTH))
    return tuple(Bundle(index, min(BUNDLE_WIDTH, size - index * BUNDLE_WIDTH)) for index in indices)


def encode_bundle(entries: Sequence[bytes]) -> bytes:
    """Return the entries, each after its length as a big-endian uint16.

    Raises:
        ValueError: there are none or more than 256, or an entry is longer than 65535 bytes.
    """
    if not 1 <= len(entries) <= BUNDLE_WIDTH:
        raise ValueError(f"a bundle holds 1 to {BUNDLE_WIDTH} entries, not {len(entries)}")
    if any(len(entry) > _MAX_ENTRY_BYTES for entry in entries):
        raise ValueError(f"an entry is at most {_MAX_ENTRY_BYTES} bytes")
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def decode_bundle(data: bytes, *, width: int, entry_bytes: int) -> tuple[bytes, ...]:
    """Return exactly `width` entries of `entry_bytes` each.

    Raises:
        Refused: `entry_bundle_malformed` when the bytes are anything else.
    """
    step = 2 + entry_bytes
    if len(data) != width * step:
        raise _malformed(f"{len(data)} bytes instead of {width} entries of {step}")
    prefix = entry_bytes.to_bytes(2, "big")
    starts = range(0, len(data), step)
    if any(data[at : at + 2] != prefix for at in starts):
        raise _malformed(f"an entry is not {entry_bytes} bytes long")
    return tuple(data[at + 2 : at + step] for at in starts)


def _malformed(detail: str) -> Refused:
    return Refused("entry_bundle_malformed", title="An entry bundle cannot be read", detail=detail)

"""A text file as a stream of UTF-8 bytes, whatever its encoding, watched while it flows.

Invariants: the bytes are those of the file, in UTF-8, without the byte order mark and Excel's `sep=` line;
nothing else is replaced or dropped (line ends that were doubled are one end each); a stream that is watched
stops where lines and rows part, before they do.
"""

from __future__ import annotations

import codecs
import io
import re
from pathlib import Path
from typing import IO, Any

from node.adapters.reading_watch import Watch

_BLOCK = 1 << 20
_START_BYTES = 1 << 16
_SEPARATOR_LINE = re.compile(rb'"?sep=(.)"?(?:\r\n|\r|\n)', re.IGNORECASE)
_LINE_END = re.compile(rb"\r\r\n|\r\n|\r|\n")
# what is left when line ends of one system are turned into those of another, twice
_DOUBLED_END = b"\r\r\n"


class Utf8Stream(io.RawIOBase):
    """The file as UTF-8 from its first line, or from `skipped` bytes later."""

    def __init__(self, path: Path, encoding: str, *, skipped: int = 0) -> None:
        super().__init__()
        self._file: IO[bytes] = path.open("rb")
        self._decoder = None if _is_utf8(encoding) else codecs.getincrementaldecoder(encoding)("strict")
        self._has_doubled_ends = False
        self._held = b""
        start = self._next(_START_BYTES).removeprefix(codecs.BOM_UTF8)
        first_end = _LINE_END.search(start)
        self._has_doubled_ends = first_end is not None and first_end.group() == _DOUBLED_END
        start = self._with_single_ends(start)
        line = _SEPARATOR_LINE.match(start)
        self.stated_separator = line.group(1).decode("ascii", "replace") if line else ""
        self._ready = start[line.end() :] if line else start
        self._skip(skipped)

    def readable(self) -> bool:
        """Streams are read."""
        return True

    def readinto(self, target: Any) -> int:
        """Fill a buffer as far as there is text."""
        view = memoryview(target)
        filled = 0
        while filled < len(view):
            if not self._ready:
                self._ready = self._next()
                if not self._ready:
                    break
            taken = self._ready[: len(view) - filled]
            view[filled : filled + len(taken)] = taken
            self._ready = self._ready[len(taken) :]
            filled += len(taken)
        return filled

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        super().close()

    def _next(self, most: int | None = None) -> bytes:
        while block := self._file.read(most or _BLOCK):
            text = self._with_single_ends(self._decoded(block))
            if text:
                return text
        rest, self._held = self._held + self._decoded(b""), b""
        return rest

    def _decoded(self, block: bytes) -> bytes:
        """Decode a block; the empty one is the last."""
        return block if self._decoder is None else self._decoder.decode(block, final=not block).encode()

    def _with_single_ends(self, text: bytes) -> bytes:
        """Make one line end of each doubled one, if the file has such; what may go on is held back."""
        if not self._has_doubled_ends:
            return text
        text = self._held + text
        whole = text.rstrip(b"\r")
        self._held = text[len(whole) :]
        return whole.replace(_DOUBLED_END, b"\r\n")

    def _skip(self, count: int) -> None:
        while count:
            dropped = min(count, len(self._ready))
            self._ready, count = self._ready[dropped:], count - dropped
            if count:
                self._ready = self._next()
                count = count if self._ready else 0


class WatchedStream(io.RawIOBase):
    """A stream whose every line was looked at before it is handed on; raises LinesAreNoRows instead."""

    def __init__(self, stream: Utf8Stream, watch: Watch) -> None:
        super().__init__()
        self._stream, self._watch = stream, watch

    def readable(self) -> bool:
        """Streams are read."""
        return True

    def readinto(self, target: Any) -> int:
        """Fill a buffer as far as there is text."""
        filled = self._stream.readinto(target)
        self._watch.take(bytes(memoryview(target)[:filled]), is_last=not filled)
        return filled

    def close(self) -> None:
        """Close what lies below."""
        self._stream.close()
        super().close()


def _is_utf8(encoding: str) -> bool:
    return encoding in {"utf-8", "utf-8-sig"}

"""Which of the encodings people's programs write a text file is in.

Invariants: a byte order mark decides; without one the whole file is tried as UTF-8, then as UTF-16 where the
zero bytes leave no doubt; what remains is one byte a letter, and the letters decide which. UTF-8 with a few
broken bytes is refused, for it would come out as nonsense. An answer holds for every byte of the file.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from node.adapters.durable import named_refusals
from node.adapters.reading_letters import CANDIDATES, ranked
from node.errors import Invalid

_READ_BYTES = 1 << 20
_SAMPLE_BYTES = 1 << 18
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_WIDE = ("utf-16-le", "utf-16-be")
_REPLACED = "\N{REPLACEMENT CHARACTER}"
_ASCII = bytes(range(128))
# at least this share of a text in UTF-16 are characters that tables are made of
_PLAIN_SHARE = 0.95
KNOWN = ("utf-8", "utf-8-sig", "utf-16", *_WIDE, *CANDIDATES)


@dataclass(slots=True)
class _Bytes:
    """What one walk over the bytes shows."""

    is_utf8: bool = True
    has_zero: bool = False
    high: set[int] = field(default_factory=set)
    sample: list[bytes] = field(default_factory=list)
    sampled: int = 0

    def take(self, block: bytes) -> None:
        self.has_zero = self.has_zero or b"\0" in block
        if block.isascii():
            return
        self.high.update(block.translate(None, _ASCII)) if len(self.high) < 128 else None  # noqa: PLR2004
        if self.sampled < _SAMPLE_BYTES:
            lines = [line for line in block.splitlines() if not line.isascii()]
            self.sample += lines
            self.sampled += sum(len(line) for line in lines)


def encodings_of(path: Path) -> tuple[str, ...]:
    """Give the encoding of a text file, then others that fit nearly as well; raises Invalid when none fits."""
    with named_refusals(path), path.open("rb") as handle:
        start = handle.read(_READ_BYTES)
    for mark, encoding in _MARKS:
        if start.startswith(mark):
            check_encoding(path, encoding)
            return (encoding,)
    seen = _walked(path)
    if seen.has_zero:
        return (_without_mark(path, start),)
    if seen.is_utf8:
        return ("utf-8",)
    if _is_broken_utf8(path):
        raise _not_text("Most of it is UTF-8, but some bytes are not.")
    fitting = [encoding for encoding in ranked(seen.sample) if _defines(encoding, seen.high)]
    if not fitting:
        raise _not_text("It is neither UTF-8 nor UTF-16 nor text in a known encoding of one byte a letter.")
    return tuple(fitting)


def check_known(encoding: str) -> None:
    """Raise Invalid for a name that is not one of the encodings that are read."""
    if encoding not in KNOWN:
        raise _not_text(f"{encoding[:40]} is no encoding that is read; the known ones: {', '.join(KNOWN)}.")


def check_encoding(path: Path, encoding: str) -> None:
    """Raise Invalid when a file is not text in this encoding from its first byte to its last."""
    check_known(encoding)
    try:
        # a null character is text to a decoder, but to nobody else
        is_text = all("\0" not in text for text in _decoded(path, encoding, "strict"))
    except UnicodeError:
        is_text = False
    if not is_text:
        raise _not_text(f"It begins as {encoding}, but not every byte after that is.")


def _walked(path: Path) -> _Bytes:
    """Look at every byte once: is all of it UTF-8, and if not, which bytes and lines are there?"""
    seen = _Bytes()
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    for block in _blocks(path):
        seen.take(block)
        if seen.is_utf8:
            seen.is_utf8 = _goes_on(decoder, block)
    return seen if not seen.is_utf8 or _goes_on(decoder, b"", final=True) else _not_utf8(seen)


def _not_utf8(seen: _Bytes) -> _Bytes:
    seen.is_utf8 = False
    return seen


def _goes_on(decoder: codecs.IncrementalDecoder, block: bytes, *, final: bool = False) -> bool:
    # most blocks of most files are plain ASCII, which costs nothing to tell
    if not final and block.isascii() and decoder.getstate()[0] == b"":
        return True
    try:
        decoder.decode(block, final=final)
    except UnicodeError:
        return False
    return True


def _without_mark(path: Path, start: bytes) -> str:
    """Give the byte order of UTF-16 that says nothing of itself; raises Invalid when there is any doubt."""
    even = start[: len(start) & ~1]
    fitting = [encoding for encoding in _WIDE if _reads_as_table(even, encoding)]
    if len(fitting) != 1:
        raise _not_text("It holds zero bytes, and is not UTF-16 text.")
    check_encoding(path, fitting[0])
    return fitting[0]


def _reads_as_table(content: bytes, encoding: str) -> bool:
    text = content.decode(encoding, "replace")
    ordinary = sum(
        character in "\t\r\n" or " " <= character <= "\u052f" or "\u2000" <= character <= "\u2122"
        for character in text
    )
    return "\n" in text.replace("\r", "\n") and ordinary >= _PLAIN_SHARE * len(text)


def _defines(encoding: str, high: set[int]) -> bool:
    try:
        bytes(sorted(high)).decode(encoding)
    except UnicodeError:
        return False
    return True


def _is_broken_utf8(path: Path) -> bool:
    """Say whether more characters outside ASCII are right than wrong; text of one byte a letter never is."""
    right = wrong = 0
    for text in _decoded(path, "utf-8", "replace"):
        replaced = text.count(_REPLACED)
        wrong += replaced
        right += sum(not character.isascii() for character in text) - replaced
    return right > wrong


def _decoded(path: Path, encoding: str, errors: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    for block in _blocks(path):
        yield decoder.decode(block)
    yield decoder.decode(b"", final=True)


def _blocks(path: Path) -> Iterator[bytes]:
    with named_refusals(path), path.open("rb") as handle:
        while block := handle.read(_READ_BYTES):
            yield block


def _not_text(detail: str) -> Invalid:
    return Invalid(
        "The file is not readable text",
        detail=detail,
        hint="Save it again as CSV UTF-8, or as an Excel workbook (.xlsx).",
    )

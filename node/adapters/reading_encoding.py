"""Which of the encodings people's programs write a text file is in.

Invariants: a byte order mark decides; without one the whole file is tried as UTF-8; Windows-1251 is what
remains, unless the file is UTF-8 with a few broken bytes, which would otherwise come out as nonsense.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from pathlib import Path

from node.adapters.durable import named_refusals
from node.errors import Invalid

_READ_BYTES = 1 << 20
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_REPLACED = "\N{REPLACEMENT CHARACTER}"


def encoding_of(path: Path) -> str:
    """Give "utf-8", "utf-8-sig", "utf-16" or "cp1251"; raises Invalid when the file is none of them."""
    with named_refusals(path), path.open("rb") as handle:
        start = handle.read(len(codecs.BOM_UTF8))
    for mark, encoding in _MARKS:
        if start.startswith(mark):
            if not _is_text(path, encoding):
                raise _not_text(f"It begins as {encoding}, but not every byte after that is.")
            return encoding
    if _is_text(path, "utf-8"):
        return "utf-8"
    if _is_broken_utf8(path):
        raise _not_text("Most of it is UTF-8, but some bytes are not.")
    if _is_text(path, "cp1251"):
        return "cp1251"
    raise _not_text("It is neither UTF-8 nor UTF-16 nor Windows-1251 text.")


def _is_text(path: Path, encoding: str) -> bool:
    try:
        # a null character is text to a decoder, but to nobody else
        return all("\0" not in text for text in _decoded(path, encoding, "strict"))
    except UnicodeError:
        return False


def _is_broken_utf8(path: Path) -> bool:
    """Say whether more characters outside ASCII are right than wrong; Windows-1251 text never is."""
    right = wrong = 0
    for text in _decoded(path, "utf-8", "replace"):
        replaced = text.count(_REPLACED)
        wrong += replaced
        right += sum(not character.isascii() for character in text) - replaced
    return right > wrong


def _decoded(path: Path, encoding: str, errors: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    with named_refusals(path), path.open("rb") as handle:
        while chunk := handle.read(_READ_BYTES):
            yield decoder.decode(chunk)
    yield decoder.decode(b"", final=True)


def _not_text(detail: str) -> Invalid:
    return Invalid(
        "The file is not readable text",
        detail=detail,
        hint="Save it again as CSV UTF-8, or as an Excel workbook (.xlsx).",
    )

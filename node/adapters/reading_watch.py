"""Looks at the bytes of a CSV before the parser does: is every quotation mark in its place?

In a regular file the quotation marks open and close in turn: an opening one follows a separator, a line end or
a closing one (a doubled mark); a closing one stands before a separator, a line end or an opening one.

Invariants: what passes has no mark out of place, so a parser that is lenient about them cannot shift a row; a
whole block is judged at once, never a byte in Python. (Blank lines the parser refuses by itself.)
"""

from __future__ import annotations

from typing import Any

import numpy as np

_QUOTE, _CR, _LF = ord('"'), ord("\r"), ord("\n")


class LinesAreNoRows(Exception):
    """From here on a row is not a line. `is_quoted`: only because a line break stands in quotation marks."""

    def __init__(self, *, is_quoted: bool) -> None:
        super().__init__("lines are no rows")
        self.is_quoted = is_quoted


class Watch:
    """One walk over a file. `allows_quoted_lines`: the parser is told that cells may hold line breaks."""

    def __init__(self, separator: str, *, allows_quoted_lines: bool) -> None:
        self._separator = ord(separator)
        self._allows_quoted_lines = allows_quoted_lines
        self._is_open = False
        # the last line as far as it has come: what stands beside its marks is not known yet
        self._carried = b""

    def take(self, block: bytes, *, is_last: bool) -> None:
        """Judge what is whole of the bytes so far; raises LinesAreNoRows."""
        is_plain = not self._is_open and b'"' not in block and b'"' not in self._carried
        if is_plain and not is_last:
            self._carried = block[_end_of_lines(block) :]
        elif not is_plain:
            seen = self._carried + block
            cut = len(seen) if is_last else _end_of_lines(seen)
            self._carried = seen[cut:]
            self._judge(np.frombuffer(seen[:cut], np.uint8), is_last=is_last)

    def _judge(self, octets: Any, *, is_last: bool) -> None:
        marks = np.flatnonzero(octets == _QUOTE)
        first = 1 if self._is_open else 0
        self._refuse_misplaced(octets, opening=marks[first::2], closing=marks[1 - first :: 2])
        ends = np.flatnonzero((octets == _LF) | (octets == _CR))
        is_inside = (np.searchsorted(marks, ends) + first) % 2 == 1
        if is_inside.any() and not self._allows_quoted_lines:
            raise LinesAreNoRows(is_quoted=True)
        self._is_open = (len(marks) + first) % 2 == 1
        if self._is_open and is_last:
            raise LinesAreNoRows(is_quoted=False)

    def _refuse_misplaced(self, octets: Any, *, opening: Any, closing: Any) -> None:
        """Look beside every mark; the bytes begin with a line and end with one, or with the file."""
        allowed = np.zeros(256, bool)
        allowed[[_QUOTE, _CR, _LF, self._separator]] = True
        before = octets[opening[opening > 0] - 1]
        after = octets[closing[closing < len(octets) - 1] + 1]
        if not allowed[before].all() or not allowed[after].all():
            raise LinesAreNoRows(is_quoted=False)


def _end_of_lines(text: bytes) -> int:
    """Give the place behind the last line end."""
    return 1 + max(text.rfind(b"\n"), text.rfind(b"\r"))

"""Where a table begins and ends in a sheet or a text: titles above, a header of one row or more, notes below.

Invariants: the same rows give the same answer; the row that names most columns of the structure is the header,
and without any such name the first row as wide as the table; a single word at the end is no footnote.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from node.adapters.reading_names import NameBook
from node.errors import Invalid

Rows = Sequence[Sequence[str]]
SEARCHED_ROWS = 60
_MAX_HEADER_ROWS = 10
_NUMBER = re.compile(r"[+-]?[\d\s.,]*\d[\d\s.,%]*")
_NOTE = re.compile(r"^\s*(?:[*\u2020\u2021\u00b9\u00b2\u00b3]|\[?\d{1,2}[\])])")


@dataclass(frozen=True, slots=True)
class Merge:
    """A rectangle of merged cells, from 0, both ends included; columns as the rows have them."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, slots=True)
class Header:
    """Rows first to last (from 0), and for every column what stands in them, from the top down."""

    first: int
    last: int
    parts: tuple[tuple[str, ...], ...]


def find_header(rows: Rows, book: NameBook, merges: Sequence[Merge] = ()) -> Header:
    """Find the header among the first rows; raises Invalid when there is none."""
    searched = rows[:SEARCHED_ROWS]
    spread = _spread(searched, merges)
    anchor = _anchor(spread, book)
    width = max((len(row) for row in searched), default=0)
    inner = [merge for merge in merges if not _is_title(merge, width)]
    first, last = _with_merged(anchor, inner, spread, book)
    first, last = _with_unmerged(spread, first, last, book)
    last = min(last, first + _MAX_HEADER_ROWS - 1, len(searched) - 1)
    parts = tuple(
        _parts([row[column] for row in spread[first : last + 1]]) for column in range(len(searched[last]))
    )
    return Header(first, last, parts)


def is_footnote(cells: Sequence[str], *, width: int, after_blank: bool) -> bool:
    """Say whether the last row of a file is words about the table instead of a row of it."""
    filled = [cell for cell in cells if cell.strip()]
    if width < 2 or len(filled) != 1 or not cells[0].strip():  # noqa: PLR2004 - a table of one column has none
        return False
    text = filled[0].strip()
    return after_blank or _NOTE.match(text) is not None or " " in text


def footnotes(rows: Rows, width: int) -> int:
    """Give how many of the last rows stand below the table, blank ones between them included."""
    count = noted = 0
    for row in reversed(rows):
        is_blank = not any(cell.strip() for cell in row)
        before = rows[len(rows) - count - 2] if len(rows) > count + 1 else row
        if is_blank:
            count += 1
        elif is_footnote(row, width=width, after_blank=not any(cell.strip() for cell in before)):
            count += 1
            noted = count
        else:
            break
    return noted


def _is_title(merge: Merge, width: int) -> bool:
    """A cell over the whole table names no column."""
    return merge.left == 0 and merge.right >= width - 1


def _anchor(rows: Rows, book: NameBook) -> int:
    matches = [book.matches(row) for row in rows]
    if max(matches, default=0) > 0:
        return matches.index(max(matches))
    widths = [sum(1 for cell in row if cell.strip()) for row in rows]
    above = _above_numbers(rows, widths)
    if above:
        return max(above, key=lambda number: widths[number])
    usual = Counter(width for width in widths if width > 1).most_common(1)
    for number, row in enumerate(rows):
        if usual and widths[number] >= min(usual[0][0], max(widths)):
            _refuse_numbers(row, number)
            return number
    raise no_header(1)


def _above_numbers(rows: Rows, widths: Sequence[int]) -> list[int]:
    """Give the rows of words that stand above the first row with a number in it."""
    words: list[int] = []
    for number, row in enumerate(rows):
        if widths[number] > 1 and any(_NUMBER.fullmatch(cell.strip()) for cell in row):
            return words
        if widths[number] > 1:
            words.append(number)
    return []


def _refuse_numbers(row: Sequence[str], number: int) -> None:
    """A first row that is nothing but numbers is the table's, and its columns have no names."""
    filled = [cell for cell in row if cell.strip()]
    if all(_NUMBER.fullmatch(cell.strip()) for cell in filled):
        raise no_header(number + 1)


def _spread(rows: Rows, merges: Sequence[Merge]) -> list[list[str]]:
    """Write the text of every merged rectangle into all its cells, and make all rows equally long."""
    width = max((len(row) for row in rows), default=0)
    spread = [[*row, *("" for _ in range(width - len(row)))] for row in rows]
    for merge in merges:
        if _is_title(merge, width):
            continue
        for number in range(merge.top, min(merge.bottom + 1, len(spread))):
            for column in range(merge.left, min(merge.right + 1, width)):
                spread[number][column] = (
                    rows[merge.top][merge.left] if merge.left < len(rows[merge.top]) else ""
                )
    return spread


def _with_merged(anchor: int, merges: Sequence[Merge], rows: Rows, book: NameBook) -> tuple[int, int]:
    """Give the rows that merged cells tie to the anchor: across it, right above it, and below a group's name."""
    first = last = anchor
    while True:
        tied = [(merge.top, _end(merge, rows, book)) for merge in merges if _touches(merge, first, last)]
        grown = min([first, *(top for top, _ in tied)]), max([last, *(end for _, end in tied)])
        if grown == (first, last):
            return grown
        first, last = grown
        if last - first >= _MAX_HEADER_ROWS:
            return anchor, anchor


def _touches(merge: Merge, first: int, last: int) -> bool:
    is_group_above = merge.bottom == first - 1 and merge.right > merge.left
    return is_group_above or (merge.top <= last and merge.bottom >= first)


def _end(merge: Merge, rows: Rows, book: NameBook) -> int:
    """Give the last row that a merged cell makes part of the header: a group's members stand one below."""
    below = merge.bottom + 1
    if merge.right == merge.left or below >= len(rows):
        return merge.bottom
    members = [cell.strip() for cell in rows[below][merge.left : merge.right + 1]]
    is_named = all(member and (not _NUMBER.fullmatch(member) or book.coded_by(member)) for member in members)
    return below if is_named else merge.bottom


def _with_unmerged(spread: list[list[str]], first: int, last: int, book: NameBook) -> tuple[int, int]:
    """Take in names of groups that stand over their first member only, in cells that nobody merged."""
    below = spread[last + 1] if last + 1 < len(spread) else []
    if below and _is_members(spread[last], below, book):
        _carry_on(spread[last], below)
        return first, last + 1
    if first > 0:
        filled = [cell for cell in spread[first - 1] if cell.strip()]
        if len(filled) > 1 and all(book.coded_by(cell) for cell in filled):
            _carry_on(spread[first - 1], spread[first])
            return first - 1, last
    return first, last


def _is_members(groups: Sequence[str], members: Sequence[str], book: NameBook) -> bool:
    """Say whether a row has names exactly where the row above has groups, and nothing below its columns."""
    named = [column for column, cell in enumerate(groups) if cell.strip() and book.concept(cell)]
    filled = [cell.strip() for cell in members if cell.strip()]
    if not named or len(filled) < 2 or any(members[column].strip() for column in named):  # noqa: PLR2004
        return False
    return all(not _NUMBER.fullmatch(cell) or book.coded_by(cell) for cell in filled)


def _carry_on(groups: list[str], members: Sequence[str]) -> None:
    """Write a group's name over all its members."""
    current = ""
    for column, cell in enumerate(groups):
        current = cell if cell.strip() else current
        if not cell.strip() and members[column].strip():
            groups[column] = current


def _parts(cells: Sequence[str]) -> tuple[str, ...]:
    parts: list[str] = []
    for cell in cells:
        text = " ".join(cell.split())
        if text and (not parts or parts[-1] != text):
            parts.append(text)
    return tuple(parts)


def no_header(row: int) -> Invalid:
    """Refuse a table without names."""
    return Invalid(
        "The file has no header",
        detail=f"Row {row} holds no column name.",
        hint="Put the column names of the template into the first row.",
        row=row,
    )

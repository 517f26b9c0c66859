"""How people write numbers: which mark is the decimal one, which separates thousands.

Invariants: a column's convention is decided from its cells together and never cell by cell; `1,234` alone
proves nothing and is said to be unsure; a cell that does not fit the convention stays as it is written.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import pyarrow as pa

from node.adapters.reading_layout import TYPED_PATTERN
from node.adapters.reading_shape import Cells, distinct, pc
from node.ports.reading import ColumnReading

# what people and programs put between thousands: space, no-break, figure, thin and narrow no-break space
_SPACES = r"[ \x{00a0}\x{2007}\x{2009}\x{202f}]"
_APOSTROPHES = r"['\x{2019}]"
_SIGN = r"^\s*[+-]?"
_PLAIN = r"^\s*[+-]?[0-9]+\s*$"
_THOUSANDS = {"": "", " ": _SPACES, "'": _APOSTROPHES, ",": ",", ".": r"\."}
_DECIMALS = {",": ",", ".": r"\."}


def _evidence() -> dict[str, str]:
    """Give, by what it proves, the form of a number that proves it; `mark` and `other` are . and , in turn."""
    forms = {
        "spaces": _SIGN + rf"[0-9]{{1,3}}({_SPACES}[0-9]{{3}})+([.,][0-9]+)?\s*$",
        "apostrophes": _SIGN + rf"[0-9]{{1,3}}({_APOSTROPHES}[0-9]{{3}})+([.,][0-9]+)?\s*$",
    }
    for name, mark, other in (("comma", ",", r"\."), ("point", r"\.", ",")):
        grouped = rf"[0-9]{{1,3}}(?:(?:{_SPACES}|{_APOSTROPHES}|{other})[0-9]{{3}})+{mark}[0-9]+"
        fraction = rf"[0-9]*{mark}(?:[0-9]{{1,2}}|[0-9]{{4,}})|(?:0|0[0-9]+|[0-9]{{4,}}|){mark}[0-9]{{3}}"
        forms[f"{name}_decimal"] = _SIGN + rf"(?:{grouped}|{fraction})\s*$"
        groups = rf"[0-9]{{1,3}}(?:{mark}[0-9]{{3}}){{2,}}|[0-9]{{1,3}}(?:{mark}[0-9]{{3}})+{other}[0-9]+"
        forms[f"{name}_thousands"] = _SIGN + rf"(?:{groups})\s*$"
        forms[f"{name}_unsure"] = _SIGN + rf"[1-9][0-9]{{0,2}}{mark}[0-9]{{3}}\s*$"
    return forms


_EVIDENCE = _evidence()
_LOOKS_LIKE_NUMBER = r"^\s*[+-]?[0-9][0-9.,]*\s*$|^\s*[+-]?[.,][0-9]+\s*$"


@dataclass(slots=True)
class NumberEvidence:
    """What the cells of one column prove, by form."""

    seen: set[str] = field(default_factory=set)

    def take(self, column: Cells) -> None:
        """Look at more cells of the column."""
        texts = column.cast(pa.string())
        other = texts.filter(pc.invert(pc.match_substring_regex(texts, rf"{_PLAIN}|{TYPED_PATTERN}")))
        if len(other) == 0:
            return
        different = distinct(other)
        self.seen |= {
            form
            for form, pattern in _EVIDENCE.items()
            if form not in self.seen and pc.any(pc.match_substring_regex(different, pattern)).as_py()
        }

    @property
    def decimal(self) -> str | None:
        """The decimal mark as far as the cells prove it; None without proof or with proof of both."""
        comma = bool(self.seen & {"comma_decimal", "point_thousands"})
        point = bool(self.seen & {"point_decimal", "comma_thousands"})
        return None if comma == point else ("," if comma else ".")

    @property
    def is_contradictory(self) -> bool:
        """True if the cells prove both marks, or both stand where neither proves anything."""
        comma = bool(self.seen & {"comma_decimal", "point_thousands"})
        point = bool(self.seen & {"point_decimal", "comma_thousands"})
        return (comma and point) or (
            {"comma_unsure", "point_unsure"} <= self.seen and not comma and not point
        )

    @property
    def is_unsure(self) -> bool:
        """True if the only marks are such as in `1,234`."""
        return self.decimal is None and bool(self.seen & {"comma_unsure", "point_unsure"})

    def decided(self, column: ColumnReading, usual: str | None, *, is_whole: bool) -> ColumnReading:
        """Give the column's reading; `usual` is the decimal mark on which the file's other columns agree."""
        if self.is_contradictory:
            # as it stands: the check names every cell with a comma, and a person decides about the rest
            return replace(column, decimal=".", thousands="", is_unsure=True)
        decimal = self.decimal or (usual if self.is_unsure else None)
        if decimal is None and self.is_unsure:
            mark = "," if "comma_unsure" in self.seen else "."
            return replace(column, decimal="." if mark == "," else ",", thousands=mark, is_unsure=True)
        if decimal is None:
            decimal = "." if is_whole else ""
        return replace(column, decimal=decimal, thousands=self._thousands(decimal))

    def _thousands(self, decimal: str) -> str:
        other = {",": "point", ".": "comma"}.get(decimal, "")
        if self.seen & {f"{other}_thousands", f"{other}_unsure"}:
            return {"point": ".", "comma": ","}[other]
        if "spaces" in self.seen:
            return " "
        return "'" if "apostrophes" in self.seen else ""


def usual_decimal(columns: Iterable[NumberEvidence]) -> str | None:
    """Give the decimal mark on which all columns that prove one agree."""
    proved = {column.decimal for column in columns if column.decimal is not None}
    return proved.pop() if len(proved) == 1 else None


def written_with_point(texts: Cells, column: ColumnReading) -> Cells:
    """Give numbers with a decimal point and nothing between thousands; other texts as they are."""
    if column.decimal == "." and not column.thousands:
        return texts
    between = _THOUSANDS[column.thousands]
    changed = pc.replace_substring_regex(texts, between, "") if between else texts
    changed = pc.replace_substring(changed, ",", ".") if column.decimal == "," else changed
    return pc.if_else(pc.match_substring_regex(texts, _form(column)), changed, texts)


def contradiction(texts: Cells, column: ColumnReading) -> int | None:
    """Give the place of the first cell that would be taken for another number than the convention says.

    Such a cell has a point where the comma is decimal, or any mark where a sample of the file showed none.
    """
    if column.decimal == "." or not _has_mark(texts):
        return None
    fits = pc.match_substring_regex(texts, _form(column))
    is_number = pc.match_substring_regex(texts, _LOOKS_LIKE_NUMBER)
    place = pc.index(pc.and_not(is_number, fits), value=True).as_py()
    return int(place) if place >= 0 else None


def _has_mark(texts: Cells) -> bool:
    """Say whether a mark of numbers stands anywhere in a column, without looking at single cells."""
    buffers = [chunk.buffers()[2] for chunk in texts.chunks if len(chunk)]
    return any(mark in buffer.to_pybytes() for buffer in buffers if buffer for mark in (b".", b","))


def _form(column: ColumnReading) -> str:
    """Give the pattern of numbers as a column writes them."""
    between = _THOUSANDS[column.thousands]
    whole = rf"[0-9]{{1,3}}(?:{between}[0-9]{{3}})+|[0-9]+" if between else "[0-9]+"
    fraction = rf"{_DECIMALS[column.decimal]}[0-9]+" if column.decimal else ""
    ending = rf"(?:(?:{whole})(?:{fraction})?|{fraction})" if fraction else f"(?:{whole})"
    return rf"{_SIGN}{ending}\s*$"

"""Exports of goAML's shape: reports become counts by year and kind; nothing else of a report is kept.

Invariants: of every report only its code and the year of its submission are looked at, everything about
persons, accounts and transactions is passed over; no document type, no entity and no address is followed;
a report that cannot be counted refuses the file, because a count that leaves some out is wrong.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat  # every declaration that could do harm is refused below

import pyarrow as pa

from node.adapters.durable import named_refusals
from node.adapters.reading_layout import Layout
from node.adapters.reading_limits import ReadingLimits
from node.adapters.reading_names import NameBook
from node.errors import Invalid, TooLarge

FORMAT = "goaml"
CONCEPTS = ("TIME_PERIOD", "REF_AREA", "CRIME_TYPE", "MEASURE", "REPORT_TYPE", "OBS_VALUE")
_SUSPICIOUS = {"STR", "SAR", "UTR"}
_THRESHOLD = {"TTR": "THRESHOLD", "CTR": "CASH", "EFT": "WIRE", "IFT": "WIRE", "WTR": "WIRE"}
_READ_BYTES = 1 << 16
_MOST_CHARACTERS = 64
_DAY = re.compile(r"((?:19|20)\d{2})-\d{2}-\d{2}")
_START = re.compile(r"<\?xml|<(?:\w+:)?(?:reports?|goaml)\b")
_WANTED = ("report_code", "submission_date")


def is_xml(start: bytes) -> bool:
    """Say whether a file begins as XML does."""
    codec = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}.get(start[:2], "utf-8")
    text = start.decode(codec, "ignore").lstrip("\ufeff \t\r\n").lower()
    return _START.match(text) is not None


def survey_goaml(path: Path, book: NameBook) -> Layout:
    """Give the columns that the counts have; raises Invalid when the table wanted is another one."""
    del path
    if any(book.column(concept) is None for concept in CONCEPTS):
        raise Invalid(
            "Reports in XML cannot be read as this table",
            detail=f"Their counts are figures about reports received, not {book.structure.id}.",
            hint="Choose the dataflow of reports received, or save the table as CSV or .xlsx.",
        )
    return Layout(FORMAT, header_first=1, header_last=1, parts=tuple((concept,) for concept in CONCEPTS))


def goaml_chunks(path: Path, limits: ReadingLimits) -> Iterator[pa.Table]:
    """Give one chunk of counts, by year and kind of report; the reporting state is for the node to say."""
    counts = _Reports(limits).counted(path)
    rows = [(year, None, "_T", *_kind_of(code), count) for (year, code), count in sorted(counts.items())]
    totals: Counter[tuple[str | None, ...]] = Counter()
    for *key, count in rows:
        totals[tuple(key)] += count
    keys = sorted(totals, key=str)
    columns = [pa.array([key[place] for key in keys], pa.string()) for place in range(len(CONCEPTS) - 1)]
    columns.append(pa.array([str(totals[key]) for key in keys], pa.string()))
    yield pa.table(columns, names=[str(place) for place in range(len(CONCEPTS))])


def _kind_of(code: str) -> tuple[str, str]:
    return ("N_STR", "_T") if code in _SUSPICIOUS else ("N_THR", _THRESHOLD[code])


@dataclass(slots=True)
class _Reports:
    """Counts the reports of one file; keeps the path of open elements and the two texts of the open report."""

    limits: ReadingLimits
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    path: list[str] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    number: int = 0

    def counted(self, path: Path) -> Counter[tuple[str, str]]:
        """Walk through the file; raises Invalid or TooLarge."""
        parser = expat.ParserCreate()
        parser.StartElementHandler, parser.EndElementHandler = self._begin, self._end
        parser.CharacterDataHandler = self._take
        parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = _refuse_declaration
        parser.ExternalEntityRefHandler = _refuse_declaration
        size = 0
        try:
            with named_refusals(path), path.open("rb") as handle:
                while block := handle.read(_READ_BYTES):
                    size += len(block)
                    self._check_size(size)
                    parser.Parse(block, False)  # noqa: FBT003 - the parser's own signature
            parser.Parse(b"", True)  # noqa: FBT003 - as above
        except (expat.ExpatError, LookupError, ValueError) as error:
            raise _unknown(f"It is no well-formed XML: {str(error)[:100]}.") from error
        if not self.counts:
            raise _unknown("No report stands in it.")
        return self.counts

    def _check_size(self, size: int) -> None:
        if size > self.limits.max_xml_bytes:
            raise TooLarge(
                "The file is too large",
                detail=f"At most {self.limits.max_xml_bytes} bytes of XML are read.",
                hint="Split the export by period.",
            )

    def _begin(self, tag: str, attributes: dict[str, str]) -> None:
        del attributes
        self.path.append(tag.rpartition(":")[2].lower())
        if len(self.path) > self.limits.max_xml_depth:
            raise _unknown(f"Elements stand more than {self.limits.max_xml_depth} levels deep.")
        if self._is_report():
            self.texts = {}
            self.number += 1
        elif len(self.path) == 2 and self.path[0] != "report":  # noqa: PLR2004 - a list's members
            raise _unknown(f"The element {self.path[-1][:40]!r} stands where a report should.")

    def _take(self, text: str) -> None:
        if self.path[-1] in _WANTED and len(self.path) > 1 and self._is_report(self.path[:-1]):
            self.texts[self.path[-1]] = (self.texts.get(self.path[-1], "") + text)[:_MOST_CHARACTERS]

    def _end(self, tag: str) -> None:
        del tag
        if self._is_report():
            self._count()
        self.path.pop()

    def _is_report(self, path: list[str] | None = None) -> bool:
        """A report is the whole document, or a member of a list of reports."""
        path = self.path if path is None else path
        return path == ["report"] or (len(path) == 2 and path[1] == "report" and path[0] != "report")  # noqa: PLR2004

    def _count(self) -> None:
        code = self.texts.get("report_code", "").strip().upper()
        day = _DAY.match(self.texts.get("submission_date", "").strip())
        if day is None:
            raise _unknown(f"Report {self.number} has no submission date.")
        if code not in _SUSPICIOUS and code not in _THRESHOLD:
            raise _unknown(f"Report {self.number} has the code {code[:20]!r}, which is not counted here.")
        self.counts[day.group(1), code] += 1


def _refuse_declaration(*declared: object) -> int:
    del declared
    raise _unknown("It declares a document type or entities, which are not read.")


def _unknown(detail: str) -> Invalid:
    return Invalid(
        "The XML file is not read",
        detail=detail,
        hint="Export the reports as goAML XML, or upload their counts as CSV or .xlsx.",
    )

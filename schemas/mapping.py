"""Maps from a member's own codes to the shared ones.

Invariants: a relation is one of SKOS's and says how far two codes have the same extension; weights are exact
rationals; a map has a version, a validity, two people who stand for it, and a digest over all of that. A map
may be wrong (`schemas.mapping_check` says how); what cannot be read at all is refused in `schemas.maps`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import Any

from schemas.canonical import canonical_json
from schemas.codelist import Code, Codelist
from schemas.digest import sha256_hex
from schemas.errors import InvalidDefinition

DRAFT = "draft"
_VERSION = re.compile(r"(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})")


class Relation(StrEnum):
    """What the shared code is to the national one; the value is its written form."""

    EXACT = "exact"
    BROAD = "broad"
    NARROW = "narrow"
    CLOSE = "close"
    RELATED = "related"
    NONE = "none"

    @property
    def skos(self) -> str:
        """The name of the mapping property in SKOS; empty where nothing corresponds."""
        return "" if self is Relation.NONE else f"{self.value}Match"

    @property
    def transfers_all(self) -> bool:
        """True if the whole quantity of the national code belongs to the shared one."""
        return self in {Relation.EXACT, Relation.BROAD, Relation.CLOSE}


@dataclass(frozen=True, slots=True)
class MapEntry:
    """One line of a map: `shared` is what `relation` says to `national`; None where nothing corresponds.

    weight: the documented share of the quantity (narrow only). source: the norm or document. valid_from and
    valid_to: of the national code. row: the line of the file, for messages; it is no part of the map.
    """

    national: str
    relation: Relation
    shared: str | None = None
    weight: Fraction | None = None
    labels: Mapping[str, str] = field(default_factory=dict, hash=False)
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    source: str = ""
    note: str = ""
    row: int | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class CodeMap:
    """A map with its header. `verified`: checked by the member against its own law, and not only by us."""

    id: str
    version: str
    area: str
    national_list: str
    shared_list: str
    shared_version: str
    entries: tuple[MapEntry, ...]
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    proposed_by: str = ""
    second_coder: str = ""
    approved_by: str = DRAFT
    approved_at: dt.date | None = None
    verified: bool = False
    source: str = ""
    labels: Mapping[str, str] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        if _VERSION.fullmatch(self.version) is None:
            raise InvalidDefinition(
                "The version of a map is not of the form 1.0.0.",
                detail=f"{self.id}: {self.version!r}.",
                hint="Write three numbers: a change of meaning raises the first, a new code the second.",
                context={"map": self.id, "version": self.version},
            )
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise InvalidDefinition("A map ends before it begins.", context={"map": self.id})

    def __iter__(self) -> Iterator[MapEntry]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    @property
    def version_key(self) -> tuple[int, ...]:
        """The version as numbers, for ordering."""
        return tuple(int(part) for part in self.version.split("."))

    @property
    def is_approved(self) -> bool:
        """True if a named person, who is not the one who proposed it, approved the map on a day."""
        named = self.approved_by not in {"", DRAFT, self.proposed_by}
        return named and self.approved_at is not None

    @property
    def by_national(self) -> dict[str, tuple[MapEntry, ...]]:
        """The entries of each national code, in the order of the map."""
        grouped: dict[str, list[MapEntry]] = {}
        for entry in self.entries:
            grouped.setdefault(entry.national, []).append(entry)
        return {national: tuple(entries) for national, entries in grouped.items()}

    @property
    def digest(self) -> str:
        """The digest of header and entries: what an approver approves."""
        return sha256_hex(canonical_json(self.to_document()))

    def is_valid_on(self, day: dt.date) -> bool:
        """True if `day` lies within the map's validity."""
        begun = self.valid_from is None or self.valid_from <= day
        return begun and (self.valid_to is None or day <= self.valid_to)

    def national_codes(self) -> Codelist:
        """Return the national codes that the map names, as a code list of the member."""
        codes = tuple(
            Code(national, entries[0].labels, None, entries[0].valid_from, entries[0].valid_to)
            for national, entries in self.by_national.items()
        )
        return Codelist(self.area, self.national_list, self.version, codes, self.labels)

    def to_document(self) -> dict[str, Any]:
        """Return the map as plain JSON values; the order of its lines does not matter."""
        return {
            "id": self.id,
            "version": self.version,
            "area": self.area,
            "national_list": self.national_list,
            "shared_list": self.shared_list,
            "shared_version": self.shared_version,
            "valid_from": _day(self.valid_from),
            "valid_to": _day(self.valid_to),
            "proposed_by": self.proposed_by,
            "second_coder": self.second_coder,
            "approved_by": self.approved_by,
            "approved_at": _day(self.approved_at),
            "verified": self.verified,
            "source": self.source,
            "labels": dict(self.labels),
            "entries": [_entry_document(entry) for entry in sorted(self.entries, key=_place)],
        }


def _place(entry: MapEntry) -> tuple[str, str, str]:
    return entry.national, entry.shared or "", entry.relation.value


def _entry_document(entry: MapEntry) -> dict[str, Any]:
    return {
        "national": entry.national,
        "relation": entry.relation.value,
        "shared": entry.shared,
        "weight": None if entry.weight is None else str(entry.weight),
        "labels": dict(entry.labels),
        "valid_from": _day(entry.valid_from),
        "valid_to": _day(entry.valid_to),
        "source": entry.source,
        "note": entry.note,
    }


def _day(day: dt.date | None) -> str | None:
    return None if day is None else day.isoformat()

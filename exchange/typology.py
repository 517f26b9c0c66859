"""Typologies: a member describes how money is laundered, version by version, to those it names.

* A record is one version as its originator's people reviewed it. The last record of a typology in its originator's
  log is what stands; those before it are its history, and a retired typology is still readable as what it was.
* It changes no figure: nothing is computed from it.
* Fields it does not know are kept.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from exchange.errors import Refused
from exchange.jsondoc import Fields, has_major_of, moment_text, parse_json
from exchange.limits import MAX_TYPOLOGY_LINE_CHARACTERS, Limits
from exchange.manifest import MEMBER_CODE, Handling
from exchange.typology_wording import Description
from schemas.canonical import canonical_json

VERSION = "1.0"
TYPOLOGY_ID = re.compile(
    r"(?P<originator>[A-Z][A-Z0-9]{1,7})-(?P<year>(?:19|20)[0-9]{2})-(?P<number>[0-9]{3})"
)
MOST_VERSIONS = 999
_KNOWN = frozenset(
    {
        *("version", "originator", "audience", "handling", "typology", "number", "status", "reason"),
        *("codelists", "codes", "original", "texts", "sources", "written_at", "created_at"),
    }
)


class TypologyStatus(StrEnum):
    """Where a typology stands as others see it; the words are those of CL_TYPOLOGY_STATUS."""

    SHARED = "SHARED"
    RETIRED = "RETIRED"


@dataclass(frozen=True, slots=True)
class Typology:
    """The payload of a typology record.

    typology: `KZ-2026-001`, the originator's code, a year and a number; it never means another one. number: of the
    version, from 1. reason: why it was retired, None for one that is not. codelists: versions of the lists that the
    codes are of. written_at: when this version was written; created_at: this record.

    Raises:
        ValueError: a rule above is broken, or a moment is not in UTC.
    """

    originator: str
    audience: tuple[str, ...]
    handling: Handling
    typology: str
    number: int
    status: TypologyStatus
    description: Description
    codelists: Mapping[str, str]
    written_at: datetime
    created_at: datetime
    reason: str | None = None
    version: str = VERSION
    extra: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not all(MEMBER_CODE.fullmatch(code) for code in (self.originator, *self.audience)):
            raise ValueError("a typology names members by their codes")
        if list(self.audience) != sorted(set(self.audience)):
            raise ValueError("the audience of a typology is sorted and distinct")
        named = TYPOLOGY_ID.fullmatch(self.typology)
        if named is None or named["originator"] != self.originator:
            raise ValueError(f"{self.typology[:40]!r} is no typology of {self.originator}")
        if not 1 <= self.number <= MOST_VERSIONS:
            raise ValueError(f"a version of a typology has a number from 1 to {MOST_VERSIONS}")
        self._check_reason()
        if not has_major_of(self.version, VERSION):
            raise ValueError(f"a typology of version {self.version!r} is not known here")
        for at in (self.written_at, self.created_at):
            moment_text(at)
        if _KNOWN.intersection(self.extra):
            raise ValueError("an extra field of a typology has the name of a known one")

    def _check_reason(self) -> None:
        if (self.reason is not None) is not (self.status is TypologyStatus.RETIRED):
            raise ValueError("a typology has a reason where it is retired, and nowhere else")
        if self.reason is not None and not 1 <= len(self.reason) <= MAX_TYPOLOGY_LINE_CHARACTERS:
            raise ValueError(f"the reason of a typology has 1 to {MAX_TYPOLOGY_LINE_CHARACTERS} characters")

    def to_bytes(self) -> bytes:
        """Return the canonical JSON that is signed; fractions of a second are dropped."""
        return canonical_json(
            {
                **self.extra,
                "version": self.version,
                "originator": self.originator,
                "audience": list(self.audience),
                "handling": self.handling.to_document(),
                "typology": self.typology,
                "number": self.number,
                "status": self.status.value,
                "reason": self.reason,
                "codelists": dict(self.codelists),
                **self.description.to_document(),
                "written_at": moment_text(self.written_at),
                "created_at": moment_text(self.created_at),
            }
        )

    @classmethod
    def from_bytes(cls, data: bytes, limits: Limits) -> Typology:
        """Return the typology in a payload.

        Raises:
            Refused: `typology_malformed`, `version_unknown` for another major version, or a name of `parse_json` or
                `Fields`.
        """
        document = parse_json(data, max_bytes=limits.max_record_bytes, max_depth=limits.max_json_depth)
        read = Fields(document, "typology")
        version = read.version("version", VERSION)
        lists = read.fields("codelists")
        try:
            return cls(
                originator=read.text("originator"),
                audience=read.texts("audience"),
                handling=Handling.from_fields(read.fields("handling")),
                typology=read.text("typology"),
                number=read.integer("number"),
                status=TypologyStatus(read.text("status")),
                description=Description.from_fields(read),
                codelists={name: lists.text(name) for name in read.mapping("codelists")},
                written_at=read.moment("written_at"),
                created_at=read.moment("created_at"),
                reason=read.optional_text("reason"),
                version=version,
                extra=read.rest(_KNOWN),
            )
        except ValueError as error:
            raise Refused(
                "typology_malformed", title="A typology cannot be read", detail=str(error)
            ) from None

"""Receipts: what became of a member's records at somebody else's node, said by that node in its own log.

* A receipt goes to the originator alone, and speaks only of what the originator sent to its writer.
* It answers releases, retractions, notices and typologies, never attestations or receipts: no answer is answered.
* Who refused something says by which error name, so that both sides see the same word. Fields it does not know
  are kept.
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
from exchange.limits import MAX_RECEIPT_ENTRIES, MAX_RECOMPUTED, Limits
from exchange.manifest import MEMBER_CODE
from schemas.canonical import canonical_json
from schemas.digest import is_digest

VERSION = "1.0"
_REASON = re.compile(r"[a-z][a-z0-9_]{0,99}")
_KNOWN = frozenset({"version", "member", "originator", "at", "entries"})
_KNOWN_OF_ENTRY = frozenset({"log_index", "subject", "kind", "outcome", "reason", "recomputed"})


class Subject(StrEnum):
    """What kind of record an entry of a receipt is about."""

    RELEASE = "release"
    RETRACTION = "retraction"
    NOTICE = "notice"
    TYPOLOGY = "typology"
    UNKNOWN = "unknown"  # it could not be read so far


class Outcome(StrEnum):
    """What became of it."""

    IMPORTED = "imported"
    REFUSED = "refused"
    APPLIED = "applied"
    NOT_APPLIED = "not_applied"


_POSSIBLE = {
    Subject.RELEASE: frozenset({Outcome.IMPORTED, Outcome.REFUSED}),
    Subject.RETRACTION: frozenset({Outcome.APPLIED, Outcome.NOT_APPLIED}),
    Subject.NOTICE: frozenset({Outcome.IMPORTED, Outcome.REFUSED}),
    Subject.TYPOLOGY: frozenset({Outcome.IMPORTED, Outcome.REFUSED}),
    Subject.UNKNOWN: frozenset({Outcome.REFUSED}),
}
_FAILED = frozenset({Outcome.REFUSED, Outcome.NOT_APPLIED})


@dataclass(frozen=True, slots=True)
class ReceiptEntry:
    """What became of the record at `log_index` of the originator's log.

    subject: digest of the record's payload, None where it could not be read. reason: an error name of the protocol
    or of the receiving node, where it failed. recomputed: digests of the results computed anew without a retracted
    bundle, sorted and distinct.

    Raises:
        ValueError: a rule above is broken, or the outcome is not one of this kind of record.
    """

    log_index: int
    subject: str | None
    kind: Subject
    outcome: Outcome
    reason: str | None = None
    recomputed: tuple[str, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.log_index < 0 or not (self.subject is None or is_digest(self.subject)):
            raise ValueError("an entry names a record by its index and the digest of its payload")
        if (self.subject is None) is not (self.kind is Subject.UNKNOWN):
            raise ValueError("an entry says what its record is, or that it could not be read")
        if self.outcome not in _POSSIBLE[self.kind]:
            raise ValueError(f"a {self.kind} is never {self.outcome}")
        if (self.reason is not None) is not (self.outcome in _FAILED):
            raise ValueError("an entry has a reason where something failed, and nowhere else")
        if self.reason is not None and not _REASON.fullmatch(self.reason):
            raise ValueError("the reason of an entry is the name of an error")
        self._check_recomputed()
        if _KNOWN_OF_ENTRY.intersection(self.extra):
            raise ValueError("an extra field of an entry has the name of a known one")

    def _check_recomputed(self) -> None:
        if self.recomputed and self.outcome is not Outcome.APPLIED:
            raise ValueError("only a retraction that was applied leads to new results")
        if list(self.recomputed) != sorted(set(self.recomputed)) or not all(map(is_digest, self.recomputed)):
            raise ValueError("the results of an entry are sha256 digests, sorted and distinct")
        if len(self.recomputed) > MAX_RECOMPUTED:
            raise ValueError(f"an entry names at most {MAX_RECOMPUTED} results")

    def to_document(self) -> dict[str, Any]:
        """Return the object that stands in a receipt."""
        return {
            **self.extra,
            "log_index": self.log_index,
            "subject": self.subject,
            "kind": self.kind.value,
            "outcome": self.outcome.value,
            "reason": self.reason,
            "recomputed": list(self.recomputed),
        }

    @classmethod
    def from_fields(cls, read: Fields) -> ReceiptEntry:
        """Return the entry written in a receipt.

        Raises:
            Refused: a name of `Fields`. ValueError: a rule of the entry is broken.
        """
        return cls(
            log_index=read.integer("log_index"),
            subject=read.optional_text("subject"),
            kind=Subject(read.text("kind")),
            outcome=Outcome(read.text("outcome")),
            reason=read.optional_text("reason"),
            recomputed=read.texts("recomputed"),
            extra=read.rest(_KNOWN_OF_ENTRY),
        )


@dataclass(frozen=True, slots=True)
class Receipt:
    """The payload of a receipt record. entries: ascending by index, each index once, 1 to MAX_RECEIPT_ENTRIES.

    Raises:
        ValueError: a rule above is broken, a member answers itself, or `at` is not in UTC.
    """

    member: str
    originator: str
    at: datetime
    entries: tuple[ReceiptEntry, ...]
    version: str = VERSION
    extra: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not all(MEMBER_CODE.fullmatch(code) for code in (self.member, self.originator)):
            raise ValueError("a receipt names members by their codes")
        if self.member == self.originator:
            raise ValueError("a receipt is about records of somebody else")
        indices = [entry.log_index for entry in self.entries]
        if indices != sorted(set(indices)):
            raise ValueError("the entries of a receipt ascend, and each record has one")
        if not 1 <= len(self.entries) <= MAX_RECEIPT_ENTRIES:
            raise ValueError(f"a receipt has 1 to {MAX_RECEIPT_ENTRIES} entries")
        if not has_major_of(self.version, VERSION):
            raise ValueError(f"a receipt of version {self.version!r} is not known here")
        moment_text(self.at)
        if _KNOWN.intersection(self.extra):
            raise ValueError("an extra field of a receipt has the name of a known one")

    def to_bytes(self) -> bytes:
        """Return the canonical JSON that is signed; fractions of a second are dropped."""
        return canonical_json(
            {
                **self.extra,
                "version": self.version,
                "member": self.member,
                "originator": self.originator,
                "at": moment_text(self.at),
                "entries": [entry.to_document() for entry in self.entries],
            }
        )

    @classmethod
    def from_bytes(cls, data: bytes, limits: Limits) -> Receipt:
        """Return the receipt in a payload.

        Raises:
            Refused: `receipt_malformed`, `version_unknown` for another major version, or a name of `parse_json`
                or `Fields`.
        """
        document = parse_json(data, max_bytes=limits.max_record_bytes, max_depth=limits.max_json_depth)
        read = Fields(document, "receipt")
        version = read.version("version", VERSION)
        written = read.list_of_fields("entries")
        try:
            return cls(
                member=read.text("member"),
                originator=read.text("originator"),
                at=read.moment("at"),
                # one more than allowed is enough to be refused
                entries=tuple(map(ReceiptEntry.from_fields, written[: MAX_RECEIPT_ENTRIES + 1])),
                version=version,
                extra=read.rest(_KNOWN),
            )
        except ValueError as error:
            raise Refused("receipt_malformed", title="A receipt cannot be read", detail=str(error)) from None

"""What the gate can find, and how a finding is told.

Invariants: every kind has one rule with a message in every language; a kind that no person may clear stays
so whoever asks; an excerpt never holds the whole value, but of a marking, which is a phrase of our own list.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What was found; the order is the order in which one place with two readings is told."""

    MARKING = "marking"
    EMAIL = "email"
    WALLET = "wallet"
    BANK_ACCOUNT = "bank_account"
    CARD = "card"
    NATIONAL_NUMBER = "national_number"
    DOCUMENT = "document"
    PHONE = "phone"
    BIRTH_DATE = "birth_date"
    PERSON_NAME = "person_name"
    ADDRESS = "address"
    IDENTIFIER_COLUMN = "identifier_column"
    UNSCANNED = "unscanned"

    @property
    def rule(self) -> str:
        """The rule whose message says what this is."""
        return f"content.{self.value}"

    @property
    def clearable(self) -> bool:
        """True if a person with the role may let it pass: never a secret, never what nobody looked through."""
        return self not in NEVER_CLEARED


NEVER_CLEARED = frozenset({Kind.MARKING, Kind.UNSCANNED})


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place in a plain text that reads as something; `scheme` says as which, for example `kz.iin`."""

    kind: Kind
    scheme: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding in one text: the span in the text as it was written, and the masked excerpt."""

    kind: Kind
    scheme: str
    start: int
    end: int
    excerpt: str

    @property
    def rule(self) -> str:
        """The rule whose message says what this is."""
        return self.kind.rule


@dataclass(frozen=True, slots=True)
class Hit:
    """One finding at its place in a table.

    row: the position from 0; None if the whole column is meant. text_digest: of the whole cell without the
    spaces around it, so that a clearance holds for the text it was given for and for no other. A digest of a
    short text can be guessed: it is not shown and does not leave the node.
    """

    kind: Kind
    scheme: str
    row: int | None
    column: str
    start: int
    end: int
    excerpt: str
    text_digest: str

    @property
    def rule(self) -> str:
        """The rule whose message says what this is."""
        return self.kind.rule


@dataclass(frozen=True, slots=True)
class ScanReport:
    """The first hits by row, column and place; `totals` counts all of them by kind."""

    hits: tuple[Hit, ...]
    totals: Mapping[Kind, int]

    @property
    def total(self) -> int:
        """How many hits there are, listed or not."""
        return sum(self.totals.values())

    @property
    def is_complete(self) -> bool:
        """True if every hit is listed; only then can all of them be cleared."""
        return self.total == len(self.hits)

"""The register of typologies as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self

from pydantic import Field

from exchange.limits import (
    MAX_TEXT_CHARACTERS,
    MAX_TYPOLOGY_CODES,
    MAX_TYPOLOGY_FACETS,
    MAX_TYPOLOGY_LINE_CHARACTERS,
    MAX_TYPOLOGY_LINES,
    MAX_TYPOLOGY_TITLE_CHARACTERS,
)
from exchange.typology import MOST_VERSIONS
from exchange.typology_wording import Description
from node.api.models import Sent, Written
from node.services.typology_draft import Draft, DraftWording
from node.services.views.register import Line
from node.services.views.register_entry import EntryPage, VersionLine

MOST_MEMBERS = 64
Text = Annotated[str, Field(max_length=MAX_TEXT_CHARACTERS)]
Sentence = Annotated[str, Field(max_length=MAX_TYPOLOGY_LINE_CHARACTERS)]
Sentences = Annotated[list[Sentence], Field(max_length=MAX_TYPOLOGY_LINES)]
Code = Annotated[str, Field(max_length=32)]
Codes = Annotated[list[Code], Field(max_length=MAX_TYPOLOGY_CODES)]
VersionNumber = Annotated[int, Field(ge=1, le=MOST_VERSIONS)]


class SentWording(Sent):
    """A typology in one language; warning signs and measures are a line each."""

    title: Annotated[str, Field(max_length=MAX_TYPOLOGY_TITLE_CHARACTERS)]
    description: Text
    warning_signs: Sentences = Field(default_factory=list)
    measures: Sentences = Field(default_factory=list)


class SentDescription(Sent):
    """What is said of a typology: codes by facet, texts by language, and the language of the original."""

    codes: Annotated[dict[Code, Codes], Field(max_length=MAX_TYPOLOGY_FACETS)]
    original: Annotated[str, Field(max_length=8)]
    texts: Annotated[dict[Annotated[str, Field(max_length=8)], SentWording], Field(max_length=16)]
    sources: Sentences = Field(default_factory=list)

    def draft(self) -> Draft:
        """Give what the register checks."""
        texts = {
            language: DraftWording(one.title, one.description, tuple(one.warning_signs), tuple(one.measures))
            for language, one in self.texts.items()
        }
        codes = {facet: tuple(codes) for facet, codes in self.codes.items()}
        return Draft(codes, self.original, texts, tuple(self.sources))


class SentVersion(Sent):
    """A new version. `based_on`: the version that was edited, which must be the newest still."""

    based_on: VersionNumber
    change: Sentence
    description: SentDescription


class NamedVersion(Sent):
    """The version that a step is taken from; it must be the newest."""

    number: VersionNumber


class SharedVersion(NamedVersion):
    """The version that is shared, and the members that are to receive it; who has an earlier one receives it too."""

    audience: Annotated[list[Annotated[str, Field(max_length=8)]], Field(max_length=MOST_MEMBERS)]


class RetiredReason(Sent):
    """Why a typology is taken out of use; it goes to all who have it."""

    reason: Sentence


class WordingLine(Written):
    """A typology in one language."""

    title: str
    description: str
    warning_signs: list[str]
    measures: list[str]


class DescriptionLine(Written):
    """What is said of a typology. has_new_technology: a new technology is named."""

    codes: dict[str, list[str]]
    has_new_technology: bool
    original: str
    texts: dict[str, WordingLine]
    sources: list[str]

    @classmethod
    def of(cls, description: Description) -> Self:
        """Describe it."""
        return cls(
            codes={facet: list(codes) for facet, codes in description.codes.items()},
            has_new_technology=description.has_new_technology,
            original=description.original,
            texts={
                language: WordingLine(
                    title=one.title,
                    description=one.description,
                    warning_signs=list(one.warning_signs),
                    measures=list(one.measures),
                )
                for language, one in description.texts.items()
            },
            sources=list(description.sources),
        )


class TypologyLine(Written):
    """A typology in the list; titles by language."""

    typology: str
    originator: str
    status: str
    number: int
    codes: dict[str, list[str]]
    original: str
    titles: dict[str, str]
    written_at: datetime

    @classmethod
    def of(cls, line: Line) -> Self:
        """Describe a line of the register."""
        said = line.description
        return cls(
            typology=line.typology,
            originator=line.originator,
            status=line.status,
            number=line.number,
            codes={facet: list(codes) for facet, codes in said.codes.items()},
            original=said.original,
            titles={language: one.title for language, one in said.texts.items()},
            written_at=line.at,
        )


class TypologyVersion(Written):
    """A version of a typology. Of another member's nobody's name is known here, and `author` and the like are empty."""

    number: int
    status: str
    change: str
    author: str
    written_at: datetime
    reviewed_by: str
    reviewed_at: datetime | None
    shared_by: str
    shared_at: datetime | None
    description: DescriptionLine

    @classmethod
    def of(cls, one: VersionLine) -> Self:
        """Describe a version."""
        return cls(
            number=one.number,
            status=one.status,
            change=one.change,
            author=one.author,
            written_at=one.at,
            reviewed_by=one.reviewed_by,
            reviewed_at=one.reviewed_at,
            shared_by=one.shared_by,
            shared_at=one.shared_at,
            description=DescriptionLine.of(one.description),
        )


class HolderLine(Written):
    """A member that a typology was sent to, and what its receipt says of the newest record."""

    member: str
    number: int
    outcome: str | None
    said_at: datetime | None


class TypologyEntry(Written):
    """A typology with its newest version. log_index, digest: of the record that others have of it, or gave us."""

    typology: str
    originator: str
    status: str
    retired_reason: str | None
    retired_at: datetime | None
    log_index: int | None
    digest: str | None
    audience: list[str]
    holders: list[HolderLine]
    newest: TypologyVersion

    @classmethod
    def of(cls, page: EntryPage) -> Self:
        """Describe an entry."""
        record, retirement = page.record, page.retirement
        return cls(
            typology=page.typology,
            originator=page.originator,
            status=page.status,
            retired_reason=retirement.reason if retirement else None,
            retired_at=retirement.at if retirement else None,
            log_index=record.log_index if record else None,
            digest=record.digest if record else None,
            audience=list(record.typology.audience) if record else [],
            holders=[
                HolderLine(member=one.code, number=one.number, outcome=one.outcome, said_at=one.said_at)
                for one in page.holders
            ],
            newest=TypologyVersion.of(page.newest),
        )

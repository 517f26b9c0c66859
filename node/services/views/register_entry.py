"""One typology of the register: its versions, what two of them differ in, who has it, and what may be done next.

Invariants: of another member's typology nothing is offered but reading; a difference is shown line by line, and a
version that is no longer the newest stays readable.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from exchange.receipt import Outcome
from exchange.typology import Typology
from exchange.typology_wording import FACETS, METHOD, Description, Wording
from node.errors import NotFound
from node.ports.typologies import EntryStatus, HeldTypology, OwnEntry, Retirement
from node.services.context import Context
from node.services.views.register import standing, status_of, within


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One version. author, reviewed_by, shared_by: people of this node, "" where they are not known here."""

    number: int
    status: EntryStatus
    description: Description
    at: datetime
    change: str = ""
    author: str = ""
    reviewed_by: str = ""
    reviewed_at: datetime | None = None
    shared_by: str = ""
    shared_at: datetime | None = None

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that it is in, the original first."""
        said = self.description
        return tuple(sorted(said.texts, key=lambda code: (code != said.original, code)))


@dataclass(frozen=True, slots=True)
class Changed:
    """What differs in one field. removed, added: codes or lines, in their order."""

    field: str
    removed: tuple[str, ...]
    added: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Holder:
    """A member that a typology was sent to. outcome: of its newest record there, None without an answer."""

    code: str
    number: int
    outcome: Outcome | None
    said_at: datetime | None


@dataclass(frozen=True, slots=True)
class EntryPage:
    """The page. record: what others have of it, or gave us, None where nobody has; own: None for another member's."""

    typology: str
    originator: str
    status: EntryStatus
    versions: tuple[VersionLine, ...]
    shown: VersionLine
    record: HeldTypology | None
    retirement: Retirement | None
    own: OwnEntry | None
    holders: tuple[Holder, ...]
    methods: tuple[str, ...]

    @property
    def newest(self) -> VersionLine:
        """The newest version."""
        return self.versions[-1]

    def version(self, number: int) -> VersionLine | None:
        """Give a version by its number."""
        return next((one for one in self.versions if one.number == number), None)


def entry_page(ctx: Context, typology: str, *, number: int | None = None) -> EntryPage:
    """Give a typology, with the version of this number before the reader, or the newest.

    Raises:
        NotFound: no such typology, or no such version of it.
    """
    found = (
        _own_page(ctx, typology) if typology.startswith(f"{ctx.member}-") else _foreign_page(ctx, typology)
    )
    if number is None or number == found.shown.number:
        return found
    shown = found.version(number)
    if shown is None:
        raise NotFound(
            "There is no such version", detail=f"{typology}, {number}", hint="Open the typology's page."
        )
    return replace(found, shown=shown, methods=_methods(shown.description))


def differences(before: Description, after: Description) -> tuple[Changed, ...]:
    """Give what differs, field by field: codes, texts by language, sources."""
    changed = (
        Changed(field, _without(earlier, later), _without(later, earlier))
        for field, earlier, later in _fields(before, after)
        if earlier != later
    )
    return tuple(changed)


def _own_page(ctx: Context, typology: str) -> EntryPage:
    entry = ctx.typologies.entry(typology)
    versions = tuple(
        VersionLine(
            number=one.number,
            status=one.status,
            description=one.description,
            at=one.written_at,
            change=one.change,
            author=one.author,
            reviewed_by=one.reviewed_by or "",
            reviewed_at=one.reviewed_at,
            shared_by=one.shared_by or "",
            shared_at=one.shared_at,
        )
        for one in entry.versions
    )
    return EntryPage(
        typology=typology,
        originator=ctx.member,
        status=entry.status,
        versions=versions,
        shown=versions[-1],
        record=entry.told[-1] if entry.told else None,
        retirement=entry.retirement,
        own=entry,
        holders=tuple(_holders(ctx, entry)),
        methods=_methods(versions[-1].description),
    )


def _foreign_page(ctx: Context, typology: str) -> EntryPage:
    last = next((one for one in standing(ctx) if one.typology.typology == typology), None)
    if last is None:
        raise NotFound("There is no such typology in the register", detail=typology[:40])
    records = [one for one in ctx.typologies.records(last.originator) if one.typology.typology == typology]
    by_number = {one.typology.number: one for one in records}
    versions = tuple(_received(one.typology, one) for _, one in sorted(by_number.items()))
    said = last.typology
    retirement = Retirement("", said.created_at, said.reason) if said.reason is not None else None
    shown = next(one for one in versions if one.number == said.number)
    return EntryPage(
        typology=typology,
        originator=last.originator,
        status=status_of(last),
        versions=versions,
        shown=shown,
        record=last,
        retirement=retirement,
        own=None,
        holders=(),
        methods=_methods(said.description),
    )


def _received(said: Typology, held: HeldTypology) -> VersionLine:
    return VersionLine(
        number=said.number,
        status=status_of(held),
        description=said.description,
        at=said.written_at,
        shared_at=said.created_at,
    )


def _holders(ctx: Context, entry: OwnEntry) -> Iterator[Holder]:
    newest = {code: held for held in entry.told for code in held.typology.audience}
    for code, held in sorted(newest.items()):
        said = [one for one in ctx.records.receipts(held.log_index) if one.member == code]
        last = said[-1] if said else None
        yield Holder(
            code, held.typology.number, last.entry.outcome if last else None, last.at if last else None
        )


def _methods(description: Description) -> tuple[str, ...]:
    """Give the codes of CL_METHOD that a typology names, with all that they lie within: figures are by these."""
    named = description.codes.get(METHOD, ())
    return tuple(dict.fromkeys(one for code in named for one in within(METHOD, code)))


def _fields(before: Description, after: Description) -> Iterator[tuple[str, Sequence[str], Sequence[str]]]:
    for facet in FACETS:
        yield f"codes.{facet}", before.codes.get(facet, ()), after.codes.get(facet, ())
    yield "original", (before.original,), (after.original,)
    for language in sorted(before.texts.keys() | after.texts.keys()):
        earlier, later = _parts(before.texts.get(language)), _parts(after.texts.get(language))
        for part in earlier:
            yield f"texts.{language}.{part}", earlier[part], later[part]
    yield "sources", before.sources, after.sources


def _parts(wording: Wording | None) -> dict[str, tuple[str, ...]]:
    return {
        "title": (wording.title,) if wording else (),
        "description": tuple(line for line in wording.description.split("\n") if line.strip())
        if wording
        else (),
        "warning_signs": wording.warning_signs if wording else (),
        "measures": wording.measures if wording else (),
    }


def _without(lines: Sequence[str], others: Sequence[str]) -> tuple[str, ...]:
    return tuple(line for line in lines if line not in others)

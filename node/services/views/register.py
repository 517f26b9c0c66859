"""The register of typologies: what this member describes and what others shared, in one list, with filters.

Invariants: of a typology of another member the last record in its log stands; a filter offers what leads to at least
one typology beside the other choices; a text is shown in the reader's language, or in its original and marked so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from exchange.typology import TypologyStatus
from exchange.typology_wording import FACETS, METHOD, Description, Wording
from node.ports.typologies import EntryStatus, HeldTypology, OwnEntry
from node.services.context import Context
from schemas import registry
from schemas.errors import UnknownDefinition

STATUS, ORIGINATOR, TEXT = "status", "originator", "text"
FILTERS = (*FACETS, STATUS, ORIGINATOR)
# what is asked for less often stands behind the others
BEHIND = tuple(facet for facet in FACETS if facet != METHOD)
LONGEST_TEXT = 100


@dataclass(frozen=True, slots=True)
class Spoken:
    """A wording with the language it is in. is_missing: there is none in the reader's, so that this is the original."""

    language: str
    wording: Wording
    is_original: bool
    is_missing: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A typology in the list. number: its newest version here; at: when that was written."""

    typology: str
    originator: str
    status: EntryStatus
    number: int
    description: Description
    at: datetime
    is_own: bool

    def values(self, name: str) -> set[str]:
        """Give what a filter of this name compares with: codes with all that they lie within."""
        if name == STATUS:
            return {self.status.value}
        if name == ORIGINATOR:
            return {self.originator}
        return {one for code in self.description.codes.get(name, ()) for one in within(name, code)}

    def says(self, text: str) -> bool:
        """Say whether its id or any text of it has these letters."""
        wanted = text.casefold()
        return any(wanted in passage.casefold() for passage in (self.typology, *self.description.passages))


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter: its name, what is chosen ("" for all), and what may be chosen."""

    name: str
    chosen: str
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Register:
    """The page. total: typologies without any filter."""

    lines: tuple[Line, ...]
    filters: tuple[Filter, ...]
    text: str
    total: int
    behind: tuple[str, ...] = BEHIND

    @property
    def is_narrowed(self) -> bool:
        """True if a filter is set."""
        return bool(self.text or any(one.chosen for one in self.filters))


def lines(ctx: Context) -> tuple[Line, ...]:
    """Give every typology of the register, by id."""
    own = [_own(ctx, entry) for entry in ctx.typologies.entries()]
    return tuple(sorted((*own, *map(_foreign, standing(ctx))), key=lambda one: one.typology))


def matching(ctx: Context, wanted: Mapping[str, str]) -> list[Line]:
    """Give the typologies, by id, that have every value wanted; of a filter that is empty nothing is asked."""
    asked = {name: value for name, value in wanted.items() if value}
    text = asked.pop(TEXT, "")
    return _kept(lines(ctx), asked, text)


def register(ctx: Context, wanted: Mapping[str, str]) -> Register:
    """Give the list narrowed by the address; a value that nothing has is no choice, and is passed over."""
    every = lines(ctx)
    text = wanted.get(TEXT, "").strip()[:LONGEST_TEXT]
    found = {
        value for one in every for name in FILTERS for value in ((name, each) for each in one.values(name))
    }
    chosen = {name: wanted.get(name, "") for name in FILTERS if (name, wanted.get(name, "")) in found}
    filters = tuple(_filter(name, every, chosen, text) for name in FILTERS)
    return Register(
        lines=tuple(_kept(every, chosen, text)),
        filters=tuple(one for one in filters if one.options),
        text=text,
        total=len(every),
    )


def naming(ctx: Context, facet: str, code: str) -> int:
    """Give how many typologies in use name a code, or one below it."""
    return sum(code in one.values(facet) for one in lines(ctx) if one.status is not EntryStatus.RETIRED)


def standing(ctx: Context) -> Iterable[HeldTypology]:
    """Give, of every typology of other members, the record that stands: the last one in its originator's log."""
    last: dict[str, HeldTypology] = {}
    for (
        held
    ) in ctx.typologies.records():  # ordered by log index within an originator, whose code begins its ids
        if held.originator != ctx.member:
            last[held.typology.typology] = held
    return last.values()


def status_of(held: HeldTypology) -> EntryStatus:
    """Give where a shared typology stands."""
    is_retired = held.typology.status is TypologyStatus.RETIRED
    return EntryStatus.RETIRED if is_retired else EntryStatus.SHARED


def spoken(description: Description, language: str) -> Spoken:
    """Give the wording in this language, else in the original."""
    is_missing = language not in description.texts
    given = description.original if is_missing else language
    return Spoken(given, description.texts[given], given == description.original, is_missing)


def within(facet: str, code: str) -> tuple[str, ...]:
    """Give a code and all that it lies within; of a code that this node does not know, itself."""
    codes = registry.codelist(FACETS[facet])
    try:
        return (code, *(one.id for one in codes.ancestors(code)))
    except UnknownDefinition:
        return (code,)


def _own(ctx: Context, entry: OwnEntry) -> Line:
    newest = entry.newest
    return Line(
        entry.typology,
        ctx.member,
        entry.status,
        newest.number,
        newest.description,
        newest.written_at,
        is_own=True,
    )


def _foreign(held: HeldTypology) -> Line:
    said = held.typology
    return Line(
        said.typology,
        held.originator,
        status_of(held),
        said.number,
        said.description,
        said.written_at,
        is_own=False,
    )


def _filter(name: str, every: Sequence[Line], chosen: Mapping[str, str], text: str) -> Filter:
    others = {other: value for other, value in chosen.items() if other != name}
    options = {value for one in _kept(every, others, text) for value in one.values(name)}
    return Filter(name, chosen.get(name, ""), tuple(sorted(options, key=_in_order_of(name))))


def _in_order_of(name: str) -> Callable[[str], tuple[int, str]]:
    """Give the order of a code list: a code stands behind the one it lies within."""
    listed = {STATUS: "CL_TYPOLOGY_STATUS", **FACETS}.get(name)
    places = {code: place for place, code in enumerate(registry.codelist(listed).ids)} if listed else {}
    return lambda value: (places.get(value, len(places)), value)


def _kept(every: Iterable[Line], chosen: Mapping[str, str], text: str) -> list[Line]:
    return [
        one
        for one in every
        if all(value in one.values(name) for name, value in chosen.items()) and (not text or one.says(text))
    ]

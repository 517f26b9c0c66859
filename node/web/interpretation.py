"""How a file was read, as a person sees and corrects it.

Invariants: a form that is sent as it was shown changes nothing but that a person stands for it; a spelling is
read as a code only if somebody ticked it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from node.errors import Invalid
from node.ports.reading import ColumnReading, Recipe
from node.ports.submissions import Submission
from node.services import maps
from node.services.interpret import ColumnCorrection, Correction
from node.web.language import N_, Language
from node.web.visit import Visit
from schemas import registry
from schemas.structure import DataStructure

ENCODINGS = ("utf-8", "utf-16", "cp1251", "cp866", "koi8-r", "mac-cyrillic", "latin-1", "cp1252")
SEPARATORS = {",": N_("comma"), ";": N_("semicolon"), "\t": N_("tab"), "|": N_("vertical bar")}
MARKS = {".": N_("point"), ",": N_("comma"), " ": N_("space"), "'": N_("apostrophe"), "": N_("none")}
DATES = {
    "": N_("as written"), "iso": "2024-12-31", "dmy": "31.12.2024", "serial": N_("number of the day, as Excel counts"),
}  # fmt: skip
NUMBERS = frozenset({"count", "money", "amount", "coded"})
DAYS = frozenset({"date", "period"})
MOST_SPELLINGS = 100
LARGEST_ROW = 10**9
SPELLING = "spelling"
NATIONAL = "national"
MOST_PLACE_DIGITS = 4

Choices = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Spelling:
    """A text that is no code, and the code it may stand for. `ticket` is what the form sends back."""

    column: str
    text: str
    code: str
    ticket: str


@dataclass(frozen=True, slots=True)
class NationalCodes:
    """A member's own map that the codes of a column may be read by. `ticket` is what the form sends back."""

    column: str
    map_id: str
    label: str
    version: str
    codes: int
    is_approved: bool
    ticket: str


@dataclass(frozen=True, slots=True)
class Interpretation:
    """Everything the page shows about the reading of one file; choices are pairs of a value and its words."""

    recipe: Recipe
    concepts: Choices
    kinds: Mapping[str, str]
    encodings: Choices
    sheets: Choices
    marks: Mapping[str, str]
    separators: Mapping[str, str]
    dates: Mapping[str, str]
    spellings: tuple[Spelling, ...]
    national: tuple[NationalCodes, ...] = ()

    @property
    def is_unsure(self) -> bool:
        """True if a column can be read in two ways and nobody has decided."""
        return not self.recipe.confirmed and any(column.is_unsure for column in self.recipe.columns)

    @property
    def has_marks(self) -> bool:
        """True if marks and dates were chosen from text: Parquet's own numbers and dates need none."""
        return self.recipe.format in {"csv", "xlsx"}

    def is_number(self, column: ColumnReading) -> bool:
        """True if the marks of numbers matter for a column."""
        return self.kinds.get(column.concept) in NUMBERS

    def is_day(self, column: ColumnReading) -> bool:
        """True if the form of dates matters for a column."""
        return self.kinds.get(column.concept) in DAYS


def interpretation(submission: Submission, language: Language, area: str) -> Interpretation:
    """Describe how a submission of member `area` was read; raises Invalid when its recipe cannot be read any more."""
    recipe = Recipe.from_document(submission.recipe)
    upload = registry.dataflow(submission.dataflow_id).upload
    is_csv, is_workbook = recipe.format == "csv", recipe.format == "xlsx"
    return Interpretation(
        recipe=recipe,
        concepts=tuple((column.id, column.labels.get(language.code, column.id)) for column in upload.columns),
        kinds={column.id: column.kind for column in upload.columns},
        encodings=_once(recipe.encoding, *recipe.alternatives, *ENCODINGS) if is_csv else (),
        sheets=_once(recipe.sheet, *recipe.alternatives) if is_workbook else (),
        marks={mark: language.gettext(words) for mark, words in MARKS.items()},
        separators={mark: language.gettext(words) for mark, words in SEPARATORS.items()},
        dates={form: language.gettext(words) for form, words in DATES.items()},
        spellings=_spellings(submission, recipe),
        national=_national(recipe, upload, area, language),
    )


def correction(visit: Visit) -> Correction:
    """Read the form; raises Invalid for what no form of ours sends."""
    columns: dict[int, dict[str, str]] = {}
    for name in visit.form:
        part, _, place = name.partition("-")
        if part in {"concept", "decimal", "thousands", "dates"} and place.isascii() and place.isdigit():
            columns.setdefault(int(place), {})[part] = visit.text(name)
    codes = _mapped(visit.texts(NATIONAL))
    for position, ticked in _ticked(visit.texts(SPELLING)).items():
        codes.setdefault(position, {}).update(ticked)
    return Correction(
        sheet=visit.text("sheet") or None,
        encoding=visit.text("encoding") or None,
        header_first=_row(visit.text("header_first")),
        header_last=_row(visit.text("header_last")),
        last_row=_row(visit.text("last_row")) if "last_row" in visit.form else None,
        columns={
            place: ColumnCorrection(**said, codes=codes.get(place, {}))
            for place, said in _with_places(columns, codes).items()
        },
    )


def _with_places(
    columns: Mapping[int, dict[str, str]], codes: Mapping[int, Mapping[str, str]]
) -> dict[int, dict[str, str]]:
    return {place: columns.get(place, {}) for place in sorted({*columns, *codes})}


def _spellings(submission: Submission, recipe: Recipe) -> tuple[Spelling, ...]:
    """Give each misspelt text once, with the code the check suggests for it."""
    places = {column.concept: column.position for column in recipe.columns if column.concept}
    found: dict[tuple[str, str], Spelling] = {}
    for violation in submission.violations:
        column, text = violation["column"], violation["value"]
        code = violation["params"].get("suggestion")
        if violation["rule"] == "code.unknown" and code and text and column in places:
            ticket = json.dumps([places[column], text, code], ensure_ascii=False)
            found.setdefault((column, text), Spelling(column, text, code, ticket))
    return tuple(found.values())[:MOST_SPELLINGS]


def _national(
    recipe: Recipe, upload: DataStructure, area: str, language: Language
) -> tuple[NationalCodes, ...]:
    """Offer each of the member's maps for each column of the file that holds codes of its shared list."""
    lists = {column.id: column.codelist for column in upload.columns}
    return tuple(
        NationalCodes(
            column.header,
            one.id,
            one.labels.get(language.code, one.national_list),
            one.version,
            len(maps.carried_whole(one.id)),
            one.is_approved,
            f"{column.position}|{one.id}",
        )
        for one in maps.listing()
        for column in recipe.columns
        if one.area == area and lists.get(column.concept) == one.shared_list
    )


def _mapped(tickets: Sequence[str]) -> dict[int, dict[str, str]]:
    """Give the codes of the maps that somebody ticked, by column."""
    codes: dict[int, dict[str, str]] = {}
    for ticket in tickets[:MOST_SPELLINGS]:
        place, _, map_id = ticket.partition("|")
        if not (place.isascii() and place.isdigit() and len(place) <= MOST_PLACE_DIGITS):
            raise Invalid(N_("This form cannot be read"), hint=N_("Open the page again and repeat."))
        codes.setdefault(int(place), {}).update(maps.carried_whole(map_id))
    return codes


def _ticked(tickets: Sequence[str]) -> dict[int, dict[str, str]]:
    codes: dict[int, dict[str, str]] = {}
    for ticket in tickets[:MOST_SPELLINGS]:
        try:
            place, text, code = json.loads(ticket)
        except ValueError as error:
            raise Invalid(
                N_("This form cannot be read"), hint=N_("Open the page again and repeat.")
            ) from error
        if not (isinstance(place, int) and isinstance(text, str) and isinstance(code, str)):
            raise Invalid(N_("This form cannot be read"), hint=N_("Open the page again and repeat."))
        codes.setdefault(place, {})[text] = code
    return codes


def _row(text: str) -> int | None:
    """Give a row number; an empty field is 0, which means: to the end."""
    stripped = text.strip()
    if not stripped:
        return 0
    if not (stripped.isascii() and stripped.isdigit()) or int(stripped[:10]) > LARGEST_ROW:
        raise Invalid(
            N_("This is no row number"), detail=stripped[:40], hint=N_("Write the row as Excel counts it.")
        )
    return int(stripped)


def _once(*names: str) -> Choices:
    return tuple((name, name) for name in dict.fromkeys(names) if name)

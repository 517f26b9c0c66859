"""The validation report in the table itself: the rows of the file around what was found, each finding at its cell.

Invariants: a page is bounded in rows, columns and characters, whatever the file; what is listed is what the check
kept, and the totals say how much that is not; a filter offers what there is and nothing else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

from node.access import Action, Actor
from node.ports.reading import ColumnReading, FileRow, Recipe
from node.ports.submissions import Submission
from node.services.context import Context
from node.services.located import Finding, findings
from node.services.permission import permit

PAGE_ROWS = 20
AROUND = 1
SHOWN_CHARACTERS = 120
SHOWN_COLUMNS = 64


@dataclass(frozen=True, slots=True)
class ShownCell:
    """A cell as it stands in the file, cut to what fits, with what was found in it."""

    text: str
    is_cut: bool
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row with its number in the file; `findings` are about the row as a whole.

    has_gap: rows between this one and the one shown before it are left out.
    """

    number: int
    cells: tuple[ShownCell, ...]
    findings: tuple[Finding, ...]
    has_gap: bool

    @property
    def is_faulty(self) -> bool:
        """True if something was found in it."""
        return bool(self.findings) or any(cell.findings for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Choice:
    """One kind or one column to look at, and how many findings it has."""

    name: str
    count: int


@dataclass(frozen=True, slots=True)
class FileTable:
    """A page of the table: `columns` as the file names them, the rows around what was found, what is about no row.

    rules, fields: the kinds and the columns that can be chosen. rule, field: what is chosen, "" for all. listed: the
    findings that fit the choice. hidden_columns: how many columns of the file are not shown.
    """

    columns: tuple[str, ...]
    hidden_columns: int
    rows: tuple[ShownRow, ...]
    whole: tuple[Finding, ...]
    rules: tuple[Choice, ...]
    fields: tuple[Choice, ...]
    rule: str
    field: str
    listed: int
    page: int
    pages: int
    next_number: Mapping[int, int]

    def after(self, finding: Finding) -> int | None:
        """Give the number of the finding that follows on this page, or None."""
        return self.next_number.get(finding.number)


def file_table(
    ctx: Context,
    actor: Actor,
    found: Submission,
    *,
    rule: str = "",
    field: str = "",
    page: int = 1,
    path: Path | None = None,
) -> FileTable:
    """Give a page of the file around what was found; a choice that nothing fits is none, the last page is the end.

    path: where the file is, if it is not kept.

    Raises:
        Denied; Damaged, NotFound, Invalid: the kept file cannot be read any more.
    """
    permit(actor, Action.READ_FILE)
    recipe = Recipe.from_document(found.recipe)
    everything = findings(found, recipe)
    chosen = [one for one in everything if _fits(one, rule, field)]
    if not chosen:
        rule, field, chosen = "", "", list(everything)
    numbers = sorted({one.violation.row for one in chosen if one.violation.row is not None})
    pages = max(1, -(-len(numbers) // PAGE_ROWS))
    page = min(max(1, page), pages)
    faulty = numbers[(page - 1) * PAGE_ROWS : page * PAGE_ROWS]
    rows = _rows(ctx, found, recipe, faulty) if path is None else _of_path(ctx, found, recipe, faulty, path)
    shown = [one for one in chosen if one.violation.row in set(faulty)]
    return FileTable(
        columns=tuple(column.header for column in _columns(recipe)),
        hidden_columns=max(0, len(recipe.columns) - SHOWN_COLUMNS),
        rows=_laid_out(rows, recipe, shown),
        whole=tuple(one for one in chosen if one.violation.row is None),
        rules=_choices(one.violation.rule for one in everything if _fits(one, "", field)),
        fields=_choices(one.violation.column or "" for one in everything if _fits(one, rule, "")),
        rule=rule,
        field=field,
        listed=len(chosen),
        page=page,
        pages=pages,
        next_number=_following(shown, recipe),
    )


def _choices(names: Iterable[str]) -> tuple[Choice, ...]:
    counted = Counter(name for name in names if name)
    return tuple(Choice(name, count) for name, count in sorted(counted.items(), key=lambda p: (-p[1], p[0])))


def _fits(one: Finding, rule: str, field: str) -> bool:
    return rule in {"", one.violation.rule} and field in {"", one.violation.column}


def _rows(ctx: Context, found: Submission, recipe: Recipe, faulty: Sequence[int]) -> tuple[FileRow, ...]:
    """Read the faulty rows and those beside them; whoever leafs back is given them from memory."""
    beside = _beside(faulty)
    if not beside:
        return ()
    question = (found.file_digest, recipe.digest, tuple(beside))
    rows: tuple[FileRow, ...] = ctx.rows_shown.ask(
        question,
        lambda: ctx.reader.rows(ctx.objects.verified(found.file_digest), found.file_name, recipe, beside),
    )
    return rows


def _of_path(
    ctx: Context, found: Submission, recipe: Recipe, faulty: Sequence[int], path: Path
) -> tuple[FileRow, ...]:
    return ctx.reader.rows(path, found.file_name, recipe, _beside(faulty))


def _beside(faulty: Sequence[int]) -> list[int]:
    return sorted({number + step for number in faulty for step in range(-AROUND, AROUND + 1)})


def _columns(recipe: Recipe) -> Sequence[ColumnReading]:
    return recipe.columns[:SHOWN_COLUMNS]


def _laid_out(rows: Sequence[FileRow], recipe: Recipe, shown: Sequence[Finding]) -> tuple[ShownRow, ...]:
    at: dict[tuple[int | None, int | None], list[Finding]] = {}
    visible = {column.position for column in _columns(recipe)}
    for one in shown:
        place = one.place if one.place in visible else None
        at.setdefault((one.violation.row, place), []).append(one)
    laid: list[ShownRow] = []
    for row in rows:
        cells = tuple(
            _cell(row, column.position, at.get((row.number, column.position), ()))
            for column in _columns(recipe)
        )
        has_gap = bool(laid) and laid[-1].number != row.number - 1
        laid.append(ShownRow(row.number, cells, tuple(at.get((row.number, None), ())), has_gap))
    return tuple(laid)


def _cell(row: FileRow, place: int, found: Sequence[Finding]) -> ShownCell:
    cell = row.cells[place] if place < len(row.cells) else None
    text = f"{cell:f}" if isinstance(cell, Decimal) else cell or ""
    return ShownCell(text[:SHOWN_CHARACTERS], len(text) > SHOWN_CHARACTERS, tuple(found))


def _following(shown: Sequence[Finding], recipe: Recipe) -> dict[int, int]:
    """Give for each finding the one that an eye meets next: row by row, in a row from left to right."""
    last = len(recipe.columns)
    ordered = sorted(
        shown, key=lambda one: (one.violation.row or 0, last if one.place is None else one.place, one.number)
    )
    return {one.number: after.number for one, after in pairwise(ordered)}

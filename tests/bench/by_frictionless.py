"""The same rules in frictionless: a table schema, a primary key, and a check of whole rows."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, ClassVar

import attrs
from frictionless import Check, Checklist, Resource, Schema, errors, fields, system

from tests.bench import rules

_MOST_ERRORS = 1_000_000


@attrs.define(kw_only=True, repr=False)
class Agreement(Check):
    """The cells of a row against one another."""

    type = "agreement"
    Errors: ClassVar[list[Any]] = [errors.RowConstraintError]

    def validate_row(self, row: Any) -> Iterable[Any]:
        """Report every rule over the row that is broken."""
        for note in _broken(row):
            yield errors.RowConstraintError.from_row(row, note=note)


def located(path: Path) -> int:
    """Check a CSV file; return how many failures were reported."""
    with system.use_context(trusted=True):
        resource = Resource(path=str(path), schema=_schema())
        report = resource.validate(Checklist(checks=[Agreement()]), limit_errors=_MOST_ERRORS)
    return sum(len(task.errors) for task in report.tasks)


def _schema() -> Schema:
    coded = {one.name: one for one in rules.coded()}
    described: list[Any] = []
    for column in rules.COLUMNS:
        constraints: dict[str, Any] = {}
        if column in coded:
            constraints = {"enum": coded[column].codes, "required": not coded[column].nullable}
        if column in rules.PATTERNS:
            constraints = {"pattern": rules.PATTERNS[column], "required": column == "TIME_PERIOD"}
        described.append(fields.StringField(name=column, constraints=constraints))
    return Schema(fields=described, primary_key=rules.KEY)


def _broken(row: Any) -> Iterable[str]:
    if row["REF_AREA"] != rules.OWN_AREA or row["COUNTERPART_AREA"] == row["REF_AREA"]:
        yield "area"
    if row["CURRENCY"] != rules.CURRENCY:
        yield "currency"
    if row["MEASURE"] not in rules.CUT and row["CHANNEL"] != rules.UNCUT:
        yield "combination"
    value = row[rules.VALUE]
    if (value is None) != (row["OBS_STATUS"] in rules.NO_VALUE):
        yield "status"
    if value is not None and not rules.is_sound(value, in_money=row["MEASURE"] == rules.IN_MONEY):
        yield "value"

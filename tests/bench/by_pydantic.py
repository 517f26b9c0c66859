"""The same rules in pydantic, row by row; a record becomes an object or a list of errors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, StringConstraints, ValidationError, model_validator

from tests.bench import rules

_CODES = {one.name: one for one in rules.coded()}


def _of(name: str) -> Any:
    one = _CODES[name]
    accepted = Literal[tuple(one.codes)]  # type: ignore[misc]
    return accepted | None if one.nullable else accepted


class Row(BaseModel):
    """One row of the statistics."""

    TIME_PERIOD: Annotated[str, StringConstraints(pattern=rules.PERIOD)]
    REF_AREA: _of("REF_AREA")
    COUNTERPART_AREA: _of("COUNTERPART_AREA")
    FLOW_DIRECTION: _of("FLOW_DIRECTION")
    METHOD: _of("METHOD") = None
    CHANNEL: _of("CHANNEL") = None
    CRIME_TYPE: _of("CRIME_TYPE")
    MEASURE: _of("MEASURE")
    OBS_VALUE: Decimal | None = None
    OBS_STATUS: _of("OBS_STATUS") = None
    CURRENCY: _of("CURRENCY") = None
    SOURCE: Annotated[str, StringConstraints(pattern=rules.SOURCE)] | None = None

    @model_validator(mode="after")
    def agrees(self) -> Self:
        """Check the cells of the row against one another."""
        if self.REF_AREA != rules.OWN_AREA or self.COUNTERPART_AREA == self.REF_AREA:
            raise ValueError("area")
        if self.CURRENCY != rules.CURRENCY:
            raise ValueError("currency")
        if self.MEASURE not in rules.CUT and self.CHANNEL != rules.UNCUT:
            raise ValueError("combination")
        without = self.OBS_STATUS in rules.NO_VALUE
        if (self.OBS_VALUE is None) != without:
            raise ValueError("status")
        self._check_value()
        return self

    def _check_value(self) -> None:
        value = self.OBS_VALUE
        if value is None:
            return
        in_money = self.MEASURE == rules.IN_MONEY
        most, step = (rules.MAX_MONEY, 100) if in_money else (rules.MAX_COUNTED, 1)
        if not 0 <= value <= most or value * step != int(value * step):
            raise ValueError("value")


def located(records: Iterable[Mapping[str, Any]]) -> int:
    """Check records one by one, then their keys; return how many failures were reported."""
    failures = 0
    keys: Counter[tuple[Any, ...]] = Counter()
    for record in records:
        try:
            Row.model_validate(record)
        except ValidationError as error:
            failures += error.error_count()
        keys[tuple(record[name] for name in rules.KEY)] += 1
    return failures + sum(count for count in keys.values() if count > 1)

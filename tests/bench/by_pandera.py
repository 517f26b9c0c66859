"""The same rules in pandera on polars, whole columns at a time, all failures collected."""

from __future__ import annotations

import pandera.polars as pa
import polars as pl
from pandera.errors import SchemaErrors

from tests.bench import rules


def located(frame: pl.DataFrame) -> int:
    """Check a frame; return how many failures were reported."""
    try:
        _SCHEMA.validate(frame, lazy=True)
    except SchemaErrors as errors:
        return len(errors.failure_cases)
    return 0


def _check(name: str, expression: pl.Expr) -> pa.Check:
    """Return a check of whole rows; where it cannot be decided, it holds."""
    return pa.Check(lambda rows: rows.lazyframe.select(expression.fill_null(value=True)), name=name)


def _schema() -> pa.DataFrameSchema:
    columns = {
        one.name: pa.Column(str, pa.Check.isin(one.codes), nullable=one.nullable) for one in rules.coded()
    }
    columns["TIME_PERIOD"] = pa.Column(str, pa.Check.str_matches(rules.PERIOD), nullable=False)
    columns["SOURCE"] = pa.Column(str, pa.Check.str_matches(rules.SOURCE), nullable=True)
    columns[rules.VALUE] = pa.Column(str, nullable=True)
    value, status, measure = pl.col(rules.VALUE), pl.col("OBS_STATUS"), pl.col("MEASURE")
    in_money = measure == rules.IN_MONEY
    without, number = status.is_in(list(rules.NO_VALUE)), value.cast(pl.Decimal(38, 6), strict=False)
    return pa.DataFrameSchema(
        columns,
        checks=[
            _check("area.not_reporter", pl.col("REF_AREA") == rules.OWN_AREA),
            _check("area.domestic", pl.col("COUNTERPART_AREA") != pl.col("REF_AREA")),
            _check("currency.unsupported", pl.col("CURRENCY") == rules.CURRENCY),
            _check("combination", measure.is_in(list(rules.CUT)) | (pl.col("CHANNEL") == rules.UNCUT)),
            _check("value.required", value.is_not_null() | without),
            _check("value.status", value.is_null() | ~without),
            _check("count", in_money | value.str.contains(rules.COUNT)),
            _check("count.too_large", in_money | (number <= rules.MAX_COUNTED)),
            _check("money", ~in_money | value.str.contains(rules.MONEY)),
            _check("money.too_large", ~in_money | (number <= rules.MAX_MONEY)),
        ],
        unique=rules.KEY,
        report_duplicates="all",
    )


_SCHEMA = _schema()

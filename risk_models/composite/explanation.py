"""A score explained in three layers: sentences, the contributions behind them, and the full trace.

Invariants: no layer shows more than the one below it holds; numbers have no more digits than the interval supports;
withheld inputs are named as withheld. Source: methodology 5.3.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any

import pyarrow as pa

from risk_models.composite.bounds import bounded
from risk_models.composite.confidence import confidence
from risk_models.composite.frame import Frame, midway
from risk_models.composite.intake import read_frame
from risk_models.composite.momentum import ORDER, Momentum
from risk_models.composite.running import frames_of, last_of, level_of
from risk_models.composite.shapley import Contribution, Explained, explain
from risk_models.composite.specification import Composite
from risk_models.errors import InvalidInput
from risk_models.exact import quantise
from schemas.interval import Grade, Interval

MOST_NAMED = 3
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Explanation:
    """Three layers of one score of one unit.

    interval, ranks, count, grade: of the first layer, with level and upper_level, those of both ends. explained:
    contributions at the middle of the intervals. withheld: inputs whose cells are intervals. trace: every column after
    each step, as text.
    """

    unit: str
    score: str
    interval: Interval
    ranks: tuple[int, int]
    count: int
    grade: Grade
    level: str | None
    explained: Explained
    withheld: tuple[str, ...]
    trace: Mapping[str, Mapping[str, str | None]]
    moved: Momentum | None = None
    upper_level: str | None = None

    def called(self, unit: str) -> Explanation:
        """Return the explanation of the unit under another name."""
        return replace(self, unit=unit)

    def sentences(self, model: Composite, language: str) -> tuple[str, ...]:
        """Return the first layer in a language (ru, kk or en), in the names that the specification gives."""
        return tuple(self._sentences(model, language))

    def _sentences(self, model: Composite, language: str) -> Iterator[str]:
        def said(name: str, **values: object) -> str:
            return _templates()[name][language].format(**values)

        def signed(value: Decimal) -> str:
            return f"+{_short(value, language)}" if value > 0 else _short(value, language)

        level, upper = (model.called(one or "", language) for one in (self.level, self.upper_level))
        kind = ("level" if upper in ("", level) else "levels") if level else "score"
        yield said(kind, unit=self.unit, score=self._shown(language), level=level, upper=upper)
        best, worst = self.ranks
        yield said("rank" if best == worst else "ranks", best=best, worst=worst, count=self.count)
        yield said("grade", grade=self.grade)
        parts = sorted(self.explained.contributions, key=lambda one: (-abs(one.points), one.name))
        if parts:
            told = ", ".join(
                f"{model.called(one.name, language)} {signed(one.points)}" for one in parts[:MOST_NAMED]
            )
            yield said("baseline", baseline=_short(self.explained.baseline, language), parts=told)
        if self.withheld:
            yield said("withheld", names=", ".join(model.called(one, language) for one in self.withheld))
        if self.moved is not None:
            changes = {name: signed(getattr(self.moved, name)) for name in ORDER}
            yield said("moved", change=signed(self.moved.now - self.moved.before), **changes)

    def _shown(self, language: str) -> str:
        low, upper = _short(self.interval.lower, language), self.interval.upper
        if upper is None:
            return f"≥\u00a0{low}"
        if self.interval.is_exact:
            return low
        between = "\u2013" if self.interval.lower >= 0 else " … "
        return f"{low}{between}{_short(upper, language)}"

    def to_document(self) -> dict[str, Any]:
        """Return all layers as plain values."""
        return {
            "unit": self.unit,
            "score": self.score,
            "lower": quantise(self.interval.lower),
            "upper": None if self.interval.upper is None else quantise(self.interval.upper),
            "ranks": list(self.ranks),
            "of": self.count,
            "grade": self.grade,
            "level": self.level,
            "baseline": quantise(self.explained.baseline),
            "contributions": [_document(one) for one in self.explained.contributions],
            "withheld": list(self.withheld),
            "trace": {name: dict(cells) for name, cells in self.trace.items()},
        }


def explanation(
    model: Composite,
    table: pa.Table,
    unit: str,
    score: str,
    *,
    covered: Decimal = Decimal(1),
    period: str | None = None,
    moved: Momentum | None = None,
) -> Explanation:
    """Explain a unit's score, in one period if the table has several.

    Raises:
        InvalidInput: there is no such unit, it has no score, or the specification has neither exact scores nor
            intervals for the table.
    """
    lower, upper = read_frame(model, table)
    row = _row(model, lower, unit, period)
    found = bounded(model, table)
    place = _row(model, found.frame, unit, period)
    interval, rank = found.scores.get(score, ())[place:][:1], found.ranks.get(score, ())[place:][:1]
    if not interval or interval[0] is None or rank[0] is None:
        raise _refused(f"{unit} has no {score}")
    block = next(places for places in found.frame.blocks(model.result.within) if place in places)
    return Explanation(
        unit=unit,
        score=score,
        interval=interval[0],
        ranks=(rank[0].best, rank[0].worst),
        count=sum(found.ranks[score][one] is not None for one in block),
        grade=confidence(interval[0], rank[0], covered),
        level=level_of(interval[0].lower, model.result),
        explained=explain(model, last_of(model, midway(lower, upper)), place, score),
        withheld=tuple(
            name for name in lower.columns if lower.columns[name][row] != upper.columns[name][row]
        ),
        trace=_trace(model, lower, upper, unit, period),
        moved=moved,
        upper_level=None if interval[0].upper is None else level_of(interval[0].upper, model.result),
    )


def _row(model: Composite, frame: Frame, unit: str, period: str | None) -> int:
    periods = frame.attributes[model.table.period] if model.table.period else (None,) * len(frame.units)
    for place, key in enumerate(zip(frame.units, periods, strict=True)):
        if key == (unit, period):
            return place
    when = f" in {period}" if period else ""
    raise _refused(f"there is no row of {unit}{when}, or a screening removed it")


def _trace(
    model: Composite, lower: Frame, upper: Frame, unit: str, period: str | None
) -> dict[str, dict[str, str | None]]:
    """Every column after each step: one number, or both where the ends of the cells give two."""
    found: dict[str, dict[str, str | None]] = {}
    ends = zip(frames_of(model, lower).items(), frames_of(model, upper).values(), strict=True)
    for (step, one), other in ends:
        row = _row(model, one, unit, period)
        found[step] = {
            name: _between(column[row], other.columns[name][row]) for name, column in one.columns.items()
        }
    return found


def _between(one: Decimal | None, other: Decimal | None) -> str | None:
    if one is None or other is None:
        return None
    low, high = quantise(min(one, other)), quantise(max(one, other))
    return low if low == high else f"{low}..{high}"


def _document(part: Contribution) -> dict[str, Any]:
    return {
        "name": part.name,
        "value": quantise(part.value),
        "baseline": quantise(part.baseline),
        "points": quantise(part.points),
        "parts": [_document(one) for one in part.parts],
    }


def _short(value: Decimal, language: str) -> str:
    shown = quantise(value.quantize(Decimal(1).scaleb(value.adjusted() - _SHOWN + 1))) if value else "0"
    return shown if language == "en" else shown.replace(".", ",")


@cache
def _templates() -> Mapping[str, Mapping[str, str]]:
    text = (resources.files("risk_models") / "composite" / "sentences.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _refused(why: str) -> InvalidInput:
    return InvalidInput(
        "The score cannot be explained.",
        detail=f"{why}.",
        hint="Name a unit of the table, its period if there are several, and a score of the specification.",
    )

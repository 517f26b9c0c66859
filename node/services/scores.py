"""A score as an assessment model computed it, of a member or another unit: its levels, its ranks, or why it has none.

Invariants: a score never stands without its interval, its rank interval and its confidence; who is not assessed has no
level and no rank.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from node.services.results import OK, Result
from risk_models.assessment import scores as model
from risk_models.composite.running import level_of
from risk_models.composite.specification import Composite

Figures = Mapping[tuple[str, str], Result]
"""The figures of one unit by indicator, as the assessment of members names it, and facet beside the unit."""


@dataclass(frozen=True, slots=True)
class Ranks:
    """The ranks that are possible among the units assessed; 1 is the highest risk."""

    best: int
    worst: int
    of: int


@dataclass(frozen=True, slots=True)
class Score:
    """One unit in one year; `code` is the member's, where it is one.

    state: "assessed"; "wide" (the withheld values leave any level possible); "little" (too few inputs); "nothing" (no
    figure of it at all). levels: the lowest and the highest level that are possible, one if they are the same; none
    unless assessed. scores: by the composite's groups, those that have a value; `headline` is the one with the level.
    """

    code: str
    state: str
    scores: Mapping[str, Result]
    levels: tuple[str, ...] = ()
    ranks: Ranks | None = None
    grade: str = ""
    change: Result | None = None
    headline: str = model.RISK

    @property
    def risk(self) -> Result | None:
        """The interval that the level is of, the threat of what has a threat alone; None if there is none."""
        return self.scores.get(self.headline)


def years_of(rows: Iterable[Result]) -> tuple[str, ...]:
    """Give the newest year, and those before it in which a member has a risk."""
    newest = max((row.time_period for row in rows), default="")
    known = {row.time_period for row in rows if row.indicator == model.SCORES[model.RISK] and row.has_value}
    return tuple(sorted(known | ({newest} if newest else set()), reverse=True))


def rows_of(rows: Iterable[Result], indicator: str) -> list[Result]:
    """Give the rows of one indicator."""
    return [row for row in rows if row.indicator == indicator]


def one_of(rows: Iterable[Result], indicator: str, facet: str) -> Result | None:
    """Give the row of one indicator and facet, None if there is none."""
    return next((row for row in rows_of(rows, indicator) if row.facet == facet), None)


def score_of(composite: Composite, code: str, rows: Sequence[Result]) -> Score:
    """Give one member from its rows of one year."""
    return scored(composite, code, {(row.indicator, row.facet): row for row in rows if row.ref_area == code})


def scored(composite: Composite, code: str, figures: Figures) -> Score:
    """Give one unit from its figures of one year."""
    headline = model.headline_of(composite)
    given = {
        group: figures.get((indicator, group if group in model.INNER else ""))
        for group, indicator in model.SCORES.items()
    }
    found = {group: row for group, row in given.items() if row is not None and row.has_value}
    risk = found.get(headline)
    if risk is None or risk.lower is None or risk.upper is None:
        is_there = any(row.has_value for row in figures.values())
        return Score(code, "little" if is_there else "nothing", found, headline=headline)
    ends = (level_of(end, composite.result) or "" for end in (risk.lower, risk.upper))
    is_assessed = risk.status == OK
    confidence = figures.get((model.CONFIDENCE, ""))
    return Score(
        code=code,
        state="assessed" if is_assessed else "wide",
        scores=found,
        levels=tuple(dict.fromkeys(ends)) if is_assessed else (),
        ranks=_ranks(figures) if is_assessed else None,
        grade="" if confidence is None else model.GRADES[int(confidence.lower or 1) - 1],
        change=figures.get((model.MOMENTUM, model.DATA)),
        headline=headline,
    )


def steps(composite: Composite, levels: Sequence[str], assessed: str) -> int | None:
    """Give by how many levels an assessed level is above (below: negative) those that a score leaves possible.

    None where the score has no level: no step can be counted.
    """
    if not levels:
        return None
    order = [level.name for level in composite.result.levels]
    place = order.index(assessed)
    return min(0, place - order.index(levels[0])) + max(0, place - order.index(levels[-1]))


def risk_text(score: Score) -> tuple[str, str]:
    """Give the ends of a score's risk as a review keeps them, "" where there is none."""
    ends = (None, None) if score.risk is None else (score.risk.lower, score.risk.upper)
    return "" if ends[0] is None else str(ends[0]), "" if ends[1] is None else str(ends[1])


def _ranks(figures: Figures) -> Ranks | None:
    ranks, count = (figures.get((model.RANKS, facet)) for facet in (model.RANK, model.OF))
    if ranks is None or count is None:
        return None
    return Ranks(int(ranks.lower or 0), int(ranks.upper or 0), int(count.lower or 0))

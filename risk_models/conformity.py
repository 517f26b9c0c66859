"""Whether a national indicator can be compared under FATF's standards: twelve criteria, four of them mandatory.

Invariants: every criterion is met, not met or not applicable, and nothing is assumed of one that is not
answered; the score is the exact share of the applicable criteria that are met.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from risk_models.errors import InvalidInput

# Methodology 4.5, in its order and numbers.
CRITERIA: Mapping[int, str] = {
    1: "maps to an item of Recommendation 33 or a core issue of an Immediate Outcome",
    2: "states the unit of count",
    3: "states how several subjects or offences in one case are counted",
    4: "states the stage and whether it counts by period or by cohort",
    5: "tells domestic from foreign predicates and the kinds of laundering apart",
    6: "states the currency and the day of valuation",
    7: "is broken down by reporting sector and predicate offence",
    8: "states how figures are revised",
    9: "states the reporting regime",
    10: "can be reproduced from the source system",
    11: "has a disclosure rule applied",
    12: "names its owner and its frequency",
}
MANDATORY = frozenset({1, 2, 4, 9})


@dataclass(frozen=True, slots=True)
class ConformityRecord:
    """The answers for one indicator: True met, False not met, None not applicable."""

    indicator: str
    answers: Mapping[int, bool | None]

    def __post_init__(self) -> None:
        if set(self.answers) != set(CRITERIA):
            differing = sorted(set(self.answers) ^ set(CRITERIA))
            raise InvalidInput(
                "A conformity record answers each of the twelve criteria once.",
                detail=f"{self.indicator}: {', '.join(map(str, differing))}.",
                hint="Answer true, false, or null where a criterion does not apply.",
                context={"indicator": self.indicator, "criteria": differing},
            )

    @property
    def score(self) -> Fraction | None:
        """The share of the applicable criteria that are met; None if none applies."""
        applicable = [answer for answer in self.answers.values() if answer is not None]
        return Fraction(sum(applicable), len(applicable)) if applicable else None

    @property
    def missing(self) -> tuple[int, ...]:
        """The mandatory criteria that are not met; one that does not apply is not met."""
        return tuple(sorted(number for number in MANDATORY if not self.answers[number]))

    @property
    def conforms(self) -> bool:
        """True if every mandatory criterion is met."""
        return not self.missing

"""What a release must satisfy: thresholds by disclosure class.

Invariants: thresholds are integers that protect something (a minimum of one protects nothing); the packaged
policy is read when it is first asked for; the percentage of the p% rule is never written into a certificate.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

from risk_models.errors import InvalidPolicy
from schemas.structure import Dataflow

# Classes of which nothing is counted that could tell on somebody.
WITHOUT_POLICY = frozenset({"open", "register"})


@dataclass(frozen=True, slots=True)
class Policy:
    """Thresholds of one class; units are in the names.

    strict_where: dimension to codes whose statistics rows take `strict_minimum` as their least count.
    follows: measure of value to the measure of count that decides about it. beside: measure to the counts that
    decide about it as well where they are given.
    """

    name: str
    min_subjects: int
    min_entities: int
    min_reports: int
    concentration_percent: int
    strict_minimum: int = 5
    strict_where: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    follows: Mapping[str, str] = field(default_factory=dict, hash=False)
    beside: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        smallest = min(self.min_subjects, self.min_entities, self.min_reports, self.strict_minimum)
        if smallest < 2 or self.concentration_percent < 1:  # noqa: PLR2004
            raise InvalidPolicy(
                "The disclosure policy protects nothing.",
                detail=f"Class {self.name!r}.",
                hint="Thresholds are at least 2, the percentage at least 1.",
                context={"class": self.name},
            )

    def least_count(self, key: Mapping[str, str]) -> int:
        """The smallest count above zero that a statistics row with these dimension values may show."""
        return self.strict_minimum if self.is_strict(key) else self.min_reports

    def is_strict(self, key: Mapping[str, str]) -> bool:
        """True for a statistics row about a sensitive crime, or of a strict dataflow."""
        return self.min_reports >= self.strict_minimum or any(
            key.get(dimension) in codes for dimension, codes in self.strict_where.items()
        )

    def hides_zero(self, key: Mapping[str, str]) -> bool:
        """True where a zero is withheld like a small count: that there is nothing of a sensitive kind tells as well.

        Source: methodology 3.2, on sampling zeros.
        """
        return self.is_strict(key)


def policy_for(dataflow: Dataflow) -> Policy:
    """Return the packaged policy of the dataflow's class; open dataflows have none.

    Raises:
        InvalidPolicy: the dataflow is open, so there is nothing to apply.
    """
    document = _document()
    if dataflow.disclosure not in document:
        raise InvalidPolicy(
            "No disclosure policy applies to this dataflow.",
            detail=f"{dataflow.id} is {dataflow.disclosure}.",
            context={"dataflow": dataflow.id},
        )
    return Policy(
        name=dataflow.disclosure,
        strict_minimum=document["strict"]["min_reports"],
        strict_where={dimension: tuple(codes) for dimension, codes in document["strict_where"].items()},
        follows=document["follows"],
        beside={measure: tuple(counts) for measure, counts in document["beside"].items()},
        **document[dataflow.disclosure],
    )


@cache
def _document() -> dict[str, Any]:
    text = (resources.files("risk_models") / "disclosure" / "policy.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)

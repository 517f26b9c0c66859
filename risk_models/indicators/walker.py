"""B8 `walker_share`: where a model of attractiveness and distance would send money.

Invariants: public scores only, no report enters; its scores embed contestable judgements about countries, so it is
context and never a finding, and off by default. Worked examples use the fixture FX4, whose codings are fictional.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from risk_models.exact import divided


@dataclass(frozen=True, slots=True)
class Destination:
    """What the model knows of a country.

    per_capita: product. secrecy: of banks. attitude: of the government. swift: membership, 0 or 1. conflict.
    corruption.
    """

    per_capita: Fraction
    secrecy: int
    attitude: int
    swift: int
    conflict: int
    corruption: int


def attractiveness(country: Destination) -> Fraction:
    """B8: Walker's score of a destination.

    Definition: GNP per head (3 BS + GA + SWIFT - 3 CF - CR + 15). Unit: that of the product per head. Direction:
    higher attracts more. Minimum: none. Withheld: nothing is, inputs are public. Source: Walker 1999, as quoted in
    Unger et al. 2006; methodology 1.7. Example: 7500 with BS 1, GA 0, SWIFT 1, CF 0, CR 2: 127 500.
    """
    gains = 3 * country.secrecy + country.attitude + country.swift
    return country.per_capita * (gains - 3 * country.conflict - country.corruption + 15)


def walker_share(scores: Sequence[Fraction], distances: Sequence[int], exponent: int) -> list[Decimal] | None:
    """B8: the shares of one country's proceeds that go to each destination.

    scores, distances: of the destinations alone, distances above zero. exponent: 2 (Walker) or 1 (Unger). Definition:
    (score_j / d_j^exponent) / their sum; a score below zero counts as zero. Unit: share, 0 to 1. Direction: higher is
    more exposed. Minimum: none. Withheld: nothing is, inputs are public. No attractive destination: no figure.
    Source: Walker 1999; Walker and Unger 2009; methodology B8. Example: from A with squares: B 0.854749, C 0.100559,
    D 0.044693.
    """
    pulls = [
        max(score, Fraction(0)) / distance**exponent
        for score, distance in zip(scores, distances, strict=True)
    ]
    whole = sum(pulls, Fraction(0))
    return [divided(pull / whole) for pull in pulls] if whole else None

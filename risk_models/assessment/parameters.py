"""The parameters of an assessment, read strictly from its specification.

Invariants: a composite is named with its digest, so that the digest of the model covers every weight and goalpost;
decimals are written as text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from risk_models.composite.register import packaged
from risk_models.composite.specification import Composite


@dataclass(frozen=True, slots=True)
class AssessmentParameters:
    """What the inputs are computed with.

    composite: what puts them together. years: so many are assessed, the newest last. window: years after which a flow
    or a statistic is too old to be used. most_width: of a risk that still says something, in points. beta: CIF/FOB
    ratio of trade. added_reports: put to each of two years, so that small numbers move little. exposure_kinds: declared
    flows that exposure is weighed by. least_items: share of the items of a kind that must be rated. best_rating: the
    highest rating. channel_items: ratings of what crosses borders.
    """

    composite: Composite
    years: int
    window: int
    most_width: Decimal
    beta: Decimal
    added_reports: int
    exposure_kinds: tuple[str, ...]
    least_items: Decimal
    best_rating: int
    channel_items: frozenset[str]


@dataclass(frozen=True, slots=True)
class DetailParameters:
    """What corridors, typologies and sectors are assessed with: each by a composite of its own."""

    corridors: AssessmentParameters
    typologies: AssessmentParameters
    sectors: AssessmentParameters


def read_detail_parameters(entry: Mapping[str, Any]) -> DetailParameters:
    """Read the table `parameters` of a specification of details; raises as `read_parameters`."""
    without = {"exposure_kinds": (), "channel_items": ()}  # of members alone
    made = (
        read_parameters({**entry, **without, **entry[kind]})
        for kind in ("corridors", "typologies", "sectors")
    )
    return DetailParameters(*made)


def read_parameters(entry: Mapping[str, Any]) -> AssessmentParameters:
    """Read the table `parameters` of a specification.

    Raises:
        InvalidSpecification: there is no such composite.
        KeyError, TypeError, ValueError, decimal.InvalidOperation: a field is absent or of the wrong type, or the
            composite is another than the one that was released.
    """
    composite = packaged(entry["composite"])
    if composite.digest != entry["composite_digest"]:
        raise ValueError(f"{composite.id} has the digest {composite.digest}")
    return AssessmentParameters(
        composite=composite,
        years=_whole(entry["years"]),
        window=_whole(entry["window"]),
        most_width=_decimal(entry["most_width"]),
        beta=_decimal(entry["beta"]),
        added_reports=_whole(entry["added_reports"]),
        exposure_kinds=tuple(entry["exposure_kinds"]),
        least_items=_decimal(entry["least_items"]),
        best_rating=_whole(entry["best_rating"]),
        channel_items=frozenset(entry["channel_items"]),
    )


def _whole(given: Any) -> int:
    if type(given) is not int or given < 1:
        raise TypeError(f"{given!r} is no whole number above zero")
    return given


def _decimal(given: Any) -> Decimal:
    if type(given) is not str:
        raise TypeError(f"{given!r} is no decimal written as text")
    return Decimal(given)

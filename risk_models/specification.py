"""Versioned model specifications: which figures, with which parameters, for which purpose.

Invariants: a released version is never edited, a change is a new file beside it; the digest is over the
content and not over comments or layout; decimals are written as text, so that no float comes in; every
indicator says in every language what it is called and how it is read.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from functools import cache
from importlib import resources
from typing import Any, Generic, TypeVar

from risk_models.assessment.parameters import read_detail_parameters
from risk_models.assessment.parameters import read_parameters as read_assessment
from risk_models.card import Card, packaged_beside, read_card
from risk_models.early_warning.parameters import read_parameters
from risk_models.effectiveness.parameters import read_effectiveness
from risk_models.errors import InvalidSpecification
from risk_models.tier_one.parameters import read_tier_one
from schemas.canonical import canonical_json
from schemas.digest import sha256_hex
from schemas.errors import SchemaError
from schemas.registry import LANGUAGES, codelist, dataflow


@dataclass(frozen=True, slots=True)
class Indicator:
    """What users are told of one indicator: code, names, one-sentence readings, unit, direction."""

    id: str
    labels: Mapping[str, str] = field(hash=False)
    readings: Mapping[str, str] = field(hash=False)
    unit: str
    direction: str

    def __post_init__(self) -> None:
        complete = set(LANGUAGES)
        if set(self.labels) != complete or set(self.readings) != complete:
            raise _refused(f"{self.id} is not named and read in every language.")
        if self.id not in codelist("CL_INDICATOR"):
            raise _refused(f"{self.id} is no code of CL_INDICATOR.")


@dataclass(frozen=True, slots=True)
class Parameters:
    """The numbers of a model.

    beta: CIF/FOB ratio of trade. significance: level of the false discovery rate. z: normal quantile of the
    confidence limits. min_mirror_reports, min_growth_reports: least sum of two counts. min_funnel_cases:
    least number of cases that entered a stage. corridor_measures: measures that shares are computed of.
    stages: dataflow and measure of each stage of the chain from report to confiscation, in order.
    """

    beta: Decimal
    significance: Decimal
    z: Decimal
    min_mirror_reports: int
    min_growth_reports: int
    min_funnel_cases: int
    corridor_measures: tuple[str, ...]
    stages: tuple[tuple[str, str], ...]


P = TypeVar("P")


@dataclass(frozen=True, slots=True)
class ModelSpec(Generic[P]):
    """A model version with its card; `digest` is over its whole content, `parameters` are of the model's own kind.

    written: the parameters as the specification writes them.
    """

    id: str
    version: str
    digest: str
    dataflows: tuple[str, ...]
    parameters: P
    indicators: tuple[Indicator, ...]
    labels: Mapping[str, str] = field(hash=False)
    card: Card = field(hash=False)
    written: Mapping[str, Any] = field(hash=False)

    def indicator(self, indicator_id: str) -> Indicator:
        """Return one indicator.

        Raises:
            InvalidSpecification: the model does not compute it.
        """
        for indicator in self.indicators:
            if indicator.id == indicator_id:
                return indicator
        raise _refused(f"{self.id} does not compute {indicator_id}.")


@cache
def load_spec(name: str = "cross_border_1") -> ModelSpec[Any]:
    """Return a packaged model specification, its card with what stands beside it.

    Raises:
        InvalidSpecification: there is no such model, or its file contradicts itself.
    """
    file = resources.files("risk_models") / "models" / f"{name}.toml"
    if not file.is_file():
        raise _refused(f"There is no model {name!r}.")
    spec = parse_spec(file.read_text(encoding="utf-8"))
    return replace(spec, card=spec.card.beside(packaged_beside(spec.id)))


def parse_spec(text: str) -> ModelSpec[Any]:
    """Read a specification.

    Raises:
        InvalidSpecification: a field is absent, of the wrong type, or names an unknown definition.
    """
    try:
        document = tomllib.loads(text)
        return ModelSpec(
            id=document["id"],
            version=document["version"],
            digest=sha256_hex(canonical_json(document)),
            dataflows=tuple(dataflow(name).id for name in document["dataflows"]),
            parameters=_READERS[document["id"].rpartition("_")[0]](document["parameters"]),
            indicators=tuple(_indicator(entry) for entry in document["indicators"]),
            labels=document["labels"],
            card=read_card(document["card"]),
            written=document["parameters"],
        )
    except (KeyError, TypeError, ValueError, InvalidOperation, SchemaError) as reason:
        raise _refused(f"{type(reason).__name__}: {reason}") from reason


def _parameters(entry: Mapping[str, Any]) -> Parameters:
    return Parameters(
        beta=Decimal(entry["beta"]),
        significance=Decimal(entry["significance"]),
        z=Decimal(entry["z"]),
        min_mirror_reports=int(entry["min_mirror_reports"]),
        min_growth_reports=int(entry["min_growth_reports"]),
        min_funnel_cases=int(entry["min_funnel_cases"]),
        corridor_measures=tuple(entry["corridor_measures"]),
        stages=tuple((stage["dataflow"], stage["measure"]) for stage in entry["stages"]),
    )


def _indicator(entry: Mapping[str, Any]) -> Indicator:
    return Indicator(
        id=entry["id"],
        labels=entry["labels"],
        readings=entry["readings"],
        unit=entry["unit"],
        direction=entry["direction"],
    )


def _refused(detail: str) -> InvalidSpecification:
    return InvalidSpecification(
        "The model specification cannot be used.",
        detail=detail,
        hint="Compare it with models/cross_border_1.toml; a change is a new version in a new file.",
    )


# Parameters by the id of the model without its version.
_READERS: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {
    "cross_border": _parameters,
    "early_warning": read_parameters,
    "assessment": read_assessment,
    "detail_assessment": read_detail_parameters,
    "effectiveness": read_effectiveness,
    "indicators": read_tier_one,
}

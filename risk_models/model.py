"""A model run: live bundles in, one comparable table of figures out.

Invariants: no clock, no file, no float on the way to the digest; the same inputs in any order give the same
bytes on every node; only the dataflows that the specification names are read and counted as inputs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from risk_models.assessment.scores import assessment_figures
from risk_models.cross_border.model import cross_border_figures
from risk_models.early_warning.alarms import warning_figures
from risk_models.errors import InvalidSpecification
from risk_models.figures import Figure, digest_of, rows_of, table_of
from risk_models.observations import Conflict, ModelInput, Observations, observe
from risk_models.specification import ModelSpec, load_spec
from schemas.canonical import canonical_json
from schemas.digest import sha256_hex

__all__ = ["ModelInput", "ModelRun", "ModelSpec", "load_spec", "register", "run", "view_id"]

Figures = Callable[[Observations, Any], Iterable[Figure]]
# Each released version with the one function that computes it. A version stays as long as members may compare with it.
_FIGURES: Mapping[str, Figures] = {
    "cross_border_1": cross_border_figures,
    "early_warning_1": warning_figures,
    "assessment_1": assessment_figures,
}


@dataclass(frozen=True, slots=True)
class ModelRun:
    """What a run gives.

    results: one row a figure, columns `figures.COLUMNS`, all text. result_digest: of those rows. inputs:
    sorted digests of the bundles read. view_id: digest of that set. conflicts: cells that two live bundles
    dispute.
    """

    results: pa.Table
    result_digest: str
    inputs: tuple[str, ...]
    view_id: str
    conflicts: tuple[Conflict, ...]


def register() -> tuple[ModelSpec[Any], ...]:
    """Return the specification of every model that is computed, in the order they are computed in."""
    return tuple(load_spec(name) for name in _FIGURES)


def run(spec: ModelSpec[Any], inputs: Iterable[ModelInput]) -> ModelRun:
    """Compute every indicator of the specification from the live bundles.

    inputs: at most one entry a bundle; an entry given twice counts once.

    Raises:
        InvalidInput: a table speaks for another member than its originator.
        InvalidSpecification: nothing computes a model of this id.
    """
    if spec.id not in _FIGURES:
        raise InvalidSpecification(
            "Nothing computes this model.",
            detail=f"{spec.id} is none of {', '.join(_FIGURES)}.",
            hint="Install the version of the software that has it, or choose one of these.",
        )
    read = {given.bundle_digest: given for given in inputs if given.dataflow_id in spec.dataflows}
    seen = observe(read.values())
    rows = rows_of(_FIGURES[spec.id](seen, spec.parameters))
    bundles = tuple(sorted(read))
    return ModelRun(table_of(rows), digest_of(rows), bundles, view_id(bundles), seen.conflicts)


def view_id(bundle_digests: Iterable[str]) -> str:
    """The digest of a set of bundles: nodes that see the same bundles have the same view."""
    return sha256_hex(canonical_json(sorted(set(bundle_digests))))

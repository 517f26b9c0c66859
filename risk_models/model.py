"""A model run: live bundles in, one comparable table of figures out.

Invariants: no clock, no file, no float on the way to the digest; the same inputs in any order give the same
bytes on every node; only the dataflows that the specification names are read and counted as inputs.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pyarrow as pa

from risk_models.cross_border.funnels import funnel_figures
from risk_models.cross_border.gaps import gap_figures
from risk_models.cross_border.growths import growth_figures
from risk_models.cross_border.mirrors import mirror_figures
from risk_models.cross_border.shares import share_figures
from risk_models.figures import digest_of, rows_of, table_of
from risk_models.observations import Conflict, ModelInput, observe
from risk_models.specification import ModelSpec, load_spec
from schemas.canonical import canonical_json
from schemas.digest import sha256_hex

__all__ = ["ModelInput", "ModelRun", "ModelSpec", "load_spec", "run", "view_id"]


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


def run(spec: ModelSpec, inputs: Iterable[ModelInput]) -> ModelRun:
    """Compute every indicator of the specification from the live bundles.

    inputs: at most one entry a bundle; an entry given twice counts once.

    Raises:
        InvalidInput: a table speaks for another member than its originator.
    """
    read = {given.bundle_digest: given for given in inputs if given.dataflow_id in spec.dataflows}
    seen = observe(read.values())
    suspicious, declared = seen.corridors("SUSPICIOUS_FLOW"), seen.corridors("DECLARED_FLOW")
    rows = rows_of(
        [
            *share_figures(suspicious, spec.parameters),
            *share_figures(declared, spec.parameters),
            *mirror_figures(suspicious, declared, spec.parameters),
            *gap_figures(declared, spec.parameters),
            *growth_figures(suspicious, spec.parameters),
            *funnel_figures(seen, spec.parameters),
        ]
    )
    bundles = tuple(sorted(read))
    return ModelRun(table_of(rows), digest_of(rows), bundles, view_id(bundles), seen.conflicts)


def view_id(bundle_digests: Iterable[str]) -> str:
    """The digest of a set of bundles: nodes that see the same bundles have the same view."""
    return sha256_hex(canonical_json(sorted(set(bundle_digests))))

"""A model run: live bundles in, one comparable set of figures out.

Invariants: no clock, no file, no float on the way to the digest; the same inputs in any order give the same
bytes on every node; only the dataflows that the specification names are read and counted as inputs. A model is
computed figure by figure, or on dense arrays in blocks, of which those that stand on the same inputs are kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from risk_models.assessment.details import detail_figures
from risk_models.assessment.scores import assessment_figures
from risk_models.cross_border.model import cross_border_figures
from risk_models.early_warning.alarms import warning_figures
from risk_models.effectiveness.model import effectiveness_figures
from risk_models.errors import InvalidSpecification
from risk_models.figures import Figure, digest_of, in_order, rows_of, table_of
from risk_models.observations import Conflict, ModelInput, Observations, observe
from risk_models.specification import ModelSpec, load_spec
from risk_models.tier_one.blocks import Block, Source, computed, planned, run_digest, spanned
from risk_models.tier_one.groups import groups_of
from risk_models.tier_one.rows import as_texts, coded
from schemas.canonical import canonical_json
from schemas.digest import sha256_hex

__all__ = [
    "Block",
    "ModelInput",
    "ModelRun",
    "ModelSpec",
    "Source",
    "is_in_blocks",
    "load_spec",
    "register",
    "run",
    "run_blocks",
    "spanned",
    "view_id",
]

Figures = Callable[[Observations, Any], Iterable[Figure]]
# Each released version with the one function that computes it. A version stays as long as members may compare with it.
_FIGURES: Mapping[str, Figures] = {
    "cross_border_1": cross_border_figures,
    "early_warning_1": warning_figures,
    "assessment_1": assessment_figures,
    "detail_assessment_1": detail_figures,
    "effectiveness_1": effectiveness_figures,
}
_IN_BLOCKS = {"indicators_1": groups_of}


@dataclass(frozen=True, slots=True)
class ModelRun:
    """What a run gives.

    result_digest: of the figures. inputs: sorted digests of the bundles read. view_id: digest of that set. conflicts:
    cells that two live bundles dispute, among those that were read. rows: one row a figure, columns `figures.COLUMNS`,
    all text; None of a model in blocks, whose figures are in `blocks`.
    """

    result_digest: str
    inputs: tuple[str, ...]
    view_id: str
    conflicts: tuple[Conflict, ...]
    rows: pa.Table | None = None
    blocks: tuple[Block, ...] = ()

    @property
    def results(self) -> pa.Table:
        """One row a figure, columns `figures.COLUMNS`, all text, sorted by key; of blocks, those computed now."""
        if self.rows is not None:
            return self.rows
        tables = [as_texts(coded(block)) for block in self.blocks if block.parts]
        return in_order(pa.concat_tables([table_of([]), *tables]))


def register() -> tuple[ModelSpec[Any], ...]:
    """Return the specification of every model that is computed, in the order they are computed in."""
    return tuple(load_spec(name) for name in (*_FIGURES, *_IN_BLOCKS))


def is_in_blocks(spec: ModelSpec[Any]) -> bool:
    """True if a model is computed in blocks: by `run_blocks`, which reads only what it needs."""
    return spec.id in _IN_BLOCKS


def run(spec: ModelSpec[Any], inputs: Iterable[ModelInput]) -> ModelRun:
    """Compute every indicator of the specification from the live bundles.

    inputs: at most one entry a bundle; an entry given twice counts once.

    Raises:
        InvalidInput: a table speaks for another member than its originator.
        InvalidSpecification: nothing computes a model of this id.
    """
    read = {given.bundle_digest: given for given in inputs if given.dataflow_id in spec.dataflows}
    if spec.id in _IN_BLOCKS:
        sources = [
            Source(given.dataflow_id, given.originator, digest, spanned(_periods(given.table)))
            for digest, given in read.items()
        ]
        return run_blocks(spec, sources, lambda source: read[source.bundle_digest])
    if spec.id not in _FIGURES:
        raise InvalidSpecification(
            "Nothing computes this model.",
            detail=f"{spec.id} is none of {', '.join((*_FIGURES, *_IN_BLOCKS))}.",
            hint="Install the version of the software that has it, or choose one of these.",
        )
    seen = observe(read.values())
    rows = rows_of(_FIGURES[spec.id](seen, spec.parameters))
    bundles = tuple(sorted(read))
    return ModelRun(digest_of(rows), bundles, view_id(bundles), seen.conflicts, table_of(rows))


def run_blocks(
    spec: ModelSpec[Any],
    sources: Iterable[Source],
    table_of_source: Callable[[Source], ModelInput],
    kept: Mapping[str, Block] | None = None,
) -> ModelRun:
    """Compute a model in blocks: those whose key is in `kept` are taken as they are, and their bundles not read.

    sources: the live bundles, each once. kept: blocks of earlier runs by key.

    Raises:
        InvalidInput: a table speaks for another member than its originator, or cells span too many combinations.
    """
    read = sorted(source for source in sources if source.dataflow_id in spec.dataflows)
    plan = planned(_IN_BLOCKS[spec.id](spec.parameters), read, spec.digest)
    done = computed(plan, table_of_source, kept or {})
    bundles = tuple(sorted(source.bundle_digest for source in read))
    return ModelRun(run_digest(done.blocks), bundles, view_id(bundles), done.conflicts, blocks=done.blocks)


def view_id(bundle_digests: Iterable[str]) -> str:
    """The digest of a set of bundles: nodes that see the same bundles have the same view."""
    return sha256_hex(canonical_json(sorted(set(bundle_digests))))


def _periods(table: pa.Table) -> list[str]:
    return [str(period) for period in table.column("TIME_PERIOD").unique().to_pylist()]

"""The shared indicators: computed from what every member holds, attested in the log, compared between nodes.

Invariants: a run is named by its model, its view (the digest of the bundles used) and its specification; the same
view gives the same bytes on every node; a run is stored before it is attested, and both steps may be repeated; models
are computed, attested and compared one by one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import pyarrow as pa

from exchange import envelope, parquet
from exchange.attestation import Attestation
from exchange.envelope import PAYLOAD_TYPES
from node.audit import AuditEvent
from node.ports.ledger import Bundle, HeldAttestation
from node.ports.work import IndicatorRun
from node.services.append import LogContent, append
from node.services.blocks import figures_of, kept_blocks, news, stored_blocks
from node.services.cells import bundle_cells, shared_view
from node.services.context import Context
from node.services.members import active_codes
from risk_models.model import (
    Block,
    ModelInput,
    ModelRun,
    Source,
    is_in_blocks,
    run,
    run_blocks,
    spanned,
    view_id,
)
from risk_models.specification import ModelSpec

CROSS_BORDER, EARLY_WARNING = "cross_border_1", "early_warning_1"
ASSESSMENT, TIER_ONE = "assessment_1", "indicators_1"
DETAIL, EFFECTIVENESS = "detail_assessment_1", "effectiveness_1"
GRAVEST_FIRST = ("divergence", "differs", "unknown", "agree")


@dataclass(frozen=True, slots=True)
class AgreementRow:
    """What a member's newest attestation of one model says beside our own run of it.

    verdict: "agree" (same view, same digest), "differs" (another view: `lacks` names bundles it did not use,
    `extra` bundles we did not use), "divergence" (same view, other digest: an incident), "unknown" (none yet).
    """

    code: str
    model_id: str
    verdict: str
    run_at: datetime | None
    lacks: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()


def shared_inputs(ctx: Context, model: ModelSpec[Any], now: datetime) -> list[Bundle]:
    """Give the live bundles that every active member holds and that a model reads, in canonical order."""
    held = shared_view(ctx.ledger.bundles(), active_codes(ctx, now))
    return [bundle for bundle in held if bundle.dataflow_id in model.dataflows]


def recompute(ctx: Context, now: datetime) -> tuple[IndicatorRun, ...]:
    """Compute and attest every model whose newest run is not of the present view; gives these runs."""
    fresh = (_recompute(ctx, model, now) for model in ctx.models)
    return tuple(run for run in fresh if run is not None)


def compute(
    ctx: Context, model: ModelSpec[Any], bundles: list[Bundle], kept: Mapping[str, Block] | None = None
) -> ModelRun:
    """Run a model over these bundles, without storing anything; what is `kept` is not computed again."""
    is_coded = is_in_blocks(model)

    def given(bundle: Bundle) -> ModelInput:
        cells = bundle_cells(ctx, bundle, is_coded=is_coded)
        return ModelInput(bundle.digest, bundle.originator, bundle.dataflow_id, cells)

    if not is_coded:
        return run(model, [given(bundle) for bundle in bundles])
    by_digest = {bundle.digest: bundle for bundle in bundles}
    sources = [
        Source(
            bundle.dataflow_id,
            bundle.originator,
            bundle.digest,
            spanned([bundle.first_period, bundle.last_period]),
        )
        for bundle in bundles
    ]
    return run_blocks(model, sources, lambda source: given(by_digest[source.bundle_digest]), kept)


def shown(ctx: Context, model_id: str) -> IndicatorRun | None:
    """Give a model's newest run, or None before the first and while it stands on a bundle that was taken back."""
    latest = ctx.indicators.latest(model_id)
    if latest is None:
        return None
    taken_back = {bundle.digest for bundle in ctx.ledger.bundles() if bundle.retracted_by}
    return None if taken_back.intersection(latest.inputs) else latest


def is_current(ctx: Context, now: datetime) -> bool:
    """Say whether every model's newest run is of the bundles held now; in between lies at most one recompute."""
    return all(_is_current(ctx, model, now) for model in ctx.models)


def computes(ctx: Context, indicator: str) -> str | None:
    """Give the model that computes an indicator, or None; no indicator is of two models."""
    for model in ctx.models:
        if any(one.id == indicator for one in model.indicators):
            return model.id
    return None


def versions(ctx: Context, model_id: str) -> tuple[str, ...]:
    """Give the versions of a model that are computed, the newest first: its id with another number at the end."""
    family = model_id.rpartition("_")[0]
    found = [model.id for model in ctx.models if model.id.rpartition("_")[0] == family]
    return tuple(sorted(found, key=lambda one: int(one.rpartition("_")[2]), reverse=True))


def latest_results(ctx: Context, model_id: str) -> pa.Table | None:
    """Give the results of a model's run that is shown, or None."""
    latest = shown(ctx, model_id)
    if latest is None:
        return None
    return ctx.tables.get(latest.results, lambda: results_of(ctx, latest))


def results_of(ctx: Context, computed: IndicatorRun) -> pa.Table:
    """Read the figures of a run, columns `figures.COLUMNS`, all text; raises Damaged when stored bytes changed."""
    return figures_of(ctx, parquet.read(ctx.objects.get(computed.results), ctx.limits))


def agreement(ctx: Context) -> list[AgreementRow]:
    """Compare every other member's newest attestation of each model with our own run of the same view."""
    others = [member.code for member in ctx.directory.membership().members if member.code != ctx.member]
    newest = {(held.originator, held.attestation.model_id): held for held in ctx.ledger.attestations()}
    own = {model.id: shown(ctx, model.id) for model in ctx.models}
    return [
        _compare(ctx, own[model.id], (code, model.id), newest.get((code, model.id)))
        for code in others
        for model in ctx.models
    ]


def gravest(rows: Iterable[AgreementRow]) -> dict[str, AgreementRow]:
    """Give, for each member, the row that asks for most attention; at equal ones that of the first model."""
    found: dict[str, AgreementRow] = {}
    for row in rows:
        held = found.setdefault(row.code, row)
        if GRAVEST_FIRST.index(row.verdict) < GRAVEST_FIRST.index(held.verdict):
            found[row.code] = row
    return found


def _recompute(ctx: Context, model: ModelSpec[Any], now: datetime) -> IndicatorRun | None:
    bundles = shared_inputs(ctx, model, now)
    view = view_id(bundle.digest for bundle in bundles)
    stored = ctx.indicators.by_view(model.id, view)
    if stored is not None and stored.spec_digest == model.digest:
        again = None if stored == ctx.indicators.latest(model.id) else replace(stored, run_at=now)
        if again is not None:
            ctx.indicators.add(again)  # as after a retraction: an earlier view is the present one again
        _attest_once(ctx, again or stored, now)
        return again
    latest = ctx.indicators.latest(model.id)
    kept = kept_blocks(ctx, latest)
    computed = compute(ctx, model, bundles, kept)
    table = stored_blocks(ctx, computed.blocks, latest) if is_in_blocks(model) else computed.results
    fresh = IndicatorRun(
        model_id=model.id,
        model_version=model.version,
        spec_digest=model.digest,
        view_id=computed.view_id,
        inputs=computed.inputs,
        result_digest=computed.result_digest,
        results=ctx.objects.put(parquet.write(table)),
        run_at=now,
    )
    ctx.indicators.add(fresh)
    _attest_once(ctx, fresh, now, news(kept, computed.blocks))
    return fresh


def _is_current(ctx: Context, model: ModelSpec[Any], now: datetime) -> bool:
    latest = ctx.indicators.latest(model.id)
    held = view_id(bundle.digest for bundle in shared_inputs(ctx, model, now))
    return latest is not None and latest.view_id == held and latest.spec_digest == model.digest


def _compare(
    ctx: Context, own: IndicatorRun | None, of: tuple[str, str], held: HeldAttestation | None
) -> AgreementRow:
    if own is None or held is None:
        return AgreementRow(*of, "unknown", None)
    theirs = held.attestation
    same_view = ctx.indicators.by_view(theirs.model_id, theirs.view_id)
    is_comparable = same_view is not None and same_view.spec_digest == theirs.spec_digest
    if same_view is not None and is_comparable and same_view.result_digest != theirs.result_digest:
        return AgreementRow(*of, "divergence", theirs.run_at)
    if theirs.view_id == own.view_id and theirs.spec_digest == own.spec_digest:
        return AgreementRow(*of, "agree", theirs.run_at)
    lacks = tuple(sorted(set(own.inputs) - set(theirs.inputs)))
    extra = tuple(sorted(set(theirs.inputs) - set(own.inputs)))
    return AgreementRow(*of, "differs", theirs.run_at, lacks, extra)


def _attest_once(
    ctx: Context, computed: IndicatorRun, now: datetime, moved: Mapping[str, str | int] | None = None
) -> None:
    """Say in the log what was computed, unless the newest own attestation of the model says it already.

    moved: what else the audit log is to say of it.
    """
    own = [held.attestation for held in ctx.ledger.attestations(ctx.member)]
    same_model = [one for one in own if one.model_id == computed.model_id]
    said = {(one.view_id, one.spec_digest) for one in same_model[-1:]}
    if (computed.view_id, computed.spec_digest) in said:
        return
    document = Attestation(
        model_id=computed.model_id,
        model_version=computed.model_version,
        spec_digest=computed.spec_digest,
        view_id=computed.view_id,
        inputs=computed.inputs,
        result_digest=computed.result_digest,
        run_at=computed.run_at,
    )
    payload = document.to_bytes()
    kind = PAYLOAD_TYPES["attestation"]
    signed = envelope.assemble(kind, payload, [envelope.sign(kind, payload, ctx.keyring.log_signer())])
    event = AuditEvent(
        "indicators.attested",
        ctx.member,
        computed.view_id,
        now,
        {"model": computed.model_id, "result": computed.result_digest, **(moved or {})},
    )
    content = LogContent("attestation", signed, active_codes(ctx, now), attestation=document)
    append(ctx, content, event=event)

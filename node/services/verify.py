"""Everything this node holds, verified again from the bytes on disk to the figures on the dashboard.

Invariants: nothing is repaired here; every finding names where it is; a check that could not run is a finding.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from exchange import envelope, log_notes
from exchange.bundle import unpack
from exchange.envelope import PAYLOAD_TYPES
from exchange.errors import ExchangeError
from exchange.manifest import Manifest
from exchange.merkle import Frontier, leaf_digest
from exchange.records import commitment
from node.audit import first_broken
from node.errors import NodeError, NotFound
from node.ports.ledger import Bundle
from node.ports.submissions import SubmissionState
from node.services import indicators, log_tree
from node.services.arranged import is_true, kept_files
from node.services.compiled import Confirming
from node.services.context import Context
from node.services.findings import Check, Mismatch, require
from node.services.members import own_log
from node.services.protect import recompile
from node.services.recollection import Recollection
from node.services.verify_records import record_checks
from node.services.verify_witness import witness_checks
from risk_models.specification import ModelSpec


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it was signed or computed, and where."""

    where: str
    what: str


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """How many things of each kind were checked, and what was wrong."""

    checked: dict[str, int]
    findings: tuple[Finding, ...]


def verify(ctx: Context) -> VerifyReport:
    """Verify own log, bundles, retractions, receipts, notices, typologies, own sources, audit chain and indicators.

    The figures of own releases are recomputed from the analysts' files, and the indicators from the bundles.
    """
    checked: Counter[str] = Counter()
    findings: list[Finding] = []
    for kind, where, check in _checks(ctx):
        checked[kind] += 1
        try:
            check()
        except (NodeError, ExchangeError) as error:
            findings.append(Finding(where, f"{error.title}: {error.detail}"))
        except Mismatch as error:
            findings.append(Finding(where, str(error)))
    return VerifyReport(dict(checked), tuple(findings))


def _checks(ctx: Context) -> Iterator[Check]:
    yield "log", f"log of {ctx.member}", lambda: _log(ctx)
    for bundle in ctx.ledger.bundles():
        yield "bundles", _name(bundle), lambda bundle=bundle: _bundle(ctx, bundle)  # type: ignore[misc]
    for bundle, file in kept_files(ctx):
        yield "arranged", _name(bundle), partial(_arranged, ctx, bundle, file)
    yield from record_checks(ctx)
    yield from witness_checks(ctx)
    for digest in ctx.compiled.digests():
        yield "compiled", f"compiled cells or records ({digest})", partial(_kept, ctx, digest)
    # what was kept is compared with what the files give, and nothing is taken from it before
    doubting = replace(ctx, compiled=Confirming(ctx.compiled))
    recollection = Recollection(doubting)
    for submission in ctx.submissions.all():
        if submission.state is SubmissionState.RELEASED and submission.manifest_digest:
            number, digest = submission.submission_id, submission.manifest_digest
            where = f"submission {number} of {ctx.member}"
            yield "sources", where, partial(_source, doubting, number, digest, recollection)
    yield "audit", f"audit log of {ctx.member}", lambda: _audit(ctx)
    for model in ctx.models:
        yield "indicators", f"indicators of {ctx.member} by {model.id}", partial(_indicators, ctx, model)


def _name(bundle: Bundle) -> str:
    return f"bundle {bundle.originator} {bundle.dataflow_id} vintage {bundle.vintage} ({bundle.digest})"


def _log(ctx: Context) -> None:
    """Every envelope is what its entry commits to, and the entries give the root that the checkpoint signs."""
    head = ctx.ledger.head()
    if head is None:
        return
    log = own_log(ctx)
    signed = log_notes.said(head.checkpoint.encode("utf-8"), log, ctx.limits)
    entries = ctx.ledger.commitments(0, head.size)
    for record in ctx.ledger.records(0, head.size):
        content = ctx.objects.get(record.envelope)
        require(
            commitment(record.salt, content) == entries[record.index], f"record {record.index} was altered"
        )
    frontier = Frontier.empty().extend([leaf_digest(entry) for entry in entries])
    require(
        (signed.size, signed.root) == (frontier.size, frontier.root()),
        "the entries do not give the signed root",
    )
    wrong = log_tree.wrongly_kept(ctx, entries)
    require(not wrong, f"the tree is not kept as the entries have it: {', '.join(wrong[:5])}")


def _bundle(ctx: Context, bundle: Bundle) -> None:
    """Signatures, manifest and every part, as when it came in."""
    membership = ctx.directory.membership()
    member = membership.member(bundle.originator)
    signed = envelope.require(
        ctx.objects.get(bundle.envelope),
        member.release_keys,
        member.release_threshold,
        ctx.limits,
        payload_type=PAYLOAD_TYPES["release"],
        schemes=membership.policy.release_schemes,
    )
    manifest = Manifest.from_bytes(signed.payload, ctx.limits)
    require(manifest.digest == bundle.digest, "the envelope is of another manifest")
    require(
        tuple(part.digest for part in manifest.parts) == bundle.parts, "the parts are not those signed for"
    )
    unpack(manifest, ctx.objects.get, ctx.limits)


def _source(ctx: Context, number: int, digest: str, recollection: Recollection) -> None:
    """The analyst's file still gives the very cells that were signed."""
    submission = ctx.submissions.get(number)
    bundle = ctx.ledger.bundle(digest)
    if bundle is None:
        raise NotFound(f"The bundle of submission {number} is not in the ledger")
    manifest = Manifest.from_bytes(ctx.objects.get(bundle.manifest), ctx.limits)
    recompiled = recompile(ctx, submission, recollection)
    require(
        recompiled == tuple(part.logical_digest for part in manifest.parts),
        f"the file of submission {number} no longer gives the cells that were signed",
    )


def _arranged(ctx: Context, bundle: Bundle, file: Path) -> None:
    """Pages show what the bundle has; a file that says something else is removed by hand, and made again."""
    require(
        is_true(ctx, bundle, file), f"the cells that pages show are not those of the bundle: remove {file}"
    )


def _kept(ctx: Context, digest: str) -> None:
    ctx.objects.verified(digest)


def _audit(ctx: Context) -> None:
    broken = first_broken(ctx.audit.entries())
    require(broken is None, f"entry {broken} does not follow from the one before")


def _indicators(ctx: Context, model: ModelSpec[Any]) -> None:
    """Computing the newest run of a model again, from the bundles it names, gives the same digest."""
    latest = ctx.indicators.latest(model.id)
    if latest is None:
        return
    require(latest.spec_digest == model.digest, "the newest run is of another specification than this node's")
    held = [ctx.ledger.bundle(digest) for digest in latest.inputs]
    bundles = [bundle for bundle in held if bundle is not None]
    require(len(bundles) == len(held), "a bundle that the newest run names is not held")
    computed = indicators.compute(ctx, model, bundles)
    require(
        computed.result_digest == latest.result_digest,
        f"computed again the result is {computed.result_digest}, stored is {latest.result_digest}",
    )
    indicators.results_of(ctx, latest)

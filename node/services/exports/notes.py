"""The notes that travel with an exported table: what it is, what it stands on, and whether it is whole.

Invariants: the document for programs and the lines for people say the same; every bundle behind the rows is named by
digest, with the digest of its disclosure certificate (SHA-256 of its canonical JSON).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from node.ports.exports import ExportColumn, NoteLine
from node.ports.ledger import Bundle
from node.ports.work import IndicatorRun
from node.services.context import Context
from node.services.exports import words
from node.services.exports.extracts import Extract
from risk_models.model import view_id
from schemas.canonical import canonical_json
from schemas.digest import sha256_hex

NONE, TO = "-", " - "


def document(ctx: Context, extract: Extract, *, rows: int, now: datetime) -> dict[str, Any]:
    """Give the notes for programs: plain JSON, names in English, moments in UTC."""
    stands_on = extract.evidence
    return {
        "table": extract.name,
        "made_at": now.isoformat(timespec="seconds"),
        "made_by": ctx.member,
        "rows": rows,
        "rows_total": extract.rows.num_rows,
        "complete": rows == extract.rows.num_rows,
        "filters": dict(extract.filters),
        "periods": [stands_on.first_period, stands_on.last_period],
        "released": [_moment(stands_on.oldest_at), _moment(stands_on.newest_at)],
        "coverage": {
            "covered": list(stands_on.covered),
            "expected": list(stands_on.expected),
            "absent": list(stands_on.absent),
            "behind": list(stands_on.behind),
        },
        "view": view_id(bundle.digest for bundle in stands_on.bundles),
        "bundles": [_bundle(ctx, bundle) for bundle in stands_on.bundles],
        "models": [_run(run) for run in extract.runs],
        "units": "minor units of money, whole counts",
        "value_kinds": {kind: words.kind(kind, "en") for kind in extract.kinds},
    }


def lines(
    said: Mapping[str, Any], extract: Extract, columns: tuple[ExportColumn, ...], title: str, language: str
) -> tuple[NoteLine, ...]:
    """Give the same for people, in their language."""
    return tuple(_lines(said, extract, columns, title, language))


def _lines(
    said: Mapping[str, Any], extract: Extract, columns: tuple[ExportColumn, ...], title: str, language: str
) -> Iterator[NoteLine]:
    def line(name: str, text: str, **fields: str) -> NoteLine:
        return NoteLine(name, words.label(name, language, **fields), text)

    coverage = said["coverage"]
    yield line("title", title)
    yield line("rows", f"{said['rows']} / {said['rows_total']}")
    yield line("filters", "; ".join(f"{name}={value}" for name, value in said["filters"].items()) or NONE)
    yield line("made", f"{said['made_at']} · {words.area(said['made_by'], language)}")
    yield line("periods", TO.join(said["periods"]))
    yield line("released", " · ".join(said["released"]))
    yield line("coverage", f"{_areas(coverage['covered'], language)} ({_of(coverage)})")
    yield line("absent", _areas(coverage["absent"], language))
    yield line("behind", _areas(coverage["behind"], language))
    yield line("view", said["view"])
    yield line("units", words.label("units_text", language))
    for run in said["models"]:
        yield line("model", words.label("model_text", language, **run))
    for kind in extract.kinds:
        yield line("kind", words.kind(kind, language), id=kind)
    for column in columns:
        yield line("column", column.label, id=column.id)
    for bundle in said["bundles"]:
        fields = {name: str(value) for name, value in bundle.items()} | {
            "periods": TO.join(bundle["periods"])
        }
        yield line("bundle", words.label("bundle_text", language, **fields))


def _of(coverage: Mapping[str, Any]) -> str:
    return f"{len(coverage['covered'])}/{len(coverage['expected'])}"


def _areas(codes: list[str], language: str) -> str:
    return ", ".join(words.area(code, language) for code in codes) or NONE


def _bundle(ctx: Context, bundle: Bundle) -> dict[str, Any]:
    # the manifest was verified when it came in, and is verified against its digest as it is read
    certificate = json.loads(ctx.objects.get(bundle.manifest))["certificate"]
    return {
        "digest": bundle.digest,
        "originator": bundle.originator,
        "dataflow": bundle.dataflow_id,
        "periods": [bundle.first_period, bundle.last_period],
        "vintage": bundle.vintage,
        "certificate": sha256_hex(canonical_json(certificate)),
        "signatures": len(bundle.signed_by),
        "released_at": _moment(bundle.released_at),
        "verified_at": _moment(bundle.committed_at),
    }


def _run(run: IndicatorRun) -> dict[str, str]:
    return {
        "model": run.model_id,
        "version": run.model_version,
        "spec_digest": run.spec_digest,
        "result_digest": run.result_digest,
        "view": run.view_id,
        "run_at": _moment(run.run_at),
    }


def _moment(at: datetime | None) -> str:
    return "" if at is None else at.isoformat(timespec="seconds")

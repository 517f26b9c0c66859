"""What the demo proves, as JSON: every bundle is everywhere it is addressed to, every byte verifies, all agree.

Invariants: each statement is asked of the running nodes, never assumed; a failure names the node and the thing.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from node.access import Role
from node.demo.api_client import ApiClient
from node.demo.federation import Federation

SYNCED_WITHIN_S = 300
POLL_S = 0.5


@dataclass(slots=True)
class Picture:
    """What one node says of itself. results: view and digest of the result, by model; typologies: its register."""

    code: str
    bundles: list[dict[str, Any]]
    typologies: list[dict[str, Any]]
    results: dict[str, list[str]]
    is_current: bool
    agreement: dict[str, str]
    verification: dict[str, Any] = field(default_factory=dict)


def wait_until_agreed(federation: Federation, say: Callable[[str], None]) -> list[Picture]:
    """Watch until every node holds what is addressed to it and agrees, or the time is over; gives the last look."""
    clients = [ApiClient(node, node.person(Role.OPERATOR)) for node in federation.nodes]
    deadline = time.monotonic() + SYNCED_WITHIN_S
    said = ""
    while True:
        pictures = [_look(client) for client in clients]
        missing = _missing(pictures)
        disagreeing = _disagreeing(pictures)
        if not missing and not disagreeing:
            break
        now = f"{len(missing)} bundles on their way, {len(disagreeing)} comparisons of indicators open"
        if now != said:
            say(now)
            said = now
        if time.monotonic() > deadline or (not missing and _is_final(disagreeing)):
            break
        time.sleep(POLL_S)
    with ThreadPoolExecutor(max_workers=2) as pool:
        for picture, report in zip(pictures, pool.map(_verify, clients), strict=True):
            picture.verification = report
    return pictures


def summarise(pictures: list[Picture]) -> dict[str, Any]:
    """Give the summary; `ok` is true only if nothing is missing, everything verified and all nodes agree."""
    failures = [*_missing(pictures), *_disagreeing(pictures)]
    for picture in pictures:
        failures += [
            f"{picture.code}: {one['where']}: {one['what']}" for one in picture.verification["findings"]
        ]
    return {
        "ok": not failures,
        "nodes_agree": not _disagreeing(pictures),
        "failures": failures,
        "nodes": {picture.code: _node_summary(picture) for picture in pictures},
    }


def _node_summary(picture: Picture) -> dict[str, Any]:
    own = [bundle for bundle in picture.bundles if bundle["originator"] == picture.code]
    cells: Counter[str] = Counter()
    for bundle in own:
        cells.update(bundle["cells"])
    return {
        "bundles_published": len(own),
        "bundles_imported": len(picture.bundles) - len(own),
        "cells_by_status": dict(sorted(cells.items())),
        "typologies": len(picture.typologies),
        "indicators": {
            model: {"view": view, "result_digest": digest}
            for model, (view, digest) in picture.results.items()
        },
        "agreement": picture.agreement,
        "verified": picture.verification["checked"],
    }


def _look(client: ApiClient) -> Picture:
    exchange = client.get("/api/v1/exchange")
    return Picture(
        code=client.node.code,
        bundles=client.get_all("/api/v1/bundles?live_only=false"),
        typologies=client.get_all("/api/v1/typologies"),
        results={one["model"]: [one["view"], one["result_digest"]] for one in exchange["models"]},
        is_current=exchange["view_is_current"],
        agreement={peer["code"]: peer["agreement"] for peer in exchange["peers"]},
    )


def _verify(client: ApiClient) -> dict[str, Any]:
    report: dict[str, Any] = client.post("/api/v1/verify", {})
    return report


def _missing(pictures: list[Picture]) -> list[str]:
    """Name every bundle that a member it is addressed to does not hold."""
    held = {picture.code: {bundle["digest"] for bundle in picture.bundles} for picture in pictures}
    return [
        f"{code} does not hold {bundle['originator']} {bundle['dataflow']} ({bundle['digest']})"
        for picture in pictures
        for bundle in picture.bundles
        if bundle["originator"] == picture.code
        for code in bundle["audience"]
        if code in held and bundle["digest"] not in held[code]
    ]


def _disagreeing(pictures: list[Picture]) -> list[str]:
    """Name every pair of nodes whose indicators are not the same, by what each computed and what it attested."""
    computed = {json.dumps(picture.results, sort_keys=True) for picture in pictures}
    lines = [
        f"{picture.code} says of {code}: {verdict}"
        for picture in pictures
        for code, verdict in picture.agreement.items()
        if verdict != "agree"
    ]
    lines += [
        f"{picture.code} has not computed the bundles it holds now"
        for picture in pictures
        if not picture.is_current
    ]
    if len(computed) > 1 or not all(picture.results for picture in pictures):
        lines.append("the nodes did not compute the same view and result")
    return lines


def _is_final(disagreeing: list[str]) -> bool:
    """A divergence does not mend itself by waiting."""
    return any(line.endswith("divergence") for line in disagreeing)

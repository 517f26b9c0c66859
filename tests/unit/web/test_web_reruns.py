"""The exchange page says which past results were computed again, and shows the one that came out otherwise."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from node.services import indicators, reruns
from node.services.indicators import CROSS_BORDER

OTHER = "sha256:" + "0" * 64


def test_a_result_that_came_out_otherwise_is_shown_with_both_digests_and_its_bundles(own_pages: Any) -> None:
    """What to do stands above it; before, and after a round without incident, nobody is alarmed."""
    ctx, clock = own_pages.nodes["KZ"], own_pages.nodes.clock
    ctx = replace(ctx, models=ctx.models[:1])
    indicators.recompute(ctx, clock.now())
    run = ctx.indicators.latest(CROSS_BORDER)
    head = own_pages.as_person("head")
    assert "None was computed again yet." in head.get("/exchange").text

    done = reruns.rerun(ctx, run, clock.now())
    assert done.found == run.result_digest
    text = head.get("/exchange").text
    assert "the same result" in text
    assert 'role="alert"' not in text

    ctx.indicators.add(replace(run, result_digest=OTHER))
    reruns.rerun(ctx, replace(run, result_digest=OTHER), clock.now())
    text = head.get("/exchange").text.partition('id="reruns"')[2]
    assert 'role="alert"' in text
    assert OTHER in text
    assert run.result_digest in text
    assert all(f"/bundles/{digest}" in text for digest in run.inputs)
    answer = head.get("/api/v1/exchange").json()["computed_again"]
    assert [(one["outcome"], one["found"]) for one in answer["incidents"]] == [("differs", run.result_digest)]

"""Records the examples of the API's description from a node with data: python -m tests.support.api_examples.

What it writes is looked at before it is committed; lists are cut to their first entry.
"""

from __future__ import annotations

import json
import re
import tempfile
from pathlib import Path
from typing import Any

from node.access import Role
from node.api import description
from tests.support.contexts_api import Client, Surface, add_person, surface
from tests.support.federation import PASSWORD, Nodes, federation
from tests.support.web_figures import HOSTILE_VALUE, fill

RECORDED = Path(description.__file__).with_name("examples.json")
DIGEST = "sha256:" + "0" * 64
SECRET = "correct horse battery staple"
REASON = {"reason": "Two reports were entered twice."}
DESCRIBED = {
    "codes": {"METHOD": ["TM13B"], "CHANNEL": ["VA_P2P"], "NEW_TECH": ["VIRTUAL_ASSET"]},
    "original": "en",
    "texts": {
        "en": {
            "title": "Cash-out of stolen money by peer-to-peer trades of virtual assets",
            "description": "Money stolen by fraud is paid to sellers of virtual assets, who never see the buyer.",
            "warning_signs": [
                "A private account receives many payments marked as purchases of virtual assets."
            ],
            "measures": ["Ask who stands behind accounts that trade for others."],
        }
    },
    "sources": ["FATF, Virtual Assets Red Flag Indicators, 2020"],
}
REQUESTS: dict[str, Any] = {
    "POST /api/v1/typologies": DESCRIBED,
    "POST /api/v1/typologies/{typology}/versions": {
        "based_on": 1,
        "change": "A second warning sign.",
        "description": DESCRIBED,
    },
    "POST /api/v1/typologies/{typology}/review": {"number": 1},
    "POST /api/v1/typologies/{typology}/share": {"number": 1, "audience": ["BY", "RU"]},
    "POST /api/v1/typologies/{typology}/retire": {"reason": "It was not seen for three years."},
    "POST /api/v1/session": {"login": "aigerim", "password": SECRET},
    "PUT /api/v1/me/password": {"old": SECRET, "new": "another long sentence"},
    "PUT /api/v1/me/language": {"language": "kk"},
    "POST /api/v1/submissions/{submission_id}/leave-out": REASON,
    "POST /api/v1/submissions/{submission_id}/confirm-warnings": REASON,
    "POST /api/v1/submissions/{submission_id}/clear-content": REASON,
    "POST /api/v1/submissions/{submission_id}/withdraw": REASON,
    "POST /api/v1/submissions/{submission_id}/send-back": REASON,
    "POST /api/v1/submissions/{submission_id}/approve": {"password": SECRET},
    "POST /api/v1/submissions/{submission_id}/release": {"password": SECRET},
    "POST /api/v1/submissions/{submission_id}/exceptions": {
        "kind": "withhold",
        "key": {"TIME_PERIOD": "2012", "REF_AREA": "KZ"},
        "reason": "The case is before a court.",
    },
    "POST /api/v1/submissions/{submission_id}/exceptions/{number}/end": REASON,
    "POST /api/v1/bundles/{digest}/retraction": {
        "reason": "error",
        "text": "The amounts were in another currency.",
        "password": SECRET,
    },
    "POST /api/v1/retraction-proposals/{number}/confirm": {"password": SECRET},
    "POST /api/v1/notices": {"kind": "text", "texts": {"en": "Our node is moved on Sunday."}},
    "POST /api/v1/exchange/sync": {"peer": "BY"},
    "POST /api/v1/assessment/{area}/reviews": {
        "model": "assessment_1",
        "year": "2023",
        "verdict": "overridden",
        "assessed": "medium",
        "reason": "new_intelligence",
        "text": "The channel that raised it was closed in spring.",
        "evidence": "memorandum 4 of the analysis department",
        "periods": 2,
        "is_shared": True,
    },
    "POST /api/v1/assessment/{area}/reply": {
        "model": "assessment_1",
        "year": "2023",
        "text": "The ratings it rests on are replaced by those of this year.",
        "language": "en",
    },
    "POST /api/v1/reviews/{number}/refuse": REASON,
    "POST /api/v1/reviews/{number}/end": REASON,
    "POST /api/v1/acknowledgements": {
        "indicator": "E13",
        "area": "KZ",
        "counterpart": "BY",
        "facet": "TRADE/HS27/OUT/V_DECL/DECLARED_FLOW",
        "period": "2012",
        "note": "Asked the sender: a correction of customs data.",
    },
}
# what is found by asking; the others are of the same shape as one that is found
LIKE = {
    "POST /api/v1/submissions": "GET /api/v1/submissions/{submission_id}",
}
NOT_ASKED = frozenset({"GET /api/v1/openapi.json"})


def record(nodes: Nodes, web: Surface, login: str) -> dict[str, Any]:
    """Ask every reading operation once, and verification; give the examples by operation."""
    client = web.signed_in(login)
    document = description.describe(web.app)
    found: dict[str, Any] = {name: {"request": request} for name, request in REQUESTS.items()}
    for path, methods in document["paths"].items():
        name = f"GET {path}"
        if "get" not in methods or name in NOT_ASKED:
            continue
        answer = asked(web, client, path)
        if answer is not None:
            found.setdefault(name, {})["answer"] = cut(answer)
    for name, like in LIKE.items():
        found.setdefault(name, {})["answer"] = found[like]["answer"]
    return found


def asked(web: Surface, client: Client, path: str) -> Any:
    """Give what a reading operation answers as JSON, or None where it writes something else."""
    bundle = web.ctx.ledger.bundles(originator=web.ctx.member)[0]
    real = {
        "{submission_id}": str(web.ctx.submissions.all()[-1].submission_id),
        "{digest}": bundle.digest,
        "{structure_id}": "R33_A",
        "{codelist_id}": "CL_CRIME_TYPE",
        "{dataflow}": "DECLARED_FLOW",
        "{typology}": "KZ-2026-001",
        "{number}": "1",
        "{table}": "corridors",
        "{area}": "KZ",
    }
    address = re.sub(r"\{\w+\}", lambda name: real.get(name.group(), "x"), path)
    answer = client.get(address, headers={"Accept": "application/json"})
    is_json = answer.headers.get("content-type", "").startswith("application/json")
    return answer.json() if answer.status_code == 200 and is_json else None


def cut(value: Any) -> Any:
    """Keep the first entry of every list."""
    if isinstance(value, list):
        return [cut(entry) for entry in value[:1]]
    if isinstance(value, dict):
        return {name: cut(entry) for name, entry in value.items()}
    return value


def main() -> None:
    """Write examples.json."""
    with tempfile.TemporaryDirectory() as place, federation(Path(place) / "nodes") as nodes:
        fill(nodes, Path(place))
        ctx = nodes["KZ"]
        add_person(ctx, nodes.clock, "boris", *Role)
        web = surface(ctx, nodes.clock, Path(place))
        found = record(nodes, web, "boris")
    text = json.dumps(found, ensure_ascii=False, indent=1, sort_keys=True)
    for secret in (PASSWORD, place):
        text = text.replace(secret, "")
    text = text.replace(HOSTILE_VALUE, DESCRIBED["texts"]["en"]["title"])
    RECORDED.write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()

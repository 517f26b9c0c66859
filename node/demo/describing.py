"""Three people at each node describe published typologies in the register, the way they would at work.

Invariants: what stands in `typologies` is told in own words from public reports, which each entry names; what is not
shared waits for a person at the demo to review it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from importlib.resources import files
from typing import Any

from node.access import Role
from node.demo.api_client import ApiClient
from node.demo.federation import DemoNode

REGISTER = "/api/v1/typologies"


def describe(node: DemoNode, members: Sequence[str], say: Callable[[str], None]) -> None:
    """Describe, review and share this member's typologies that are not there yet; members: all of the demo."""
    texts = _texts(node.code)
    if not texts:
        return
    author = ApiClient(node, node.person(Role.SUBMITTER))
    reviewer = ApiClient(node, node.person(Role.RELEASER))
    officer = ApiClient(node, node.person(Role.RELEASER, number=1))
    known = {
        entry["titles"][entry["original"]]: entry
        for entry in author.get_all(REGISTER)
        if entry["originator"] == node.code
    }
    for text in texts:
        said = text["description"]
        title = said["texts"][said["original"]]["title"]
        entry = known.get(title) or author.post(REGISTER, said)
        others = sorted(set(members) - {node.code})
        if not (text["is_shared"] and others and entry["status"] in {"PROPOSED", "REVIEWED"}):
            continue
        path = f"{REGISTER}/{entry['typology']}"
        if entry["status"] == "PROPOSED":
            reviewer.post(f"{path}/review", {"number": 1})
        officer.post(f"{path}/share", {"number": 1, "audience": others})
        say(f"{node.code}: typology {entry['typology']}, {title}")


def _texts(code: str) -> list[dict[str, Any]]:
    file = files("node.demo") / "typologies" / f"{code}.json"
    found: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else []
    return found

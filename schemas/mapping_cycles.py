"""Circles in what a map and the two hierarchies together say about broader and narrower.

Invariants: codes that are exact matches are one node; every code that lies on a circle is named, and only
those. A circle means that a code would lie within itself, so that a roll-up would count it twice.
"""

from __future__ import annotations

from collections.abc import Iterator

from schemas.codelist import Codelist
from schemas.mapping import CodeMap, Relation

# National and shared codes may be spelt alike; the side keeps them apart.
_Node = tuple[str, str]
_NATIONAL, _SHARED = "national", "shared"


def cycles(code_map: CodeMap, shared: Codelist, national: Codelist | None) -> list[tuple[str, ...]]:
    """Return the codes of each circle, shared and national, sorted."""
    same = _exact_classes(code_map)
    above: dict[_Node, set[_Node]] = {}
    for narrower, wider in _broader_pairs(code_map, shared, national):
        below, over = same.get(narrower, narrower), same.get(wider, wider)
        if below != over:
            above.setdefault(below, set()).add(over)
    reached = {node: _reached(node, above) for node in above}
    on_circle = {node for node, others in reached.items() if node in others}
    circles = {
        frozenset(other for other in on_circle if other in reached[node] and node in reached[other])
        for node in on_circle
    }
    members: dict[_Node, set[str]] = {}
    for node, head in same.items():
        members.setdefault(head, set()).add(node[1])
    return sorted(
        tuple(sorted({name for node in circle for name in members.get(node, {node[1]})}))
        for circle in circles
    )


def _broader_pairs(
    code_map: CodeMap, shared: Codelist, national: Codelist | None
) -> Iterator[tuple[_Node, _Node]]:
    for side, codes in ((_SHARED, shared), (_NATIONAL, national or ())):
        for code in codes:
            if code.parent is not None:
                yield (side, code.id), (side, code.parent)
    for entry in code_map:
        ours, theirs = (_NATIONAL, entry.national), (_SHARED, entry.shared or "")
        if entry.relation is Relation.BROAD:
            yield ours, theirs
        elif entry.relation is Relation.NARROW:
            yield theirs, ours


def _exact_classes(code_map: CodeMap) -> dict[_Node, _Node]:
    """Return, for each code with an exact match, the first code of its class."""
    heads: dict[_Node, _Node] = {}
    for entry in code_map:
        if entry.relation is not Relation.EXACT:
            continue
        ours, theirs = (_NATIONAL, entry.national), (_SHARED, entry.shared or "")
        joined = {heads.get(ours, ours), heads.get(theirs, theirs)}
        head = min(joined)
        heads |= {node: head for node, was in heads.items() if was in joined}
        heads |= {ours: head, theirs: head}
    return heads


def _reached(start: _Node, above: dict[_Node, set[_Node]]) -> set[_Node]:
    seen: set[_Node] = set()
    waiting = list(above.get(start, ()))
    while waiting:
        node = waiting.pop()
        if node not in seen:
            seen.add(node)
            waiting.extend(above.get(node, ()))
    return seen

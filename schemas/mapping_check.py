"""What is wrong with a map: every fault by rule, line and column, never only the first.

Invariants: an error means that applying the map would lose a quantity, count it twice, or claim what cannot
be true of two extensions; a map with an error is not applied. The order of the faults is that of the file.

The national list is taken as a partition: figures are kept at the level that is mapped, not at two levels.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import pairwise
from math import lcm
from typing import Any

from schemas.codelist import Codelist
from schemas.errors import InvalidDefinition
from schemas.findings import Violation, severity
from schemas.hierarchy import NOT_ALLOCATED, TOTAL, nearest_broader, upwards
from schemas.mapping import CodeMap, MapEntry, Relation
from schemas.mapping_cycles import cycles

# A split of 10**16 minor units over this many parts stays far inside 128 bits.
MAX_DENOMINATOR = 10**9
_RESERVED = (TOTAL, NOT_ALLOCATED)


def check_map(code_map: CodeMap, shared: Codelist, national: Codelist | None = None) -> tuple[Violation, ...]:
    """Return every fault of a map onto `shared`; with `national`, also what of that list is not mapped."""
    found = [
        *_header_faults(code_map, shared),
        *(_list_faults(code_map, national) if national is not None else ()),
    ]
    for entries in code_map.by_national.values():
        found += _line_faults(entries, shared)
        found += _code_faults(entries, shared)
    found += _overlaps(code_map, shared)
    for cycle in cycles(code_map, shared, national):
        found.append(_fault("map.cycle", None, "shared", cycle[0], columns=list(cycle)))
    return tuple(sorted(found, key=lambda fault: (fault.row or 0, fault.rule)))


def refuse_faulty(code_map: CodeMap, shared: Codelist, national: Codelist | None = None) -> None:
    """Refuse a map that has an error.

    Raises:
        InvalidDefinition: with every error in its context.
    """
    errors = [fault for fault in check_map(code_map, shared, national) if fault.severity == "error"]
    if errors:
        named = "; ".join(f"{fault.rule} at {fault.value}" for fault in errors)
        raise InvalidDefinition(
            "The map is faulty and is not applied.",
            detail=f"{code_map.id} version {code_map.version}: {named}.",
            hint="Run irac map check: it explains each fault.",
            context={"map": code_map.id, "faults": [[fault.rule, fault.value] for fault in errors]},
        )


def check_versions(versions: Iterable[CodeMap]) -> tuple[Violation, ...]:
    """Return where the versions of one map, oldest first, leave a day without a map or give it two."""
    found: list[Violation] = []
    ordered = sorted(versions, key=lambda one: one.version_key)
    for older, newer in pairwise(ordered):
        ends, begins = older.valid_to, newer.valid_from
        if ends is None or begins is None or begins <= ends:
            found.append(_between("map.versions_overlap", older, newer))
        elif (begins - ends).days > 1:
            found.append(_between("map.versions_gap", older, newer))
    return tuple(found)


def _header_faults(code_map: CodeMap, shared: Codelist) -> Iterator[Violation]:
    versions = {"expected": code_map.shared_version, "found": shared.version}
    if (code_map.shared_list, code_map.shared_version.split(".")[0]) != (
        shared.id,
        shared.version.split(".")[0],
    ):
        yield _fault("map.list_version", None, "shared_version", code_map.shared_list, **versions)
    if code_map.approved_by and code_map.approved_by == code_map.proposed_by:
        yield _fault("map.same_person", None, "approved_by", code_map.approved_by)
    if not code_map.is_approved:
        yield _fault("map.not_approved", None, "approved_by", code_map.approved_by)
    if not code_map.entries:
        yield _fault("map.empty", None, "code", code_map.id)


def _list_faults(code_map: CodeMap, national: Codelist) -> Iterator[Violation]:
    mapped = code_map.by_national
    for code in national:
        has_ended = code.valid_to and code_map.valid_from and code.valid_to < code_map.valid_from
        is_later = code.valid_from and code_map.valid_to and code.valid_from > code_map.valid_to
        if code.id not in mapped and not has_ended and not is_later and code.id != TOTAL:
            yield _fault("map.code_unmapped", None, "code", code.id)
    for code_id, entries in mapped.items():
        if code_id not in national:
            yield _fault("map.code_unknown", entries[0].row, "code", code_id, other=national.id)


def _line_faults(entries: tuple[MapEntry, ...], shared: Codelist) -> Iterator[Violation]:
    """Return what can be said of a line by itself."""
    for entry in entries:
        if entry.relation is Relation.NONE:
            if entry.shared is not None:
                yield _fault("map.shared_given", entry.row, "shared", entry.shared, other=entry.national)
        elif entry.shared is None:
            yield _fault("map.shared_missing", entry.row, "shared", entry.national)
        elif entry.shared in _RESERVED:
            yield _fault("map.shared_reserved", entry.row, "shared", entry.shared)
        elif entry.shared not in shared:
            suggestion = shared.suggestion(entry.shared)
            more = {} if suggestion is None else {"suggestion": suggestion}
            yield _fault("map.shared_unknown", entry.row, "shared", entry.shared, found=shared.id, **more)
        if entry.weight is not None:
            if not 0 < entry.weight <= 1:
                yield _fault("map.weight_range", entry.row, "weight", str(entry.weight))
            if entry.relation is not Relation.NARROW:
                yield _fault("map.weight_unused", entry.row, "weight", entry.national)


def _code_faults(entries: tuple[MapEntry, ...], shared: Codelist) -> Iterator[Violation]:
    """Return what the lines of one national code say together that cannot be."""
    first, rows = entries[0], _rows(entries)
    pairs = [entry.shared for entry in entries]
    repeated = sorted({one for one in pairs if one is not None and pairs.count(one) > 1})
    if repeated:
        yield _fault("map.entry_repeated", first.row, "shared", first.national, columns=repeated, rows=rows)
    whole = [entry for entry in entries if entry.relation.transfers_all]
    exact = [entry for entry in whole if entry.relation is Relation.EXACT]
    narrow = [entry for entry in entries if entry.relation is Relation.NARROW]
    if len(exact) > 1:
        yield _fault("map.exact_twice", first.row, "shared", first.national, columns=_targets(exact))
    if len(whole) > 1:
        yield _fault("map.double_counting", first.row, "shared", first.national, columns=_targets(whole))
    nothing = sum(entry.relation is Relation.NONE for entry in entries)
    if (whole and narrow) or (nothing and len(entries) > 1):
        relations = sorted({entry.relation.value for entry in entries})
        yield _fault("map.contradiction", first.row, "relation", first.national, columns=relations, rows=rows)
    if narrow and all(entry.shared in shared for entry in narrow):
        yield from _narrow_faults(narrow, shared)


def _narrow_faults(narrow: list[MapEntry], shared: Codelist) -> Iterator[Violation]:
    first, targets = narrow[0], _targets(narrow)
    nested = sorted({one for one in targets for other in targets if one in upwards(shared, other)[1:]})
    if nested:
        yield _fault("map.targets_nested", first.row, "shared", first.national, columns=nested)
    weights = [entry.weight for entry in narrow if entry.weight is not None]
    if not weights:
        if nearest_broader(shared, targets) is None:
            yield _fault("map.no_ancestor", first.row, "shared", first.national, columns=targets)
        return
    if len(weights) < len(narrow):
        without = [entry.shared for entry in narrow if entry.weight is None]
        yield _fault("map.weights_partial", first.row, "weight", first.national, columns=without)
    if (total := sum(weights, Fraction(0))) != 1:
        yield _fault("map.weights_sum", first.row, "weight", first.national, found=str(total))
    if lcm(*(weight.denominator for weight in weights)) > MAX_DENOMINATOR:
        yield _fault("map.weights_fine", first.row, "weight", first.national, limit=str(MAX_DENOMINATOR))


def _overlaps(code_map: CodeMap, shared: Codelist) -> Iterator[Violation]:
    """Return the national codes that cannot stand beside one that has the very extension of a shared code.

    If n is s, whatever lies in s lies in n, and whatever holds s (or a part of it) shares that part with n.
    """
    placed = [entry for entry in code_map if entry.shared is not None and entry.shared in shared]
    for exact in placed:
        if exact.relation is not Relation.EXACT or exact.shared in _RESERVED:
            continue
        for other in placed:
            if other.national != exact.national and _overlap(exact, other, shared):
                yield _fault(
                    "map.overlap",
                    other.row,
                    "shared",
                    other.national,
                    other=exact.national,
                    columns=sorted({str(exact.shared), str(other.shared)}),
                    found=f"{exact.relation.value} + {other.relation.value}",
                )


def _overlap(exact: MapEntry, other: MapEntry, shared: Codelist) -> bool:
    lies_within = exact.shared in upwards(shared, other.shared or "")
    if other.relation is Relation.EXACT and exact.shared == other.shared:
        # both lines say the same of each other; one fault is enough
        return (exact.row or 0, exact.national) < (other.row or 0, other.national)
    if other.relation.transfers_all:
        return lies_within
    holds = (other.shared or "") in upwards(shared, exact.shared or "")
    return other.relation is Relation.NARROW and (lies_within or holds)


def _between(rule: str, older: CodeMap, newer: CodeMap) -> Violation:
    days = {"found": str(older.valid_to or "-"), "expected": str(newer.valid_from or "-")}
    return _fault(rule, None, "valid_from", newer.version, other=older.version, **days)


def _targets(entries: Iterable[MapEntry]) -> list[str]:
    return [entry.shared or "" for entry in entries]


def _rows(entries: Iterable[MapEntry]) -> list[int]:
    return [entry.row for entry in entries if entry.row is not None]


def _fault(rule: str, row: int | None, column: str, value: str, **params: Any) -> Violation:
    return Violation(rule, severity(rule), row, column, value, params)

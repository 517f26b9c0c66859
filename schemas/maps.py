"""Maps as files, and those that are packaged, looked up by id, area, list and day.

Invariants: a map is a header (TOML) and a table of entries (CSV), beside each other under one name; what
cannot be read is refused with every such line named; what was read is kept for the life of the process.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import tomllib
from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from importlib import resources
from typing import Any

from schemas.errors import InvalidDefinition, UnknownDefinition
from schemas.mapping import CodeMap, MapEntry, Relation

_TEXTS = (
    "id", "version", "area", "national_list", "shared_list", "shared_version", "proposed_by", "second_coder",
    "approved_by", "source",
)  # fmt: skip
_DAYS = ("valid_from", "valid_to", "approved_at")
_NEEDED = ("id", "version", "area", "national_list", "shared_list", "shared_version")
_COLUMNS = frozenset({"code", "relation", "shared", "weight", "valid_from", "valid_to", "source", "note"})
_NEEDED_COLUMNS = ("code", "relation", "shared")
_LANGUAGE = re.compile(r"[a-z]{2}")
_WEIGHT = re.compile(r"\d{1,9}(\.\d{1,9}|/[1-9]\d{0,8})?")


def read_map(header: str, entries: str) -> CodeMap:
    """Read a map from the texts of its two files.

    Raises:
        InvalidDefinition: the header or a line cannot be read; every such line is named.
    """
    try:
        document = tomllib.loads(header)
    except tomllib.TOMLDecodeError as reason:
        raise _refused([f"header: {reason}"]) from None
    faults = _header_faults(document)
    rows = csv.DictReader(io.StringIO(entries.removeprefix("\ufeff")))
    columns = tuple(rows.fieldnames or ())
    faults += [f"no column {name}" for name in _NEEDED_COLUMNS if name not in columns]
    faults += [
        f"unknown column {name}" for name in columns if name not in _COLUMNS and not _LANGUAGE.fullmatch(name)
    ]
    if faults:
        raise _refused(faults)
    read: list[MapEntry] = []
    for row in rows:
        entry, wrong = _entry(row, rows.line_num)
        read.append(entry)
        faults += [f"line {rows.line_num}: {fault}" for fault in wrong]
    if faults:
        raise _refused(faults)
    given = {name: document[name] for name in (*_TEXTS, *_DAYS, "verified", "labels") if name in document}
    return CodeMap(**given, entries=tuple(read))


def map_ids() -> tuple[str, ...]:
    """Return the ids of all packaged maps, sorted."""
    return tuple(sorted({code_map.id for code_map in _packaged()}))


def code_map(map_id: str, version: str | None = None) -> CodeMap:
    """Return a packaged map; without a version, the newest.

    Raises:
        UnknownDefinition: there is no such map or version.
    """
    found = [one for one in versions_of(map_id) if version in {None, one.version}]
    if not found:
        raise UnknownDefinition(
            "There is no map of this id and version.",
            detail=f"Asked for {map_id!r}{f' version {version}' if version else ''}.",
            hint=f"Known: {', '.join(f'{one.id} {one.version}' for one in _packaged())}.",
            context={"map": map_id, "version": version},
        )
    return found[-1]


def versions_of(map_id: str) -> tuple[CodeMap, ...]:
    """Return all packaged versions of a map, oldest first; none if there is no such map."""
    return tuple(one for one in _packaged() if one.id == map_id)


def maps_of(*, area: str | None = None, shared_list: str | None = None) -> tuple[CodeMap, ...]:
    """Return the newest version of each packaged map of a member, onto a list, or both."""
    newest = (code_map(map_id) for map_id in map_ids())
    return tuple(one for one in newest if area in {None, one.area} and shared_list in {None, one.shared_list})


@cache
def _packaged() -> tuple[CodeMap, ...]:
    folder = resources.files("schemas") / "definitions" / "maps"
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".toml"))
    read = (
        read_map(
            (folder / name).read_text(encoding="utf-8"),
            (folder / f"{name.removesuffix('.toml')}.csv").read_text(encoding="utf-8"),
        )
        for name in names
    )
    return tuple(sorted(read, key=lambda one: (one.id, one.version_key)))


def _header_faults(document: Mapping[str, Any]) -> list[str]:
    known = {*_TEXTS, *_DAYS, "verified", "labels"}
    faults = [f"header: {name} is absent" for name in _NEEDED if not document.get(name)]
    faults += [f"header: {name} is unknown" for name in document if name not in known]
    kinds = dict.fromkeys(_TEXTS, str) | dict.fromkeys(_DAYS, dt.date) | {"verified": bool, "labels": dict}
    faults += [
        f"header: {name} is not a {kind.__name__}"
        for name, kind in kinds.items()
        if name in document and type(document[name]) is not kind
    ]
    return faults


def _entry(row: Mapping[str, str | None], line: int) -> tuple[MapEntry, list[str]]:
    """Return one entry, and what of it cannot be read (then the entry is of no use)."""
    text = {name: (value or "").strip() for name, value in row.items() if isinstance(name, str)}
    faults: list[str] = []
    if None in row:
        faults.append("more cells than columns")
    if not text["code"]:
        faults.append("the code is empty")
    relation = next((one for one in Relation if one.value == text["relation"]), None)
    if relation is None:
        faults.append(f"{text['relation']!r} is no relation (use {', '.join(Relation)})")
    days = {name: _day(text.get(name, ""), faults) for name in ("valid_from", "valid_to")}
    entry = MapEntry(
        national=text["code"],
        relation=relation or Relation.NONE,
        shared=text["shared"] or None,
        weight=_weight(text.get("weight", ""), faults),
        labels={name: value for name, value in text.items() if _LANGUAGE.fullmatch(name) and value},
        source=text.get("source", ""),
        note=text.get("note", ""),
        row=line,
        **days,
    )
    return entry, faults


def _weight(text: str, faults: list[str]) -> Fraction | None:
    if not text:
        return None
    if _WEIGHT.fullmatch(text) is None:
        faults.append(f"{text!r} is no weight (write 0.25 or 1/4)")
        return None
    return Fraction(text)


def _day(text: str, faults: list[str]) -> dt.date | None:
    if not text:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        faults.append(f"{text!r} is no day (write 2014-12-31)")
        return None


def _refused(faults: list[str]) -> InvalidDefinition:
    return InvalidDefinition(
        "The map cannot be read.",
        detail="; ".join(faults),
        hint="Correct the named lines; docs/maps.md shows the form.",
        context={"faults": faults},
    )

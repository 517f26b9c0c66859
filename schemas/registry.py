"""The packaged definitions, looked up by id.

Invariants: nothing is read before it is asked for; what was read is kept for the life of the process; a
definition that contradicts another one cannot be looked up at all.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any, cast

from schemas.codelist import Code, Codelist
from schemas.deadlines import Deadline
from schemas.errors import UnknownDefinition
from schemas.structure import Column, Dataflow, DataStructure, Rule

LANGUAGES = ("ru", "kk", "en")
# Languages of other members: some lists name their codes in them too, so that names in files are understood.
OTHER_LANGUAGES = ("be", "ky", "tg", "uz", "hy", "az", "tk", "ro")
_NAMED_IN = (*LANGUAGES, *OTHER_LANGUAGES)
_PINS = "released.toml"
_CODE_FIELDS = frozenset({"id", "parent", "valid_from", "valid_to", *_NAMED_IN})


@cache
def codelist(codelist_id: str) -> Codelist:
    """Return a code list.

    Raises:
        UnknownDefinition: no list has this id.
    """
    entry = _entry(_toml("codelists/codelists.toml"), "code list", codelist_id)
    rows = csv.DictReader(io.StringIO(_text(f"codelists/{codelist_id}.csv")))
    return Codelist(
        agency=entry["agency"],
        id=codelist_id,
        version=entry["version"],
        codes=tuple(_code(row) for row in rows),
        labels=_labels(entry),
        valid_from=entry["valid_from"],
        valid_to=entry.get("valid_to"),
    )


def codelist_ids() -> tuple[str, ...]:
    """Return the ids of all code lists, in the order of their index."""
    return tuple(_toml("codelists/codelists.toml"))


@cache
def structure(structure_id: str) -> DataStructure:
    """Return a data structure.

    Raises:
        UnknownDefinition: no structure has this id.
    """
    if structure_id not in structure_ids():
        raise _unknown("structure", structure_id, structure_ids())
    document = _toml(f"structures/{structure_id}.toml")
    return DataStructure(
        agency=document["agency"],
        id=structure_id,
        version=document["version"],
        columns=tuple(_column(entry) for entry in document["columns"]),
        rules=tuple(_rule(entry) for entry in document.get("rules", [])),
        labels=_labels(document["labels"]),
        literal=document.get("literal", False),
    )


@cache
def structure_ids() -> tuple[str, ...]:
    """Return the ids of all structures, sorted."""
    names = (entry.name for entry in (resources.files("schemas") / "definitions" / "structures").iterdir())
    return tuple(
        sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml") and name != _PINS)
    )


@cache
def released_digests() -> Mapping[str, Mapping[str, str]]:
    """Return the digests of released structures and dataflows, by `structure ID` or `dataflow ID`, by version."""
    return cast("Mapping[str, Mapping[str, str]]", _toml(f"structures/{_PINS}"))


@cache
def dataflow(dataflow_id: str) -> Dataflow:
    """Return a dataflow with its two structures.

    Raises:
        UnknownDefinition: no dataflow has this id.
    """
    entry = _entry(_toml("dataflows.toml"), "dataflow", dataflow_id)
    return Dataflow(
        agency=entry["agency"],
        id=dataflow_id,
        version=entry["version"],
        upload=structure(entry["upload"]),
        cells=structure(entry["cells"]),
        disclosure=entry["disclosure"],
        block=tuple(entry["block"]),
        labels=_labels(entry["labels"]),
        descriptions=_labels(entry["descriptions"]),
        documentation=_labels(entry["documentation"]),
        cuts=tuple(entry.get("cuts", ())),
        apart=entry.get("apart", {}),
        inside=tuple(entry.get("inside", ())),
        wholes=entry.get("wholes", {}),
    )


def dataflows() -> tuple[Dataflow, ...]:
    """Return all dataflows, in the order of their index."""
    return tuple(dataflow(dataflow_id) for dataflow_id in _toml("dataflows.toml"))


def deadline(dataflow_id: str) -> Deadline | None:
    """Return when a dataflow is due; None for one that has no calendar."""
    entry = _toml("deadlines.toml").get(dataflow_id)
    return None if entry is None else Deadline(entry["frequency"], entry["days"])


@cache
def messages() -> Mapping[str, Mapping[str, str]]:
    """Return the severity and the templates of every rule, by rule id."""
    return cast("Mapping[str, Mapping[str, str]]", _toml("messages.toml"))


@cache
def phrases() -> Mapping[str, Mapping[str, str]]:
    """Return the parts of messages that belong to no single rule, by name and language."""
    return cast("Mapping[str, Mapping[str, str]]", _toml("phrases.toml"))


def concept_labels(concept_id: str) -> Mapping[str, str]:
    """Return the labels of a column's concept by language; empty if there is no such concept."""
    concepts = _toml("concepts.toml")
    return _labels(concepts[concept_id]) if concept_id in concepts else {}


def concept_codelist(concept_id: str) -> str | None:
    """Return the id of the code list of a column's concept; None if it takes no codes or is unknown."""
    concept = _toml("concepts.toml").get(concept_id, {})
    return cast("str | None", concept.get("codelist"))


def _code(row: Mapping[str, str]) -> Code:
    return Code(
        id=row["id"],
        labels={lang: row[lang] for lang in _NAMED_IN if row.get(lang)},
        parent=row["parent"] or None,
        valid_from=dt.date.fromisoformat(row["valid_from"]) if row["valid_from"] else None,
        valid_to=dt.date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
        attributes={name: value for name, value in row.items() if name not in _CODE_FIELDS and value},
    )


def _column(entry: Mapping[str, Any]) -> Column:
    """Return a column: the concept's kind, code list and labels under the structure's own constraints."""
    concept = _entry(_toml("concepts.toml"), "concept", entry["concept"])
    kind = entry.get("kind", concept["kind"])
    return Column(
        id=entry["concept"],
        kind=kind,
        codelist=entry.get("codelist", concept.get("codelist")),
        required=entry.get("required", False),
        role=entry["role"],
        pattern=entry.get("pattern", concept.get("pattern")),
        max_length=entry.get("max_length", concept.get("max_length")),
        labels=_labels(concept),
        default=entry.get("default"),
        only=tuple(entry.get("only", ())),
        excluded=tuple(entry.get("excluded", ())),
    )


def _rule(entry: Mapping[str, Any]) -> Rule:
    params = {name: tuple(values) for name, values in entry.items() if name not in {"id", "columns"}}
    return Rule(entry["id"], tuple(entry["columns"]), params)


def _labels(entry: Mapping[str, Any]) -> dict[str, str]:
    return {lang: entry[lang] for lang in LANGUAGES}


def _entry(index: Mapping[str, Any], what: str, definition_id: str) -> dict[str, Any]:
    if definition_id not in index:
        raise _unknown(what, definition_id, tuple(index))
    return cast("dict[str, Any]", index[definition_id])


def _unknown(what: str, definition_id: str, known: tuple[str, ...]) -> UnknownDefinition:
    return UnknownDefinition(
        f"There is no {what} of this id.",
        detail=f"Asked for {definition_id!r}.",
        hint=f"Known: {', '.join(known)}.",
        context={"id": definition_id},
    )


@cache
def _toml(path: str) -> dict[str, Any]:
    return tomllib.loads(_text(path))


def _text(path: str) -> str:
    return (resources.files("schemas") / "definitions" / path).read_text(encoding="utf-8")

"""Our definitions in the terms of SDMX, before any syntax: names, references, data types, annotations.

Invariants: what SDMX has no place for (attributes of codes, kinds, defaults, rules) becomes an annotation, so
that nothing is lost; an id that SDMX does not allow is changed in one reversible way and keeps its own
spelling in an annotation.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from node.ports.templates import Definitions
from schemas.codelist import Code, Codelist
from schemas.structure import Column, Dataflow, DataStructure, Rule

TIME_DIMENSION = "TIME_PERIOD"
PRIMARY_MEASURE = "OBS_VALUE"
SENDER = "IRAC"
MESSAGE_ID = "IRAC_STRUCTURES"

_ID = re.compile(r"[A-Za-z0-9_@$-]+")
_TEXT_TYPES = {"date": "GregorianDay", "period": "ObservationalTimePeriod", "count": "BigInteger"}
_AMOUNTS = frozenset({"money", "amount", "coded"})
_PACKAGES = {
    "Codelist": "codelist",
    "Code": "codelist",
    "Hierarchy": "codelist",
    "ConceptScheme": "conceptscheme",
    "Concept": "conceptscheme",
    "DataStructure": "datastructure",
    "Dataflow": "datastructure",
    "AgencyScheme": "base",
    "DataConstraint": "registry",
    "ContentConstraint": "registry",
    "RepresentationMap": "structuremapping",
}


@dataclass(frozen=True, slots=True)
class Note:
    """An annotation: what kind of thing it tells, and what; `texts` if it is said in several languages."""

    kind: str
    text: str = ""
    texts: Mapping[str, str] = field(default_factory=dict, hash=False)


class Maintained(Protocol):
    """What has an agency, an id and a version."""

    @property
    def agency(self) -> str:
        """Who maintains it."""

    @property
    def id(self) -> str:
        """Its name."""

    @property
    def version(self) -> str:
        """Its version."""


@dataclass(frozen=True, slots=True)
class Named:
    """A maintained thing that has no definition of its own (the scheme of concepts, a hierarchy)."""

    agency: str
    id: str
    version: str


@dataclass(frozen=True, slots=True)
class Selection:
    """The codes that a dimension takes."""

    column: Column
    codes: tuple[str, ...]


CONCEPTS = Named("IRAC", "CS_IRAC", "1.0.0")
AGENCY_SCHEME = Named("SDMX", "AGENCIES", "1.0")


def sdmx_id(code_id: str) -> str:
    """Give a code's id as SDMX allows it: what it does not allow becomes a hyphen."""
    return code_id if _ID.fullmatch(code_id) else "-".join(_ID.findall(code_id))


def urn(kind: str, one: Maintained, within: str = "") -> str:
    """Give the URN of a maintained thing, or of what is `within` it."""
    inside = f".{within}" if within else ""
    return (
        f"urn:sdmx:org.sdmx.infomodel.{_PACKAGES[kind]}.{kind}={one.agency}:{one.id}({one.version}){inside}"
    )


def package(kind: str) -> str:
    """Give the package of the information model that a kind of thing belongs to."""
    return _PACKAGES[kind]


def names(labels: Mapping[str, str], languages: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Give the names to be written: (language, name); without languages, in every one there is."""
    return ((language, labels[language]) for language in languages or labels if language in labels)


def validity(one: object) -> dict[str, str]:
    """Give the days a list is valid from and to, by the names SDMX has for them, as moments."""
    days = {"validFrom": getattr(one, "valid_from", None), "validTo": getattr(one, "valid_to", None)}
    return {name: f"{day.isoformat()}T00:00:00" for name, day in days.items() if isinstance(day, dt.date)}


def code_notes(code: Code) -> Iterator[Note]:
    """Give what a code says beyond its names and its parent."""
    if sdmx_id(code.id) != code.id:
        yield Note("CODE", code.id)
    if code.valid_from is not None:
        yield Note("VALID_FROM", code.valid_from.isoformat())
    if code.valid_to is not None:
        yield Note("VALID_TO", code.valid_to.isoformat())
    for name, value in code.attributes.items():
        yield Note(name.upper(), value)


def column_notes(structure: DataStructure, column: Column) -> Iterator[Note]:
    """Give what a column says beyond its concept, its role and its representation."""
    yield Note("KIND", column.kind)
    yield Note("POSITION", str(structure.column_ids.index(column.id) + 1))
    if column.required:
        yield Note("REQUIRED", "true")
    if column.default is not None:
        yield Note("DEFAULT", column.default)
    for kind, values in (("ONLY", column.only), ("EXCLUDED", column.excluded)):
        if values:
            yield Note(kind, " ".join(values))
    yield from _rules_at(structure, column)


def _rules_at(structure: DataStructure, column: Column) -> Iterator[Note]:
    """Give the rules over rows that are reported at a column, each as JSON.

    They stand at the column because readers are known to give the annotations of a structure to its first
    component; a rule about whole rows stands at the first column.
    """
    for rule in structure.rules:
        if (rule.columns or structure.column_ids)[0] == column.id:
            yield Note("RULE", _rule(rule))


def dataflow_notes(flow: Dataflow) -> Iterator[Note]:
    """Give what is uploaded for a dataflow, how it is protected, and what is documented about it."""
    yield Note("UPLOAD", urn("DataStructure", flow.upload))
    yield Note("DISCLOSURE", flow.disclosure)
    for kind, ids in {
        "BLOCK": flow.block,
        "CUTS": flow.cuts,
        "APART": flow.apart,
        "INSIDE": flow.inside,
    }.items():
        if ids:
            yield Note(kind, " ".join(ids))
    if flow.documentation:
        yield Note("DOCUMENTATION", texts=flow.documentation)


def concepts(definitions: Definitions) -> dict[str, Mapping[str, str]]:
    """Give the names of every concept that a structure uses, in the order of first use."""
    found: dict[str, Mapping[str, str]] = {}
    for structure in definitions.structures:
        for column in structure.columns:
            found.setdefault(column.id, column.labels or {"en": column.id})
    return found


def data_type(structure: DataStructure, column: Column) -> str:
    """Give the SDMX data type of a column without a code list."""
    if column.kind in _AMOUNTS:
        return "BigInteger" if structure.literal else "Decimal"
    return _TEXT_TYPES.get(column.kind, "String")


def facets(structure: DataStructure, column: Column) -> dict[str, str]:
    """Give the limits of a column without a code list."""
    found: dict[str, str] = {}
    if column.max_length is not None:
        found["maxLength"] = str(column.max_length)
    if column.pattern is not None:
        found["pattern"] = _whole(column.pattern)
    if column.kind in {"count", "money", "amount"}:
        found["minValue"] = "0"
    if column.kind == "money" and not structure.literal:
        found["decimals"] = "2"
    return found


def by_role(structure: DataStructure, role: str) -> list[Column]:
    """Give the columns of a role, in the order of the structure, without the dimension of time."""
    return [
        column
        for column in structure.columns
        if column.role == role and not (role == "dimension" and column.id == TIME_DIMENSION)
    ]


def time_column(structure: DataStructure) -> Column | None:
    """Give the dimension of time, if the structure has one."""
    return next(
        (one for one in structure.columns if one.id == TIME_DIMENSION and one.role == "dimension"), None
    )


def selections(definitions: Definitions, structure: DataStructure) -> list[Selection]:
    """Give what the dimensions of a structure take where that is not every code of their list.

    What is refused is said by what is accepted: readers are known to miss that a selection excludes. Columns
    that are no dimension have an annotation only.
    """
    lists = {codelist.id: codelist for codelist in definitions.codelists}
    return [
        Selection(column, tuple(sdmx_id(code) for code in lists[column.codelist].ids if _takes(column, code)))
        for column in by_role(structure, "dimension")
        if column.codelist is not None and (column.only or column.excluded)
    ]


def _takes(column: Column, code: str) -> bool:
    return (not column.only or code in column.only) and code not in column.excluded


def children(codelist: Codelist) -> dict[str | None, list[Code]]:
    """Give the codes below each code, and below None those at the top."""
    below: dict[str | None, list[Code]] = {}
    for code in codelist:
        below.setdefault(code.parent, []).append(code)
    return below


def agencies(definitions: Definitions) -> dict[str, Mapping[str, str]]:
    """Give the names of all who maintain something here, by id, sorted; one without a name is named by its id."""
    maintained: list[Maintained] = [
        *definitions.codelists,
        *definitions.structures,
        *definitions.dataflows,
        *definitions.mappings,
    ]
    return {
        agency: definitions.agencies.get(agency) or dict.fromkeys(definitions.languages or ("en",), agency)
        for agency in sorted({one.agency for one in maintained})
    }


def hierarchy_of(codelist: Codelist) -> Named:
    """Give the name of a list's hierarchy."""
    return Named(codelist.agency, f"H_{codelist.id}", codelist.version)


def constraint_of(structure: DataStructure) -> Named:
    """Give the name of the constraint that narrows the lists of a structure."""
    return Named(structure.agency, f"CR_{structure.id}", structure.version)


def hierarchical(definitions: Definitions) -> list[Codelist]:
    """Give the lists that have parents."""
    return [one for one in definitions.codelists if any(code.parent for code in one)]


def _whole(pattern: str) -> str:
    """Give a pattern without its anchors: in SDMX it is asked of the whole text anyway."""
    is_anchored = pattern.startswith("^") and pattern.endswith("$")
    return pattern[1:-1] if is_anchored else pattern


def _rule(rule: Rule) -> str:
    document = {"id": rule.id, "columns": list(rule.columns)}
    params = {name: list(values) for name, values in rule.params.items()}
    return json.dumps(document | ({"params": params} if params else {}), ensure_ascii=False, sort_keys=True)

"""Definitions as files for people and for other programs: templates to fill in, structures to read.

Invariants: the same definitions give the same bytes, so two nodes can compare what they hand out; what is
written carries every word in a language already chosen, so an adapter translates nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from schemas.codelist import Codelist
from schemas.structure import Column, Dataflow, DataStructure


class TemplateFormat(StrEnum):
    """The forms of a template."""

    XLSX = "xlsx"
    CSV = "csv"
    SDMX_CSV = "sdmx-csv"


class StructureFormat(StrEnum):
    """The forms of structures and code lists: SDMX-ML 3.0 and 2.1, SDMX-JSON 2.0."""

    SDMX_ML = "sdmx-ml"
    SDMX_ML_21 = "sdmx-ml-2.1"
    SDMX_JSON = "sdmx-json"


@dataclass(frozen=True, slots=True)
class OfferedCode:
    """A code that a column takes, with its label and what else is to be known (validity, parent)."""

    id: str
    label: str
    note: str


@dataclass(frozen=True, slots=True)
class TemplateColumn:
    """One column to fill in. `guidance`: what to write, in words. `codes`: empty if any text is taken."""

    column: Column
    label: str
    guidance: str
    example: str
    codes: tuple[OfferedCode, ...] = ()
    list_label: str = ""


@dataclass(frozen=True, slots=True)
class Template:
    """A dataflow's table to fill in, in one language.

    steps: what to do, in order. rules: what is checked over whole rows. words: the few words of the sheets
    themselves, by name. made_at: the date written into the file.
    """

    dataflow: Dataflow
    language: str
    title: str
    description: str
    columns: tuple[TemplateColumn, ...]
    steps: tuple[str, ...]
    rules: tuple[str, ...]
    words: Mapping[str, str]
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Definitions:
    """Definitions that leave together; names are written in `languages`, in every one there is if it is empty."""

    codelists: tuple[Codelist, ...]
    structures: tuple[DataStructure, ...]
    dataflows: tuple[Dataflow, ...]
    agencies: Mapping[str, Mapping[str, str]]
    concept_scheme: Mapping[str, str]
    languages: tuple[str, ...]
    made_at: datetime
    mappings: tuple[CodeMapping, ...] = ()


@dataclass(frozen=True, slots=True)
class CodeMapping:
    """A national list's codes as codes of ours. `pairs`: source code, target code or "", and what is known."""

    agency: str
    id: str
    version: str
    target: str
    labels: Mapping[str, str]
    pairs: tuple[tuple[str, str, Mapping[str, str]], ...]


class DefinitionWriter(Protocol):
    """Writes definitions as files."""

    def template(self, template: Template, template_format: TemplateFormat) -> bytes:
        """Write a template."""

    def structures(self, definitions: Definitions, structure_format: StructureFormat) -> bytes:
        """Write structures, dataflows and code lists with everything they refer to."""

"""What exported files say in the reader's language, from words.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from schemas import registry
from schemas.errors import SchemaError


def label(name: str, language: str, **fields: str) -> str:
    """Give the label or the sentence of a line of the notes."""
    return _said("labels", name, language).format(**fields)


def title(table: str, language: str, **fields: str) -> str:
    """Give the title of a table."""
    return _said("titles", table, language).format(**fields)


def file_words(language: str) -> Mapping[str, str]:
    """Give the words of the file itself, by name."""
    return {name: texts[language] for name, texts in _words()["words"].items()}


def kind(name: str, language: str) -> str:
    """Say what a kind of value means."""
    return _said("kinds", name, language)


def column(column_id: str, language: str) -> str:
    """Give what a column holds; the id itself where nothing more is known."""
    texts = _words()["columns"].get(column_id) or registry.concept_labels(column_id)
    return str(texts.get(language, column_id))


def area(code: str, language: str) -> str:
    """Give the name of a state or territory; a code nobody knows as it is."""
    return code_of("CL_AREA", code, language)


def code_of(codelist: str, code: str, language: str) -> str:
    """Give the label of a code; one that nobody knows as it is."""
    try:
        return registry.codelist(codelist).label(code, language)
    except SchemaError:
        return code


def dataflow(dataflow_id: str, language: str) -> str:
    """Give the name of a dataflow."""
    return str(registry.dataflow(dataflow_id).labels[language])


def _said(section: str, name: str, language: str) -> str:
    return str(_words()[section][name][language])


@cache
def _words() -> Mapping[str, Any]:
    text = resources.files("node.services.exports").joinpath("words.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)

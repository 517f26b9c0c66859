"""Finds texts for the message catalogues where they stand: in refusals, in docstrings of indicators, in model cards.

Invariants: only constants are found; a text put together from parts cannot be translated and stays English,
under a translated heading. What is found is what the pages show, by the same reading.
"""

from __future__ import annotations

import ast
import inspect
import tomllib
from collections.abc import Iterator
from typing import Any, BinaryIO

from node import errors
from risk_models.card import only_english, read_card
from risk_models.indicators.catalogue import described_by

Extracted = tuple[int, str, str, list[str]]

REFUSALS = frozenset(
    name for name, one in inspect.getmembers(errors, inspect.isclass) if issubclass(one, errors.NodeError)
)
TRANSLATED_KEYWORD = "hint"


def refusals(
    file: BinaryIO,
    keywords: object,  # noqa: ARG001 - the four arguments are babel's, by position and by name
    comment_tags: object,  # noqa: ARG001
    options: dict[str, Any],  # noqa: ARG001
) -> Iterator[Extracted]:
    """Give the title and the hint of every refusal a module raises (an extraction method for pybabel)."""
    for node in ast.walk(ast.parse(file.read())):
        if not isinstance(node, ast.Call) or _name(node.func) not in REFUSALS:
            continue
        told = [*node.args[:1], *(word.value for word in node.keywords if word.arg == TRANSLATED_KEYWORD)]
        for argument in told:
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                yield argument.lineno, "gettext", argument.value, []


def indicators(
    file: BinaryIO,
    keywords: object,  # noqa: ARG001 - as above
    comment_tags: object,  # noqa: ARG001
    options: dict[str, Any],  # noqa: ARG001
) -> Iterator[Extracted]:
    """Give what the docstrings of a module's indicators tell their readers, sentence by sentence."""
    for node in ast.parse(file.read()).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            for entry in described_by(node.name, ast.get_docstring(node) or ""):
                yield from ((node.lineno, "gettext", told, []) for told in entry.told)


def cards(
    file: BinaryIO,
    keywords: object,  # noqa: ARG001 - as above
    comment_tags: object,  # noqa: ARG001
    options: dict[str, Any],  # noqa: ARG001
) -> Iterator[Extracted]:
    """Give the texts of a model's card that are written in English alone."""
    document = tomllib.loads(file.read().decode())
    card = read_card(document.get("card", document))
    yield from ((1, "gettext", text, []) for text in only_english(card))


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""

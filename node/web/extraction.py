"""Finds the texts of refusals for the message catalogues: titles and hints that people read in their language.

Invariants: only constants are found; a text put together from parts cannot be translated and stays English,
under a translated heading.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from typing import Any, BinaryIO

from node import errors

Extracted = tuple[int, str, str, list[str]]

REFUSALS = frozenset(name for name, one in inspect.getmembers(errors, inspect.isclass))
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


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""

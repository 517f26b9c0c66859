"""The names of exchange errors as the source raises them: directly, handed on, or from a table."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.arch.source import Module, called_name

RAISED = {"Refused": 0, "Unreachable": 0, "NotYet": 0, "Misconfigured": 0, "Refusal": 1, "HeldRefusal": 2}
"""Constructor to the place of the error's name among its arguments."""
NAMED_BY_KEYWORD = {"name", "error", "failure"}
NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


def exchange_errors(searched: list[Module]) -> set[str]:
    """Give every name of an exchange error that these modules can raise or record."""
    places = dict(RAISED)
    for module in searched:
        places |= _passing_on(module)
    return {name for module in searched for name in _named_in(module, places)}


def _named_in(module: Module, places: dict[str, int]) -> Iterator[str]:
    chosen = _constants_by_variable(module)
    for call in module.calls():
        place = places.get(called_name(call))
        if place is None and called_name(call) not in {"SyncOutcome", "replace"}:
            continue
        given = [call.args[place]] if place is not None and len(call.args) > place else []
        given += [keyword.value for keyword in call.keywords if keyword.arg in NAMED_BY_KEYWORD]
        for value in given:
            yield from chosen.get(value.id, ()) if isinstance(value, ast.Name) else _constants(value)


def _passing_on(module: Module) -> dict[str, int]:
    """Give the functions that hand one of their arguments to an error as its name, with its place."""
    found: dict[str, int] = {}
    for function in module.functions():
        arguments = [argument.arg for argument in function.args.args if argument.arg not in {"self", "cls"}]
        for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
            place = RAISED.get(called_name(call))
            if place is None or len(call.args) <= place:
                continue
            name = call.args[place]
            if isinstance(name, ast.Name) and name.id in arguments:
                found[function.name] = arguments.index(name.id)
    return found


def _constants_by_variable(module: Module) -> dict[str, tuple[str, ...]]:
    """Give, for each variable, the names it can hold: assigned, or looked up in a table of the module."""
    assigned = [
        (target.id, node.value)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    ]
    tables = {name: value for name, value in assigned if isinstance(value, ast.Tuple | ast.Dict)}
    found: dict[str, tuple[str, ...]] = {}
    for name, value in assigned:
        looked_up = [part for part in ast.walk(value) if isinstance(part, ast.Name) and part.id in tables]
        inside = [value, *(tables[part.id] for part in looked_up)] if looked_up else []
        names = [word for place in inside for part in ast.walk(place) for word in _constants(part)]
        found[name] = (*found.get(name, ()), *names, *_constants(value))
    return found


def _constants(value: ast.AST) -> Iterator[str]:
    """Give the names an expression can have; what a condition looks at is none of them."""
    if isinstance(value, ast.IfExp):
        yield from (*_constants(value.body), *_constants(value.orelse))
    elif isinstance(value, ast.Constant) and isinstance(value.value, str) and NAME.fullmatch(value.value):
        yield value.value

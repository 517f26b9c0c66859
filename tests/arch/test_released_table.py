"""What may leave the node is a type, and only disclosure control makes one."""

from __future__ import annotations

import ast
from collections.abc import Iterable

import pytest

from tests.arch.source import Module, called_name, modules

MAKER = "risk_models/disclosure/release.py"
TYPE = "ReleasedTable"


def test_only_disclosure_control_makes_a_released_table() -> None:
    """No other module calls ReleasedTable, whatever name it was imported under, disclosure control's own included."""
    assert list(_makers(modules())) == []


def test_disclosure_control_makes_it() -> None:
    """The type is in use: its maker is where the house says."""
    makers = [module.path for module in modules() for call in module.calls() if called_name(call) == TYPE]

    assert set(makers) == {MAKER}


@pytest.mark.parametrize(
    "planted",
    [
        "from schemas.release import ReleasedTable\nx = ReleasedTable('F', None, None)\n",
        "from schemas import release\nx = release.ReleasedTable('F', None, None)\n",
        "from schemas.release import ReleasedTable as Plain\nx = Plain('F', None, None)\n",
        "from schemas.release import ReleasedTable\nx = object.__new__(ReleasedTable)\n",
        "from schemas.release import ReleasedTable\ndef f(t: ReleasedTable): return replace(t, table=None)\n",
    ],
)
def test_a_planted_maker_is_found(planted: str) -> None:
    """The check sees a call, a call under another name, and the ways round the constructor."""
    assert list(_makers([Module("node/services/planted.py", planted)])) != []


def _makers(searched: Iterable[Module]) -> Iterable[str]:
    for module in searched:
        if module.path == MAKER:
            continue
        names = _names_of_the_type(module.tree)
        tables = _variables_annotated(module.tree, names)
        for call in module.calls():
            given = {part.id for value in call.args for part in ast.walk(value) if isinstance(part, ast.Name)}
            name = called_name(call)
            round_it = (name == "__new__" and given & names) or (
                name in {"replace", "copy"} and given & tables
            )
            if name in names or round_it:
                yield f"{module.path}:{call.lineno}"


def _names_of_the_type(tree: ast.Module) -> set[str]:
    """Give every name the type goes by in a module."""
    imports = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
    aliases = (alias for node in imports for alias in node.names if alias.name == TYPE)
    return {TYPE} | {alias.asname for alias in aliases if alias.asname}


def _variables_annotated(tree: ast.Module, names: set[str]) -> set[str]:
    """Give the arguments that a module declares to be of the type."""
    return {
        node.arg
        for node in ast.walk(tree)
        if isinstance(node, ast.arg)
        and node.annotation is not None
        and names & {part.id for part in ast.walk(node.annotation) if isinstance(part, ast.Name)}
    }

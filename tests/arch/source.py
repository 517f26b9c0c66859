"""The project's own source as the checks of its shape see it: files, lines, trees and dotted names."""

from __future__ import annotations

import ast
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("schemas", "exchange", "risk_models", "node")
WARNED_LINES = 300
MAX_LINES = 500
MEASURED = {".py", ".js", ".mjs", ".css", ".html", ".sh"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Module:
    """A Python file. `path` is relative to the root and written with slashes."""

    path: str
    text: str

    @property
    def tree(self) -> ast.Module:
        """Give the parsed file."""
        return _parsed(self.text)

    def functions(self) -> Iterator[Function]:
        """Give every function and method, nested ones too."""
        for node in ast.walk(self.tree):
            if isinstance(node, Function):
                yield node

    def calls(self) -> Iterator[ast.Call]:
        """Give every call."""
        return (node for node in ast.walk(self.tree) if isinstance(node, ast.Call))

    def code_lines(self, function: Function) -> int:
        """Count a function's own lines of code: no docstring, comment, empty line or function inside it."""
        lines = self.text.splitlines()
        inner = [node for node in ast.walk(function) if isinstance(node, Function) and node is not function]
        described = function.body[:1] if ast.get_docstring(function) is not None else []
        left_out = {number for node in (*inner, *described) for number in _span(node)}
        counted = [lines[number - 1].strip() for number in _span(function) if number not in left_out]
        return sum(1 for line in counted if line and not line.startswith("#"))

    def dotted_names(self) -> Iterator[tuple[int, str]]:
        """Give (line, full name) of everything reached through an import, such as `datetime.datetime.now`."""
        imported = dict(self._imports())
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import | ast.ImportFrom):
                yield from ((node.lineno, full) for _, full in _names_of(node))
            elif isinstance(node, ast.Attribute | ast.Name) and (name := _dotted(node)):
                first, dot, rest = name.partition(".")
                if first in imported:
                    yield node.lineno, imported[first] + dot + rest

    def _imports(self) -> Iterator[tuple[str, str]]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import | ast.ImportFrom):
                yield from _names_of(node)


def called_name(call: ast.Call) -> str:
    """Give the last part of what is called: `Refused` for both `Refused(...)` and `errors.Refused(...)`."""
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def modules(*folders: str) -> list[Module]:
    """Give the Python files below these folders of the project, all four packages by default."""
    return [
        Module(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))
        for folder in folders or PACKAGES
        for path in sorted((ROOT / folder).rglob("*.py"))
    ]


def tracked_files() -> list[Path]:
    """Give every file that version control has or would take; without git, what is not built or hidden."""
    git = shutil.which("git")
    command = [git or "git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, capture_output=True, check=False) if git else None
    if listed is not None and listed.returncode == 0:
        paths = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
        return [path for path in paths if path.is_file()]
    return [
        path
        for path in ROOT.rglob("*")
        if path.is_file() and not any(_is_made(part) for part in path.relative_to(ROOT).parts)
    ]


def long_files() -> list[tuple[str, int]]:
    """Give (path, lines) of files worth splitting: over the warning, longest first."""
    measured = [(path, count) for path, count in line_counts() if count > WARNED_LINES]
    return sorted(measured, key=lambda one: (-one[1], one[0]))


def line_counts() -> list[tuple[str, int]]:
    """Give (path, lines) of every file of code, tests included."""
    return [
        (path.relative_to(ROOT).as_posix(), len(path.read_text(encoding="utf-8").splitlines()))
        for path in tracked_files()
        if path.suffix in MEASURED
    ]


def _span(node: ast.stmt) -> range:
    return range(node.lineno, (node.end_lineno or node.lineno) + 1)


def _is_made(part: str) -> bool:
    made = {"__pycache__", "build", "built", "dist", "artefacts", "node_modules"}
    return part in made or (part.startswith(".") and part not in {".ci", ".gitignore", ".dockerignore"})


def _names_of(node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, str]]:
    for alias in node.names:
        if isinstance(node, ast.Import):
            bound = alias.asname or alias.name.partition(".")[0]
            yield bound, alias.name if alias.asname else bound
        elif node.module:
            yield alias.asname or alias.name, f"{node.module}.{alias.name}"


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (before := _dotted(node.value)):
        return f"{before}.{node.attr}"
    return ""


@cache
def _parsed(text: str) -> ast.Module:
    return ast.parse(text)

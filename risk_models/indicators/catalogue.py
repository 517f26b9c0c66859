"""The indicators as their docstrings describe them: what the methods page and its table are made of.

Invariants: a docstring is the only description; it opens with the indicator's id and a sentence, and names what
follows (Definition, Unit, Direction, Minimum, Withheld, Source, Example); nothing is added here. What readers are told
in their own language is told sentence by sentence, so that sentences that return are translated once.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from types import FunctionType

from risk_models import indicators

PARTS = ("Definition", "Unit", "Direction", "Minimum", "Withheld", "Source", "Example")
# Told in the reader's language; formulas, sources and worked examples are the same in every one.
TOLD = ("Unit", "Direction", "Minimum", "Withheld")
# A bar inside a cell of a Markdown table.
BAR = "\\|"
_OPENING = re.compile(r"([A-F]\d+\b[^:.]{0,60}): (.+)", re.DOTALL)
_ID = re.compile(r"\b([A-F])(\d+)\b")
_SENTENCE = re.compile(r"(?<=[.?]) (?=[A-Z`|])")
_PART = re.compile(rf"(?:^|(?<=\s))({'|'.join(PARTS)})\b[^:.;]{{0,60}}: ")


@dataclass(frozen=True, slots=True)
class Described:
    """One function: its indicator, its name, its opening sentence, and what the docstring says part by part."""

    family: str
    number: int
    name: str
    sentence: str
    parts: dict[str, str]

    @property
    def indicator(self) -> str:
        """The indicator's id."""
        return f"{self.family}{self.number}"

    @property
    def told(self) -> tuple[str, ...]:
        """Every sentence that is told in the reader's language."""
        return self.sentence, *(one for part in TOLD for one in sentences(self.parts.get(part, "")))


@cache
def described() -> tuple[Described, ...]:
    """Return every function of this package that computes an indicator, by id and then as its module writes them."""
    found = [
        entry
        for function in _functions()
        for entry in described_by(function.__name__, inspect.getdoc(function) or "")
    ]
    return tuple(sorted(found, key=lambda entry: (entry.family, entry.number)))


def described_by(name: str, docstring: str) -> list[Described]:
    """Return what the docstring of the function `name` describes: an entry for each id in its opening, maybe none."""
    text = " ".join(docstring.split())
    opening = _OPENING.match(text)
    if opening is None:
        return []
    ids, rest = opening.groups()
    pieces = _PART.split(rest)
    sentence = re.split(r"(?<=[.?]) ", pieces[0], maxsplit=1)[0]
    parts = {
        part: one.strip().split(" Raises:")[0] for part, one in zip(pieces[1::2], pieces[2::2], strict=True)
    }
    said = sentence[:1].upper() + sentence[1:]
    return [Described(family, int(number), name, said, parts) for family, number in _ID.findall(ids)]


def sentences(text: str) -> tuple[str, ...]:
    """Return the sentences of a part, none of an empty one."""
    return tuple(one for one in _SENTENCE.split(text) if one)


def as_table(entries: Sequence[Described]) -> str:
    """Return a Markdown table: id, name, what it says, definition, unit and range, direction, minimum, source."""
    shown = ("Definition", "Unit", "Direction", "Minimum", "Source")
    head = ("Id", "Name", "What it says", "Definition", "Unit, range", *shown[2:])
    rows = [head, ["---"] * len(head)]
    rows.extend(
        (entry.indicator, f"`{entry.name}`", entry.sentence, *(entry.parts.get(part, "") for part in shown))
        for entry in entries
    )
    return "".join(f"| {' | '.join(cell.replace('|', BAR) for cell in row)} |\n" for row in rows)


def _functions() -> Iterator[FunctionType]:
    for found in pkgutil.walk_packages(indicators.__path__, f"{indicators.__name__}."):
        module = importlib.import_module(found.name)
        own = (
            one for _, one in inspect.getmembers(module, inspect.isfunction) if one.__module__ == found.name
        )
        for function in sorted(own, key=lambda one: one.__code__.co_firstlineno):
            if not function.__name__.startswith("_"):
                yield function

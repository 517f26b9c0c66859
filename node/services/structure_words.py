"""Structures in words: what a column takes, what a rule asks, and an invented row that breaks none.

Invariants: every sentence comes from structure_words.toml or from the definitions, in the language asked for;
a rule without a sentence is shown by its id, never left out.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any

from node.ports.templates import OfferedCode
from schemas import registry
from schemas.codelist import Code
from schemas.structure import Column, DataStructure, Rule

_TOTAL = "_T"
_FREQUENCY_OF_LENGTH = ("A", "Q", "M")
_EXAMPLE_NUMBER = "12"


def word(name: str, language: str, **fields: str) -> str:
    """Give one of the words that stand around definitions."""
    return str(_words()["words"][name][language]).format(**fields)


def words(language: str) -> Mapping[str, str]:
    """Give the words without fields, by name."""
    return {name: texts[language] for name, texts in _words()["words"].items() if "{" not in texts["en"]}


def steps(language: str) -> tuple[str, ...]:
    """Give what a person does with a workbook, in order."""
    fields = words(language)
    return tuple(texts[language].format_map(fields) for texts in _words()["steps"].values())


def rule_in_words(rule: Rule, language: str) -> str:
    """Say what a rule asks of rows."""
    fields = {"total": _TOTAL} | {name: ", ".join(values) for name, values in rule.params.items()}
    columns = ", ".join(rule.columns)
    texts = _words()["rules"].get(rule.id)
    if texts is None:
        return f"{rule.id}: {columns}"
    first, last = (rule.columns[0], rule.columns[-1]) if rule.columns else ("", "")
    return str(texts[language].format(columns=columns, first=first, last=last, **fields))


def has_words(rule: Rule) -> bool:
    """Say whether a rule can be said in words."""
    return rule.id in _words()["rules"]


def guidance(column: Column, language: str) -> str:
    """Say what to write into a column."""
    kinds = _words()["kinds"]
    about_list = registry.codelist(column.codelist).labels[language] if column.codelist else ""
    sentences = [kinds.get(column.kind, kinds["text"])[language].format(list=about_list)]
    if column.kind == "period" and column.only:
        accepted = [word(f"freq_{one}", language) for one in column.only if one in _FREQUENCY_OF_LENGTH]
        sentences.append(word("frequencies", language, frequencies=", ".join(accepted)))
    if column.max_length is not None:
        sentences.append(word("longest", language, length=str(column.max_length)))
    if column.pattern is not None:
        sentences.append(word("pattern", language, pattern=column.pattern))
    if column.default is not None:
        sentences.append(word("empty_means", language, default=column.default))
    return " ".join(sentences)


def accepted_codes(column: Column) -> Iterator[Code]:
    """Give the codes that a column takes, in the order of their list; none for a column without a list."""
    if column.codelist is None:
        return
    for code in registry.codelist(column.codelist):
        if (not column.only or code.id in column.only) and code.id not in column.excluded:
            yield code


def offered(column: Column, language: str) -> tuple[OfferedCode, ...]:
    """Give the codes that a column takes, with what a person needs to choose one."""
    return tuple(
        OfferedCode(code.id, code.labels[language], _note(code, language)) for code in accepted_codes(column)
    )


def example_row(structure: DataStructure, member: str, language: str) -> dict[str, str]:
    """Give an invented row that the check takes without a word; what may be left empty, mostly is."""
    forced = _forced(structure, member)
    return {
        column.id: forced[column.id] if column.id in forced else _example(column, member, language)
        for column in structure.columns
    }


def _forced(structure: DataStructure, member: str) -> dict[str, str]:
    """Give the values that the rules of the structure leave no choice about."""
    forced: dict[str, str] = {}
    for rule in structure.rules:
        if rule.id == "area.not_reporter":
            forced[rule.columns[0]] = member
        elif rule.id == "currency.unsupported":
            forced[rule.columns[0]] = rule.params["supported"][0]
        elif rule.id == "combination.not_allowed":
            forced[rule.columns[-1]] = rule.params.get("total", (_TOTAL,))[0]
        elif rule.id == "value.neither":
            forced |= {name: str(_words()["examples"][name]) for name in rule.columns}
    return forced


def _example(column: Column, member: str, language: str) -> str:
    examples = _words()["examples"]
    if column.kind == "period" and column.required:
        return _period(str(examples["TIME_PERIOD"]), column)
    if column.id in examples and (column.required or column.kind == "date"):
        return str(examples[column.id]).format(member=member)
    if column.default is not None:
        return column.default
    if column.role != "measure" and not column.required:
        return ""
    return _invented(column, member, language)


def _invented(column: Column, member: str, language: str) -> str:
    if column.codelist is not None:
        return _plain_code(column, member)
    if column.kind in {"count", "money", "amount"}:
        return _EXAMPLE_NUMBER
    return str(_words()["example_text"][language])


def _period(year: str, column: Column) -> str:
    if not column.only or "A" in column.only:
        return year
    return f"{year}-Q1" if "Q" in column.only else f"{year}-M01"


def _plain_code(column: Column, member: str) -> str:
    """Give the first code that is no total or remainder, is still valid, and is not this member itself."""
    codes = list(accepted_codes(column))
    plain = [code.id for code in codes if not code.id.startswith("_") and code.valid_to is None]
    return next((one for one in plain if one != member), codes[0].id)


def _note(code: Code, language: str) -> str:
    notes = []
    if code.parent is not None:
        notes.append(word("part_of", language, parent=code.parent))
    if code.valid_from is not None:
        notes.append(word("valid_from", language, day=code.valid_from.isoformat()))
    if code.valid_to is not None:
        notes.append(word("valid_to", language, day=code.valid_to.isoformat()))
    return ", ".join(notes)


@cache
def _words() -> dict[str, Any]:
    text = (resources.files("node.services") / "structure_words.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)

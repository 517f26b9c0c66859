"""What a violation says to people, in each language of the house.

Invariants: every rule has a template in every language (definitions/messages.toml); a message says what is
wrong and what to do; where, is said by `location`, so that a table with a row column need not repeat it.
"""

from __future__ import annotations

from collections.abc import Sequence

from schemas.errors import UnknownDefinition
from schemas.findings import Violation
from schemas.registry import LANGUAGES, codelist, concept_labels, messages, phrases

MAX_LISTED = 10


def message(violation: Violation, lang: str) -> str:
    """Return one or two sentences: what is wrong, and what to do.

    Raises:
        UnknownDefinition: no such rule, or a language other than ru, kk, en.
    """
    rules = messages()
    if violation.rule not in rules or lang not in LANGUAGES:
        raise UnknownDefinition(
            "There is no message for this rule in this language.",
            detail=f"{violation.rule!r} in {lang!r}.",
            context={"rule": violation.rule, "lang": lang},
        )
    fields = {name: _shown(name, violation, lang) for name in violation.params}
    fields |= {"value": violation.value or "", "column": column_name(violation.column, lang)}
    sentence = rules[violation.rule][lang].format_map(fields)
    if "suggestion" in violation.params:
        sentence += " " + phrases()["suggestion"][lang].format_map(fields)
    return sentence


def location(violation: Violation, lang: str) -> str:
    """Return where the violation is, in words."""
    has_row, has_column = violation.row is not None, violation.column is not None
    phrase = {(True, True): "cell", (True, False): "row", (False, True): "column", (False, False): "table"}
    text = phrases()[phrase[has_row, has_column]][lang]
    return text.format(row=violation.row, column=column_name(violation.column, lang))


def column_name(column: str | None, lang: str) -> str:
    """Return a column's id with its label in brackets; the id alone if it is no column of ours."""
    labels = concept_labels(column or "")
    return f"{column} ({labels[lang]})" if labels else column or ""


def _shown(name: str, violation: Violation, lang: str) -> str:
    value = violation.params[name]
    if name == "codelist":
        return codelist(value).labels[lang]
    if isinstance(value, Sequence) and not isinstance(value, str):
        # A long group of rows is cut where it is found; its true size stands beside it.
        total = violation.params.get("count", len(value)) if name == "rows" else len(value)
        return _enumerated([str(element) for element in value], total, lang)
    return str(value)


def _enumerated(elements: list[str], total: int, lang: str) -> str:
    listed = ", ".join(elements[:MAX_LISTED])
    if total <= MAX_LISTED:
        return listed
    return phrases()["more"][lang].format(listed=listed, more=total - MAX_LISTED)

"""Statements with their named parameters written out, the same text for every engine.

Invariants: only integers, codes of the shared lists and two column names are ever put into a statement, so nothing
from a record can be; a code stands for all codes below it.
"""

from __future__ import annotations

import re

from risk_models.typologies.detection.definition import SELECTIONS, SIDES, Definition
from schemas.codelist import Codelist
from schemas.registry import codelist

_NAMED = re.compile(r":([a-z_]+)")
# Whose kind is looked at: the party on the other side of the payment.
_KINDS = {
    "incoming": ("SENDER_KIND",),
    "outgoing": ("RECEIVER_KIND",),
    "payments": ("SENDER_KIND", "RECEIVER_KIND"),
}


def rendered(definition: Definition) -> str:
    """Return the statement of a definition, ready for the engine."""
    values = {name: str(value) for name, value in definition.parameters.items()}
    values |= {name: _selected(definition, name) for name in SELECTIONS}
    values["methods"] = _texts(within(codelist("CL_METHOD"), (definition.method,)))
    if definition.subject is not None:
        values |= {"subject": definition.subject, "other": SIDES[definition.subject]}
    return _NAMED.sub(lambda match: values[match[1]], definition.statement)


def within(codes: Codelist, chosen: tuple[str, ...]) -> tuple[str, ...]:
    """Return the chosen codes and all codes below them, in the order of the list."""
    return tuple(
        code.id
        for code in codes
        if code.id in chosen or any(above.id in chosen for above in codes.ancestors(code.id))
    )


def _selected(definition: Definition, name: str) -> str:
    """Return the condition that a payment is selected."""
    selection = definition.selections.get(name, {})
    channels = codelist("CL_CHANNEL")
    if "without" in selection:
        return f"CHANNEL NOT IN {_texts(within(channels, selection['without']))}"
    conditions = []
    if "channels" in selection:
        conditions.append(f"CHANNEL IN {_texts(within(channels, selection['channels']))}")
    if "kinds" in selection:
        kinds = _texts(within(codelist("CL_ENTITY_TYPE"), selection["kinds"]))
        conditions += [f"{column} IN {kinds}" for column in _KINDS[name]]
    return f"({' OR '.join(conditions)})" if conditions else "TRUE"


def _texts(codes: tuple[str, ...]) -> str:
    return "(" + ", ".join(f"'{code}'" for code in codes) + ")"

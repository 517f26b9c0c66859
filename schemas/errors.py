"""Refusals of this package.

Invariants: an error says what happened (`title`), where (`detail`, `context`) and what to do (`hint`);
it never prints, never exits, and carries nothing that a machine cannot read back from `context`.
"""

from __future__ import annotations

from collections.abc import Mapping


class StatedError(Exception):
    """A refusal in the one shape of the libraries.

    Attributes:
        title: what happened, in one short sentence.
        detail: where and with which value.
        hint: what the reader can do about it.
        context: the same facts for machines (plain JSON values).
    """

    def __init__(
        self, title: str, *, detail: str = "", hint: str = "", context: Mapping[str, object] | None = None
    ) -> None:
        super().__init__(f"{title} {detail}".strip())
        self.title = title
        self.detail = detail
        self.hint = hint
        self.context: dict[str, object] = dict(context or {})


class SchemaError(StatedError):
    """A definition, a value or a table that this package refuses."""


class UnknownDefinition(SchemaError):
    """No packaged code list, code, structure, dataflow or message has this id."""


class InvalidDefinition(SchemaError):
    """A packaged definition file contradicts itself or the vocabulary."""


class InvalidTable(SchemaError):
    """A table whose shape is not the one its structure demands."""


class InvalidValue(SchemaError, ValueError):
    """A period, status, interval, digest or certificate that cannot be constructed."""

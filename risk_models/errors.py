"""Refusals of this package.

Invariants: an error says what happened (`title`), where (`detail`, `context`) and what to do (`hint`); a
library's own exception never leaves the package; no message carries an identifier from a record.
"""

from __future__ import annotations

from collections.abc import Mapping


class RiskModelError(Exception):
    """A table, a policy or a specification that this package refuses.

    Attributes:
        title: what happened, in one short sentence.
        detail: where.
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


class UnusableRecords(RiskModelError):
    """Records that cannot be compiled: a reserved code, or sums beyond 64 bits."""


class InvalidPolicy(RiskModelError):
    """A disclosure policy that protects nothing, or does not fit the dataflow."""


class InvalidSpecification(RiskModelError):
    """A model specification that is incomplete, or names an indicator nobody computes."""


class InvalidInput(RiskModelError):
    """A table handed to a model that is not what its label says."""

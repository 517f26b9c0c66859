"""What the API says of the report before signing, and of exceptions to the rules."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import Field

from node.api.models import Reason, Sent, Written
from node.ports.exceptions import ExceptionKind, RuleException
from node.services.views.preview import Outgoing
from risk_models.disclosure.report import Attack, Loss, Withheld

KeyPart = Annotated[str, Field(max_length=64)]


class AskedException(Sent):
    """What an officer asks for. `key`: every dimension of the cell; empty for a revision."""

    kind: ExceptionKind
    key: Annotated[dict[str, KeyPart], Field(max_length=64, default_factory=dict)]
    reason: Reason


class ExceptionLine(Written):
    """One exception to the rules with who stands for it; `state` is waiting, in_force or ended."""

    number: int
    kind: str
    state: str
    key: dict[str, str]
    rule: str
    reason: str
    asked_by: str
    asked_at: datetime
    agreed_by: str | None
    agreed_at: datetime | None
    ended_by: str | None
    ended_at: datetime | None

    @classmethod
    def of(cls, one: RuleException, dimensions: Sequence[str]) -> Self:
        """Describe an exception."""
        plain = (
            "number", "state", "rule", "reason", "asked_by", "asked_at", "agreed_by", "agreed_at",
            "ended_by", "ended_at",
        )  # fmt: skip
        return cls(
            kind=one.kind.value,
            key=dict(zip(dimensions, one.key, strict=False)),
            **{name: getattr(one, name) for name in plain},
        )


class WithheldLine(Written):
    """A withheld cell: every rule that hides it and the interval every reader sees.

    `value` is the true value, null for whoever may not see it.
    """

    key: dict[str, str]
    status: str
    rules: list[str]
    value: int | None
    lower: int
    upper: int | None

    @classmethod
    def of(cls, cell: Withheld, dimensions: Sequence[str]) -> Self:
        """Describe a withheld cell."""
        named = dict(zip(dimensions, cell.key, strict=True))
        return cls(
            key=named, status=cell.status.value, rules=list(cell.rules), value=cell.value,
            lower=cell.lower, upper=cell.upper,
        )  # fmt: skip


class AttackLine(Written):
    """One attack on the release and how it ended; `detail` is a stable id, `count` how many were tried."""

    id: str
    outcome: str
    detail: str
    count: int

    @classmethod
    def of(cls, attack: Attack) -> Self:
        """Describe an attack."""
        return cls(id=attack.id, outcome=attack.outcome, detail=attack.detail, count=attack.count)


class LossLine(Written):
    """What one measure loses; `value_total` is null for whoever may not see what is withheld."""

    measure: str
    cells: int
    primary: int
    secondary: int
    value_shown: int
    value_total: int | None

    @classmethod
    def of(cls, loss: Loss) -> Self:
        """Describe what one measure loses."""
        return cls(**{name: getattr(loss, name) for name in cls.model_fields})


class OutgoingLine(Written):
    """One file that every member of the audience receives; `rows` is null for the manifest."""

    name: str
    bytes: int
    digest: str
    rows: int | None

    @classmethod
    def of(cls, file: Outgoing) -> Self:
        """Describe a file."""
        return cls(name=file.name, bytes=file.octets, digest=file.digest, rows=file.rows)


class DisclosureWhole(Written):
    """The report of a release before it is signed. `withheld` is one page of it; the counts are of all."""

    submission_id: int
    cells: int
    shown: int
    by_rule: dict[str, int]
    by_reason: dict[str, int]
    withheld_total: int
    offset: int
    withheld: list[WithheldLine]
    withheld_complete: bool
    losses: list[LossLine]
    attacks: list[AttackLine]
    method: str
    cost: int | None
    bound: int | None
    exceptions: list[ExceptionLine]
    certified_exceptions: list[dict[str, Any]]
    outgoing: list[OutgoingLine]

"""Where officers depart from what the rules of disclosure control alone would give.

Invariants: what shows more needs two officers and a reason; what shows less needs one; an exception that ended
stays on record and changes nothing any more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

_MOMENTS = ("asked_at", "agreed_at", "ended_at")


class ExceptionKind(StrEnum):
    """What is asked for."""

    SHOW_CELL = "show_cell"  # although a rule other than a least number hides it
    RELEASE_REVISION = "release_revision"  # although it is held because of what its differences tell
    WITHHOLD_CELL = "withhold_cell"  # although no rule asks for it

    @property
    def needs_two(self) -> bool:
        """True if a second officer has to agree: more would be shown."""
        return self is not ExceptionKind.WITHHOLD_CELL


@dataclass(frozen=True, slots=True)
class RuleException:
    """One exception to the rules (no error of the program). `number` counts from 1 within its submission.

    key: the cell, in the order of the dataflow's dimensions; empty for a revision. rule: the weightiest rule that
    it sets aside, as `risk_models.disclosure.report` names it; "" where none is. ended_by: who took it back, sent
    the submission back, withdrew it, or had its file read anew.
    """

    number: int
    kind: ExceptionKind
    key: tuple[str, ...]
    rule: str
    reason: str
    asked_by: str
    asked_at: datetime
    agreed_by: str | None = None
    agreed_at: datetime | None = None
    ended_by: str | None = None
    ended_at: datetime | None = None

    @property
    def state(self) -> str:
        """One of "waiting" (for a second officer), "in_force" and "ended"."""
        if self.ended_at is not None:
            return "ended"
        return "waiting" if self.kind.needs_two and self.agreed_at is None else "in_force"

    @property
    def is_in_force(self) -> bool:
        """True if it changes what is prepared."""
        return self.state == "in_force"

    def to_document(self) -> dict[str, Any]:
        """Give it as plain JSON values."""
        moments = {name: getattr(self, name) for name in _MOMENTS}
        return (
            asdict(self)
            | {"kind": self.kind.value, "key": list(self.key)}
            | {name: at.isoformat() if at else None for name, at in moments.items()}
        )

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """Read what `to_document` wrote."""
        moments = {
            name: datetime.fromisoformat(document[name]) if document[name] else None for name in _MOMENTS
        }
        read = {"kind": ExceptionKind(document["kind"]), "key": tuple(document["key"])}
        return cls(**{**document, **read, **moments})


def ended(exceptions: Iterable[RuleException], *, by: str, at: datetime) -> tuple[RuleException, ...]:
    """Give exceptions with all of them ended; those that ended before keep who ended them and when."""
    return tuple(
        one if one.ended_at is not None else replace(one, ended_by=by, ended_at=at) for one in exceptions
    )

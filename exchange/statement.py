"""What a notice says of a computed score: a member's comment on its own, or how a member assesses one otherwise.

* A statement changes nothing that is computed; a reader shows it beside the score, as what its originator says.
* It stands in the field `about` of a notice, which readers that do not know it keep.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from exchange.errors import Refused
from exchange.jsondoc import Fields
from exchange.manifest import MEMBER_CODE
from exchange.notice import Notice

ABOUT = "about"
MAX_CODE_CHARACTERS = 64
MAX_COMPUTED_LEVELS = 8


class StatementKind(StrEnum):
    """comment: the member whose score it is says something to it. assessed: the level in the originator's judgement.

    ended: what the originator assessed before counts no longer.
    """

    COMMENT = "comment"
    ASSESSED = "assessed"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Statement:
    """The field `about` of a notice.

    model_id, area, time_period: of the score. computed: the levels that were possible when it was made, the lowest
    first. assessed: the level instead, and reason: why, as a code; last_period: the last period it stands for. The
    last three are "" in a comment.

    Raises:
        ValueError: a text is missing or too long, or `area` is no member's code.
    """

    kind: StatementKind
    model_id: str
    area: str
    time_period: str
    computed: tuple[str, ...] = ()
    assessed: str = ""
    reason: str = ""
    last_period: str = ""

    def __post_init__(self) -> None:
        codes = (self.model_id, self.time_period, *self.computed)
        told = (self.assessed, self.reason, self.last_period)
        is_comment = self.kind is StatementKind.COMMENT
        if not MEMBER_CODE.fullmatch(self.area):
            raise ValueError("a statement names the member whose score it is")
        if not all(codes) or len(self.computed) > MAX_COMPUTED_LEVELS or any(told if is_comment else ()):
            raise ValueError("a statement names the model, the period and the levels, and a comment no more")
        if not is_comment and not all(told):
            raise ValueError("a statement of another level names it, its reason and its last period")
        if any(len(text) > MAX_CODE_CHARACTERS for text in (*codes, *told)):
            raise ValueError(f"a code of a statement has at most {MAX_CODE_CHARACTERS} characters")

    def to_document(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        own = {"kind": self.kind.value, "model": self.model_id, "area": self.area, "period": self.time_period}
        if self.kind is StatementKind.COMMENT:
            return {**own, "computed": list(self.computed)}
        return {
            **own,
            "computed": list(self.computed),
            "assessed": self.assessed,
            "reason": self.reason,
            "last_period": self.last_period,
        }


def statement_of(notice: Notice) -> Statement | None:
    """Return what a notice says of a score; None where it says nothing of any, or nothing that can be read."""
    document = notice.extra.get(ABOUT)
    if not isinstance(document, dict):
        return None
    read = Fields(document, ABOUT)
    try:
        found = Statement(
            kind=StatementKind(read.text("kind")),
            model_id=read.text("model"),
            area=read.text("area"),
            time_period=read.text("period"),
            computed=tuple(read.texts("computed")),
            assessed=read.optional_text("assessed") or "",
            reason=read.optional_text("reason") or "",
            last_period=read.optional_text("last_period") or "",
        )
    except (Refused, ValueError):
        return None
    is_own = found.area == notice.originator
    return found if is_own or found.kind is not StatementKind.COMMENT else None

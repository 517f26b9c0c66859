"""The few ways a use case says no, typed by what the caller can do about it.

Invariants: every error says what happened, where, and what to do; adapters turn their library's exceptions
into one of these, so that no traceback reaches a person.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, and in which field of what was sent: a code and its facts; words are chosen where it is shown."""

    where: str
    code: str
    facts: Mapping[str, str | int] = field(default_factory=dict)

    def __str__(self) -> str:
        """Give it as one plain phrase, for a program."""
        told = ", ".join(f"{name} {value}" for name, value in self.facts.items())
        return f"{self.code.replace('_', ' ')}: {told}" if told else self.code.replace("_", " ")


class NodeError(Exception):
    """A refusal a person can act on. `code` is stable and documented; `hint` says what to do next."""

    code = "node_error"

    def __init__(self, title: str, *, detail: str = "", hint: str = "", **context: str | int) -> None:
        super().__init__(title)
        self.title = title
        self.detail = detail
        self.hint = hint
        self.context = context

    def __str__(self) -> str:
        return " ".join(part for part in (f"{self.title}.", self.detail, self.hint) if part.strip("."))


class Denied(NodeError):
    """The person is not allowed to do this; somebody else may be."""

    code = "denied"


class NotSignedIn(NodeError):
    """Nobody is signed in, or the sign-in was refused."""

    code = "not_signed_in"


class Invalid(NodeError):
    """What was sent cannot be used as it is; correct it and send it again. `faults`: where, if fields can be named."""

    code = "invalid"

    def __init__(
        self,
        title: str,
        *,
        detail: str = "",
        hint: str = "",
        faults: Sequence[Fault] = (),
        **context: str | int,
    ) -> None:
        super().__init__(title, detail=detail, hint=hint, **context)
        self.faults = tuple(faults)


class TooLarge(Invalid):
    """What was sent is over a stated limit; it was not read further."""

    code = "too_large"


class NotFound(NodeError):
    """There is no such thing here."""

    code = "not_found"


class Conflict(NodeError):
    """The thing is not in the state this step needs; look at it again."""

    code = "conflict"


class Damaged(NodeError):
    """Stored bytes are not what they were: stop, do not sign, restore from a copy."""

    code = "damaged"


class Unavailable(NodeError):
    """The machine cannot do it now (disk full, port in use, another instance); an operator can help."""

    code = "unavailable"

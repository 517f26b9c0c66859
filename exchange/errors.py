"""Every failure of the exchange has a stable name and a class that says what the caller can do about it.

* The name is part of the protocol: logged, counted, documented and shown, it never changes once released.
* `Failure` decides the effect on a peer's state: `RETRY` and `WAIT` pass by themselves, `OPERATOR` needs a
  person at this node, `ALARM` means that what arrived contradicts what was signed, and is kept as evidence.
* No exception of a library (JSON, base64, cryptography, Parquet) crosses the boundary of this package.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import ClassVar

_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


class Failure(Enum):
    """What the caller can do: try again soon, wait, call the operator, or raise the alarm."""

    RETRY = "retry"
    WAIT = "wait"
    OPERATOR = "operator"
    ALARM = "alarm"


class ExchangeError(Exception):
    """A named failure: what happened (`title`), where (`detail`, `context`), what to do (`hint`).

    Raise one of the subclasses, each of which fixes `failure`.

    Raises:
        ValueError: the name is not lower-case words joined by underscores.
    """

    failure: ClassVar[Failure]
    usual_hint: ClassVar[str]

    def __init__(
        self,
        name: str,
        *,
        title: str,
        detail: str,
        hint: str | None = None,
        context: Mapping[str, object] | None = None,
    ) -> None:
        if not _NAME.fullmatch(name):
            raise ValueError(f"an error name is lower-case words joined by underscores, not {name!r}")
        super().__init__(f"{title}: {detail}")
        self.name = name
        self.title = title
        self.detail = detail
        self.hint = self.usual_hint if hint is None else hint
        self.context: Mapping[str, object] = MappingProxyType(dict(context or {}))


class Unreachable(ExchangeError):
    """The peer did not answer, or stopped in the middle: the next attempt may succeed."""

    failure = Failure.RETRY
    usual_hint = (
        "The next synchronisation tries again; check the network and the peer's address if it persists."
    )


class NotYet(ExchangeError):
    """The peer or a moment is not ready (maintenance, embargo): nothing is wrong, ask again later."""

    failure = Failure.WAIT
    usual_hint = "Nothing to do: it is asked for again at the next synchronisation."


class Misconfigured(ExchangeError):
    """Something at this node is set wrongly: only its operator can mend it."""

    failure = Failure.OPERATOR
    usual_hint = "Correct the setting or the key named in the detail, then start again."


class Refused(ExchangeError):
    """What arrived is malformed, over a limit, or not what was signed: kept as evidence, never as data."""

    failure = Failure.ALARM
    usual_hint = "Keep the refused bytes and ask the originator by a second channel before trusting it again."

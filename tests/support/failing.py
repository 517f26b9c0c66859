"""Ports that fail on demand, before the step took effect or after it did: the two ways a machine can stop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from node.errors import Unavailable


@dataclass
class Trap:
    """Counts the writes of a run and springs at one of them. `springs_at` None only counts."""

    springs_at: int | None = None
    after_effect: bool = False
    seen: list[str] = field(default_factory=list)

    def around(self, name: str, write: Callable[..., Any]) -> Callable[..., Any]:
        """Give `write`, failing when it is the one the trap waits for."""

        def guarded(*args: Any, **kwargs: Any) -> Any:
            place = len(self.seen)
            self.seen.append(name)
            if place != self.springs_at:
                return write(*args, **kwargs)
            if self.after_effect:
                write(*args, **kwargs)
            raise Unavailable("The disk is full", detail=f"write {place} ({name})", hint="Free some space.")

        return guarded


class Trapped:
    """A port whose writes pass a trap; everything else is the real port's."""

    def __init__(self, port: Any, writes: tuple[str, ...], trap: Trap) -> None:
        self._port, self._writes, self._trap = port, writes, trap

    def __getattr__(self, name: str) -> Any:
        attribute = getattr(self._port, name)
        return self._trap.around(name, attribute) if name in self._writes else attribute

"""The last few answers that are dear to make, for people who leaf through one of them.

Invariants: an answer is given again only to the very question it was made for; few are kept, the longest unused goes
first; two threads never make the same answer at once.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any

KEPT = 4


class LastFew:
    """A small store of answers by question."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._answers: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = Lock()

    def ask(self, question: Hashable, make: Callable[[], Any]) -> Any:
        """Give the answer, made now if it is not among the last few; what `make` raises is not kept."""
        with self._lock:
            if question not in self._answers:
                self._answers[question] = make()
                while len(self._answers) > self._kept:
                    self._answers.popitem(last=False)
            self._answers.move_to_end(question)
            return self._answers[question]

"""Cells arranged for reading: files that follow from bundles alone, and are mapped into memory instead of read.

The store is not trusted and promises nothing: what is absent, torn or altered is made again from the bundle.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Protocol


class ArrangedStore(Protocol):
    """At most one file a name; a name is lower-case letters, digits and hyphens."""

    def find(self, name: str) -> Path | None:
        """Give the file of a name if it is whole, else None."""

    def keep(self, name: str, content: bytes) -> Path:
        """Put a file under a name in place of the one before, at once and whole; raises Unavailable.

        Who has the file before mapped keeps what it mapped.
        """

    def names(self) -> Iterator[str]:
        """Give every name, in order."""

    def drop(self, names: Collection[str]) -> None:
        """Remove files; unknown names are no error. Raises Unavailable."""

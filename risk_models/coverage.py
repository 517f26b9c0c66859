"""How much of a member's figures a map carries over, and how well.

Invariants: shares are exact rationals of point values; a cell without a point is counted and not guessed; the
written form of a share has four digits after the point, half to even.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from schemas.mapping import Relation

# Methodology 4.4: the volume under exact and broad, and the volume that is only close.
MATCHED_AT_LEAST = Fraction(9, 10)
CLOSE_AT_MOST = Fraction(1, 10)
SHARE_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a map did with one measure.

    volumes: by relation, in the measure's unit (none: what went to the remainder). unknown_rows: cells
    without a point value, which no share counts. unmapped: national codes in the remainder, with volume.
    """

    measure: str
    volumes: Mapping[Relation, int]
    unknown_rows: int = 0
    unmapped: tuple[tuple[str, int], ...] = field(default=())

    @property
    def total(self) -> int:
        """The volume that was to be mapped."""
        return sum(self.volumes.values())

    @property
    def matched(self) -> Fraction | None:
        """The share under exact and broad; None if there is no volume."""
        return self.share(Relation.EXACT, Relation.BROAD)

    @property
    def is_sufficient(self) -> bool:
        """True if at least 0.9 of the volume is exact or broad and at most 0.1 close."""
        matched, close = self.matched, self.share(Relation.CLOSE)
        if matched is None or close is None:
            return False
        return matched >= MATCHED_AT_LEAST and close <= CLOSE_AT_MOST

    def share(self, *relations: Relation) -> Fraction | None:
        """Return the share of the volume under these relations; None if there is no volume."""
        if not self.total:
            return None
        return Fraction(sum(self.volumes.get(relation, 0) for relation in relations), self.total)

    def to_document(self) -> dict[str, object]:
        """Return plain JSON values; shares as text of four digits, volumes as integers."""
        return {
            "measure": self.measure,
            "volume": self.total,
            "matched": written(self.matched),
            "close": written(self.share(Relation.CLOSE)),
            "narrow": written(self.share(Relation.NARROW)),
            "unmapped": written(self.share(Relation.NONE)),
            "sufficient": self.is_sufficient,
            "unknown_rows": self.unknown_rows,
            "unmapped_codes": [list(pair) for pair in self.unmapped],
        }


def written(share: Fraction | None) -> str | None:
    """Return a share from 0 to 1 as text with four digits after the point: 2/3 gives "0.6667"."""
    if share is None:
        return None
    whole, rest = divmod(round(share * 10**SHARE_DIGITS), 10**SHARE_DIGITS)
    return f"{whole}.{rest:0{SHARE_DIGITS}}"

"""Places of codes in the hierarchy of their list.

Invariants: the total `_T` is above every code, whether its list writes that or not, and is never named as the
broader code of another.
"""

from __future__ import annotations

from collections.abc import Iterable

from schemas.codelist import Codelist

TOTAL = "_T"
NOT_ALLOCATED = "_X"
# The area that stands for all counterparts together.
WORLD = "W1"


def upwards(codes: Codelist, code_id: str) -> tuple[str, ...]:
    """Return a code and all codes that it lies within, from the narrowest to the broadest."""
    above = (code.id for code in codes.ancestors(code_id))
    return (code_id, *(code for code in above if code != TOTAL))


def broader(codes: Codelist, code_id: str) -> tuple[str, ...]:
    """Return the codes that a code lies within, without itself."""
    return upwards(codes, code_id)[1:]


def nearest_broader(codes: Codelist, code_ids: Iterable[str]) -> str | None:
    """Return the narrowest code that every one of `code_ids` lies within and none of them is; None if none."""
    chains = [broader(codes, code_id) for code_id in code_ids]
    if not chains:
        return None
    return next((code for code in chains[0] if all(code in chain for chain in chains)), None)

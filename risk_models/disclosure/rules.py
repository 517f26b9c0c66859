"""Primary rules: may this group of records be shown exactly?

Invariants: integers only (with floats the rest of a two-contributor cell is not zero); a rule says only yes
or no, and what is shipped is a status that does not tell which parameter decided. Source: methodology 3.2.
"""

from __future__ import annotations

from risk_models.disclosure.cells import Profile
from risk_models.disclosure.policy import Policy
from schemas.status import ValueStatus


def primary_status(profile: Profile, policy: Policy) -> ValueStatus | None:
    """Return why these records may not be shown exactly, or None if they may."""
    if is_small(profile, policy):
        return ValueStatus.PRIM_SMALL
    if is_concentrated(profile.v_txn, profile.largest, policy.concentration_percent):
        return ValueStatus.PRIM_OTHER
    return None


def is_small(profile: Profile, policy: Policy) -> bool:
    """True if too few subjects, reporting entities or reports stand behind the cell.

    A number of transactions above zero and below the least number of reports is small as well: one
    transaction is one person's.
    """
    return (
        profile.subjects < policy.min_subjects
        or profile.entities < policy.min_entities
        or profile.reports < policy.min_reports
        or (profile.n_txn is not None and 0 < profile.n_txn < policy.min_reports)
    )


def is_concentrated(total: int, largest: tuple[int, ...], percent: int) -> bool:
    """True by the p% rule: 100 (X - x1 - x2) < p x1 for the two largest contributions, in integers.

    The second largest contributor, who knows its own part, would estimate the largest one too well.
    Example at p = 10: 110 000 with 52 000 and 50 000 is not concentrated (the rest is 15.385 % of x1);
    100 000 with 50 000 and 49 000 is.
    """
    first, second = (*largest, 0, 0)[:2]
    return 100 * (total - first - second) < percent * first

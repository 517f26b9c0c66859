"""Primary rules: may this group of records be shown exactly?

Invariants: integers only (with floats the rest of a two-contributor cell is not zero); a rule is named by what it
asks for, and what is shipped is a status that does not tell which parameter decided. Source: methodology 3.2.
"""

from __future__ import annotations

from dataclasses import dataclass

from risk_models.disclosure.policy import Policy


@dataclass(frozen=True, slots=True)
class Profile:
    """The size and concentration of a group of records.

    n_txn: transactions, None if any record has none. v_txn: US cents. largest, second: the greatest amounts of
    single reporting entities, in US cents; zero where there is none.
    """

    reports: int
    subjects: int
    entities: int
    n_txn: int | None
    v_txn: int
    largest: int
    second: int


def broken_rules(profile: Profile, policy: Policy) -> tuple[str, ...]:
    """Return the ids of the rules that these records break; empty if they may be shown exactly.

    A number of transactions above zero and below the least number of reports is small as well: one transaction is one
    person's.
    """
    transactions = profile.n_txn or policy.min_reports
    broken = {
        "minimum_subjects": profile.subjects < policy.min_subjects,
        "minimum_reporting_entities": profile.entities < policy.min_entities,
        "minimum_reports": profile.reports < policy.min_reports or transactions < policy.min_reports,
        "concentration": is_concentrated(profile, policy.concentration_percent),
    }
    return tuple(rule for rule, is_broken in broken.items() if is_broken)


def is_concentrated(profile: Profile, percent: int) -> bool:
    """True by the p% rule: 100 (X - x1 - x2) < p x1 for the two largest contributions, in integers.

    The second largest contributor, who knows its own part, would estimate the largest one too well.
    Example at p = 10: 110 000 with 52 000 and 50 000 is not concentrated (the rest is 15.385 % of x1);
    100 000 with 50 000 and 49 000 is.
    """
    return 100 * _rest(profile) < percent * profile.largest


def protection_level(profile: Profile, percent: int) -> int:
    """How far from the truth an amount must stay, in US cents: p % of x1 less what the other contributors give.

    At least one cent. Source: methodology 3.4 (p/100 x1 - (X - x1 - x2), rounded up).
    """
    return max(1, -((100 * _rest(profile) - percent * profile.largest) // 100))


def _rest(profile: Profile) -> int:
    return profile.v_txn - profile.largest - profile.second

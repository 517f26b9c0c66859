"""Disclosure control: the only maker of `ReleasedTable`, and what a receiver can verify of one.

Invariants: nothing leaves that an attack of the suite or its own re-check would break; the certificate says what was
done, what was attacked and what was not, and never with which percentage; the same cells in any order give the same
release.
"""

from __future__ import annotations

from risk_models.disclosure.findings import Finding
from risk_models.disclosure.insight import Insight
from risk_models.disclosure.memory import Memory, Past, past_of
from risk_models.disclosure.policy import Policy, policy_for
from risk_models.disclosure.recheck import recheck
from risk_models.disclosure.release import Orders, Protected, candidates_of, release
from risk_models.disclosure.suppression import Unprotectable

__all__ = [
    "Finding",
    "Insight",
    "Memory",
    "Orders",
    "Past",
    "Policy",
    "Protected",
    "Unprotectable",
    "candidates_of",
    "past_of",
    "policy_for",
    "recheck",
    "release",
]

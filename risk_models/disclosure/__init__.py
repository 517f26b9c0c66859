"""Disclosure control: the only maker of `ReleasedTable`, and what a receiver can verify of one.

Invariants: nothing leaves that its own re-check would refuse; the certificate says what was done, what was
audited and what was not, and never with which percentage; the same records in any order give the same
release.
"""

from __future__ import annotations

from risk_models.disclosure.policy import Policy, policy_for
from risk_models.disclosure.recheck import Finding, recheck
from risk_models.disclosure.release import release
from risk_models.disclosure.revision import Vintage, unsafe_differences

__all__ = ["Finding", "Policy", "Vintage", "policy_for", "recheck", "release", "unsafe_differences"]

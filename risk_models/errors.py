"""Refusals of this package.

Invariants: an error says what happened (`title`), where (`detail`, `context`) and what to do (`hint`); a
library's own exception never leaves the package; no message carries an identifier from a record.
"""

from __future__ import annotations

from schemas.errors import StatedError


class RiskModelError(StatedError):
    """A table, a policy or a specification that this package refuses."""


class UnusableRecords(RiskModelError):
    """Records that cannot be compiled: a reserved code, or sums beyond 64 bits."""


class InvalidPolicy(RiskModelError):
    """A disclosure policy that protects nothing, or does not fit the dataflow."""


class InvalidSpecification(RiskModelError):
    """A model specification that is incomplete, or names an indicator nobody computes."""


class InvalidInput(RiskModelError):
    """A table handed to a model that is not what its label says."""

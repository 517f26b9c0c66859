"""The additive relations of a release: hierarchies, linked tables, periods, and what no table shows of them.

Invariants: a relation is a fact about keys and true values, whoever asks; a relation that does not hold is not
stated; who computes them and who checks them read the same code lists and the same rules of the structures.
"""

from __future__ import annotations

from risk_models.disclosure.relations.linked import Linked, system_of

__all__ = ["Linked", "system_of"]

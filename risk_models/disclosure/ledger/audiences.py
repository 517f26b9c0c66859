"""Whether the views of one release nest: the rule that makes collusion of recipients gain nothing.

Invariants: of two views that nest, what the one withholds beyond the other is all that tells them apart; for views
that do not, only the audit of their union says whether they are safe together. Source: methodology 3.6 (R-NEST).
"""

from __future__ import annotations

from itertools import combinations

from risk_models.disclosure.ledger.released import Released

EVERYBODY = ""


def crossing(release: Released) -> tuple[tuple[str, str], ...]:
    """Return the pairs of audiences whose views do not nest, each showing the other something new, in order.

    `EVERYBODY` stands for those who have no view of their own.
    """
    views = {EVERYBODY: release.shown, **release.views}
    return tuple(
        (one, other)
        for one, other in combinations(sorted(views), 2)
        if (views[one] & ~views[other]).any() and (views[other] & ~views[one]).any()
    )

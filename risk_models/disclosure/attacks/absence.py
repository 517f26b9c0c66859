"""AT12: a row that is not there tells as much as one that is.

Invariants: which keys a view has is decided before anyone looks at values; a withheld cell keeps its row.
Source: methodology 3.6.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import pyarrow as pa

from risk_models.disclosure.attacks.exposed import outcome
from risk_models.disclosure.report import Attack

Key = tuple[str, ...]


def absence(table: pa.Table, dimensions: Sequence[str], dense: Collection[Key] | None) -> tuple[Attack, ...]:
    """AT12 on a released table.

    dense: the keys of the view, found without looking at values; None if nobody says which. `count`: keys looked
    for; of a failure, keys that are absent, stand twice or should not be there.
    """
    if dense is None:
        return (Attack("AT12", "not_run", "no_dense_set_of_keys"),)
    rows = list(zip(*(table.column(name).to_pylist() for name in dimensions), strict=True))
    expected, found = set(dense), set(rows)
    wrong = len(expected ^ found) + len(rows) - len(found)
    return outcome("AT12", "every_key_has_a_row", wrong, len(expected))

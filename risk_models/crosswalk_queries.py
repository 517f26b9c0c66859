"""The queries of a mapping, over the input and the three tables of its steps.

Invariants: no name or value from outside stands in a query; rows are summed before they are split, so that a
split does not depend on how the input was cut into rows; products are computed in 128 bits.
"""

from __future__ import annotations

from collections.abc import Sequence

# From the firmest status of a value to the one that says most against it; a sum carries the last of its parts'.
_STATUSES = "['A', 'F', 'N', 'W', 'G', 'P', 'J', 'S', 'V', 'K', 'D', 'B', 'U', 'E', 'I']"
_IMPUTED = f"list_position({_STATUSES}, 'I')"

# A missing value is anything from its lower bound up; an impossible one is nothing.
_READ = """
read AS (
    SELECT COLUMNS('key_.*'), national,
        CASE WHEN "OBS_STATUS" = 'M' THEN 0 ELSE "OBS_VALUE" END AS point,
        coalesce("OBS_LOWER", "OBS_VALUE", 0) AS lower,
        CASE WHEN "OBS_STATUS" = 'M' THEN 0 ELSE coalesce("OBS_UPPER", "OBS_VALUE") END AS upper,
        coalesce("OBS_STATUS", CASE WHEN "OBS_VALUE" IS NULL THEN 'L' ELSE 'A' END) AS status
    FROM input
)"""

# Bounds that a row lacks are unknown, and one unknown makes the sum unknown: sum() alone would skip it.
_SUMS = """
        CASE WHEN count(point) = count(*) THEN sum(point) END AS point,
        sum(lower) AS lower,
        CASE WHEN count(upper) = count(*) THEN sum(upper) END AS upper"""

_RANKED = f"""
        greatest(coalesce(max(list_position({_STATUSES}, status)), 1), 1) AS standing,
        bool_or(status = 'Q') AS is_withheld,
        bool_and(status = 'M') AS is_impossible"""

_MAPPING = """
WITH {read},
summed AS (
    SELECT {keys} national, row_number() OVER () AS id, {sums}, {ranked}
    FROM read GROUP BY {keys} national
),
floors AS (
    SELECT id, target, rank, point,
        point::HUGEINT * numerator // denominator AS floor,
        point::HUGEINT * numerator % denominator AS rest
    FROM summed JOIN splits USING (national) WHERE point IS NOT NULL
),
shares AS (
    SELECT id, target, floor + CASE WHEN row_number() OVER (
            PARTITION BY id ORDER BY rest DESC, rank
        ) <= point - sum(floor) OVER (PARTITION BY id) THEN 1 ELSE 0 END AS share
    FROM floors
),
partial AS (
    SELECT id, shared, CASE WHEN count(share) = count(*) THEN sum(share) END AS share
    FROM summed JOIN parts USING (national) LEFT JOIN shares USING (id, target)
    GROUP BY id, shared
),
given AS (
    SELECT {keys} coalesce(wholes.shared, '_X') AS shared, point, lower, upper, standing, is_withheld,
        is_impossible, CASE WHEN relation = 'close' THEN point ELSE 0 END AS close
    FROM summed LEFT JOIN wholes USING (national)
    WHERE wholes.shared IS NOT NULL OR NOT EXISTS (FROM parts WHERE parts.national = summed.national)
    UNION ALL
    SELECT {keys} shared, CASE WHEN upper = 0 THEN 0 ELSE share END, 0, upper,
        CASE WHEN upper = 0 OR share IS NULL THEN standing ELSE {imputed} END, is_withheld,
        is_impossible, 0
    FROM summed JOIN partial USING (id)
),
total AS (
    SELECT {keys} shared, {sums}, max(standing) AS standing, bool_or(is_withheld) AS is_withheld,
        bool_and(is_impossible) AS is_impossible,
        CASE WHEN count(close) = count(*) THEN sum(close) END AS close
    FROM given GROUP BY {keys} shared
)
SELECT {keys} shared,
    CASE WHEN NOT is_impossible THEN coalesce(point, CASE WHEN lower = upper THEN lower END) END::BIGINT
        AS "OBS_VALUE",
    lower::BIGINT AS "OBS_LOWER", upper::BIGINT AS "OBS_UPPER",
    CASE WHEN is_impossible THEN 'M'
        WHEN point IS NULL AND lower IS DISTINCT FROM upper THEN CASE WHEN is_withheld THEN 'Q' ELSE 'L' END
        ELSE {statuses}[standing] END AS "OBS_STATUS",
    close::BIGINT AS "OBS_CLOSE"
FROM total JOIN places USING (shared)
ORDER BY {keys} place
"""

_RELATED = """
WITH {read},
relations AS (SELECT DISTINCT national, relation FROM wholes UNION SELECT DISTINCT national, 'narrow' FROM parts),
judged AS (
    SELECT read.*, coalesce(relation, 'none') AS relation FROM read LEFT JOIN relations USING (national)
    WHERE relation IS DISTINCT FROM 'total'
)"""

COVERAGE = (
    _RELATED.format(read=_READ)
    + """
SELECT {measure} AS measure, relation, coalesce(sum(point), 0), count(*) - count(point)
FROM judged GROUP BY measure, relation ORDER BY measure, relation
"""
)

UNMAPPED = (
    _RELATED.format(read=_READ)
    + """
SELECT {measure} AS measure, national, coalesce(sum(point), 0)
FROM judged WHERE relation = 'none' GROUP BY measure, national ORDER BY measure, national
"""
)


def mapping_query(keys: Sequence[str]) -> str:
    """Return the query of the mapped table; `keys` are the columns to keep apart."""
    listed = "".join(f"{quoted(key)}, " for key in keys)
    return _MAPPING.format(
        read=_READ,
        keys=listed,
        sums=_SUMS,
        ranked=_RANKED,
        imputed=_IMPUTED,
        statuses=_STATUSES,
    )


def quoted(name: str) -> str:
    """Return a column's name as an identifier."""
    return f'"{name}"'

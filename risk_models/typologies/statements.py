"""The statements that make cells of records: each written once, run unchanged by every engine.

Invariants: only what DuckDB and Spark (ANSI mode) read in the same way; integers only; the answer of a statement
is a set of rows that depends on the records alone. What stands between braces is a name from this package, a
number, or a code that has been looked up; never a text from a record or from a person.

Identifiers are replaced by numbers before anything distinct is counted: a row then takes a fifth of the room,
and the numbers say nothing outside of their session. Most reports have one record; these are counted as they
come, and only the REPORT of a repeated one has a number.
"""

from __future__ import annotations

from risk_models.typologies.facets import FACETS, Grouping, not_stated

_SUBJECTS = """
SELECT SUBJECT_ID, CAST(row_number() OVER (ORDER BY SUBJECT_ID) AS INT) AS SUBJECT
FROM (SELECT DISTINCT SUBJECT_ID FROM records) AS one
"""
_ENTITIES = """
SELECT REPORTING_ENTITY, CAST(row_number() OVER (ORDER BY REPORTING_ENTITY) AS INT) AS ENTITY
FROM (SELECT DISTINCT REPORTING_ENTITY FROM records) AS one
"""
_REPORTS = """
SELECT REPORT_ID, CAST(row_number() OVER (ORDER BY REPORT_ID) AS INT) AS REPORT
FROM (SELECT REPORT_ID FROM records GROUP BY REPORT_ID HAVING count(*) > 1) AS repeated
"""
# A block is a counterpart of a period, reporter and direction; `WIDE` is the same for all its counterparts.
_BLOCKS = """
SELECT ENDED, REF_AREA, COUNTERPART_AREA, FLOW_DIRECTION,
       lpad(CAST(ENDED AS STRING), 4, '0') AS TIME_PERIOD,
       CAST(row_number() OVER (ORDER BY ENDED, REF_AREA, FLOW_DIRECTION, COUNTERPART_AREA) AS INT) AS BLOCK,
       CAST(dense_rank() OVER (ORDER BY ENDED, REF_AREA, FLOW_DIRECTION) AS INT) AS WIDE
FROM (SELECT DISTINCT CAST(year(END_DATE) AS INT) AS ENDED, REF_AREA, COUNTERPART_AREA, FLOW_DIRECTION
      FROM records) AS one
"""
# What is kept before anything else, in this order.
PREPARED = (("subjects", _SUBJECTS), ("entities", _ENTITIES), ("reports", _REPORTS), ("blocks", _BLOCKS))
# A record that finds no partner in a join lacks something that every record has; it is missed by its number.
_FACTS = """
SELECT BLOCK, WIDE, {numbers}, SUBJECT, REPORT, ENTITY, N_TXN, AMOUNT
FROM records
JOIN blocks ON CAST(year(records.END_DATE) AS INT) = blocks.ENDED AND records.REF_AREA = blocks.REF_AREA
    AND records.COUNTERPART_AREA = blocks.COUNTERPART_AREA AND records.FLOW_DIRECTION = blocks.FLOW_DIRECTION
{joins}
JOIN entities ON records.REPORTING_ENTITY = entities.REPORTING_ENTITY
JOIN subjects ON records.SUBJECT_ID = subjects.SUBJECT_ID
LEFT JOIN reports ON records.REPORT_ID = reports.REPORT_ID
WHERE records.REPORT_ID IS NOT NULL AND AMOUNT IS NOT NULL
"""
_FACET = """
JOIN (SELECT CODE, NUMBER FROM numbers WHERE FACET = '{facet}') AS {facet}_CODES
    ON coalesce(CAST(records.{facet} AS STRING), '{default}') = {facet}_CODES.CODE
"""
MISSED = """
SELECT (SELECT count(*) FROM records) AS GIVEN, (SELECT count(*) FROM facts) AS TAKEN
"""
NAMED_BLOCKS = "SELECT TIME_PERIOD, REF_AREA, COUNTERPART_AREA, FLOW_DIRECTION, BLOCK, WIDE FROM blocks"
# What each reporting entity adds to the cells of a facet.
_SHARES = """
SELECT BLOCK, WIDE, {code} AS CODE, ENTITY, CAST(sum(AMOUNT) AS BIGINT) AS V_TXN,
       CAST(sum(N_TXN) AS BIGINT) AS N_TXN, count(*) AS RECORDS, count(N_TXN) AS STATED,
       count(*) - count(REPORT) AS UNREPEATED
FROM facts GROUP BY BLOCK, WIDE, {code}, ENTITY
"""
# A sum of numbers of transactions is unknown as soon as one of them is. A single entity or subject is told by its
# number, so that cells of the same one are recognised.
_CELLS = """
WITH shared AS (
    SELECT {place} AS PLACE, ABOVE, ENTITY, sum(V_TXN) AS V_TXN, sum(N_TXN) AS N_TXN, sum(RECORDS) AS RECORDS,
           sum(STATED) AS STATED, sum(UNREPEATED) AS UNREPEATED
    FROM shares JOIN parts ON CODE = NUMBER AND DEPTH = {depth}
    GROUP BY {place}, ABOVE, ENTITY
), ranked AS (
    SELECT *, row_number() OVER (PARTITION BY PLACE, ABOVE ORDER BY V_TXN DESC) AS PLACED FROM shared
), sizes AS (
    SELECT PLACE, ABOVE, sum(UNREPEATED) AS UNREPEATED, count(*) AS N_ENT,
           CASE WHEN sum(RECORDS) = sum(STATED) THEN sum(N_TXN) END AS N_TXN, sum(V_TXN) AS V_TXN,
           max(CASE WHEN PLACED = 1 THEN V_TXN END) AS TOP1, max(CASE WHEN PLACED = 2 THEN V_TXN END) AS TOP2,
           CASE WHEN count(*) = 1 THEN min(ENTITY) END AS ENTITY
    FROM ranked GROUP BY PLACE, ABOVE
), seen AS (
    SELECT PLACE, ABOVE, count(*) AS N_SUBJ, CASE WHEN count(*) = 1 THEN min(SUBJECT) END AS SUBJECT
    FROM (SELECT DISTINCT {place} AS PLACE, ABOVE, SUBJECT
          FROM facts JOIN parts ON {code} = NUMBER AND DEPTH = {depth}) AS pairs
    GROUP BY PLACE, ABOVE
), reported AS (
    SELECT PLACE, ABOVE, count(*) AS REPEATED
    FROM (SELECT DISTINCT {place} AS PLACE, ABOVE, REPORT
          FROM facts JOIN parts ON {code} = NUMBER AND DEPTH = {depth} WHERE REPORT IS NOT NULL) AS pairs
    GROUP BY PLACE, ABOVE
)
SELECT sizes.PLACE, sizes.ABOVE AS CODE, CAST(UNREPEATED + coalesce(REPEATED, 0) AS BIGINT) AS N_STR,
       CAST(N_SUBJ AS BIGINT) AS N_SUBJ, CAST(N_ENT AS BIGINT) AS N_ENT, CAST(N_TXN AS BIGINT) AS N_TXN,
       CAST(V_TXN AS BIGINT) AS V_TXN, CAST(TOP1 AS BIGINT) AS TOP1, CAST(coalesce(TOP2, 0) AS BIGINT) AS TOP2,
       ENTITY, SUBJECT
FROM sizes
JOIN seen ON sizes.PLACE = seen.PLACE AND sizes.ABOVE = seen.ABOVE
LEFT JOIN reported ON sizes.PLACE = reported.PLACE AND sizes.ABOVE = reported.ABOVE
"""
# The cells that are asked about come as `asked`: PLACE, CODE.
_CONTRIBUTIONS = """
WITH chosen AS (
    SELECT PLACE, ABOVE, ENTITY, SUBJECT, REPORT, N_TXN, AMOUNT
    FROM facts JOIN parts ON {code} = NUMBER AND DEPTH = {depth}
    JOIN asked ON {place} = PLACE AND ABOVE = CODE
), own AS (
    SELECT PLACE, ABOVE, ENTITY, count(DISTINCT REPORT) AS REPEATED, count(*) - count(REPORT) AS UNREPEATED,
           count(DISTINCT SUBJECT) AS N_SUBJ, CASE WHEN count(*) = count(N_TXN) THEN sum(N_TXN) END AS N_TXN,
           sum(AMOUNT) AS V_TXN
    FROM chosen GROUP BY PLACE, ABOVE, ENTITY
), subjects_alone AS (
    SELECT PLACE, ABOVE, ENTITY, count(*) AS ALONE
    FROM (SELECT PLACE, ABOVE, SUBJECT, min(ENTITY) AS ENTITY FROM chosen
          GROUP BY PLACE, ABOVE, SUBJECT HAVING min(ENTITY) = max(ENTITY)) AS one
    GROUP BY PLACE, ABOVE, ENTITY
), reports_alone AS (
    SELECT PLACE, ABOVE, ENTITY, count(*) AS ALONE
    FROM (SELECT PLACE, ABOVE, REPORT, min(ENTITY) AS ENTITY FROM chosen WHERE REPORT IS NOT NULL
          GROUP BY PLACE, ABOVE, REPORT HAVING min(ENTITY) = max(ENTITY)) AS one
    GROUP BY PLACE, ABOVE, ENTITY
)
SELECT own.PLACE, own.ABOVE AS CODE, own.ENTITY, CAST(UNREPEATED + REPEATED AS BIGINT) AS N_STR,
       CAST(N_SUBJ AS BIGINT) AS N_SUBJ, CAST(N_TXN AS BIGINT) AS N_TXN, CAST(V_TXN AS BIGINT) AS V_TXN,
       CAST(UNREPEATED + coalesce(reports_alone.ALONE, 0) AS BIGINT) AS N_STR_ALONE,
       CAST(coalesce(subjects_alone.ALONE, 0) AS BIGINT) AS N_SUBJ_ALONE
FROM own
LEFT JOIN subjects_alone ON own.PLACE = subjects_alone.PLACE AND own.ABOVE = subjects_alone.ABOVE
    AND own.ENTITY = subjects_alone.ENTITY
LEFT JOIN reports_alone ON own.PLACE = reports_alone.PLACE AND own.ABOVE = reports_alone.ABOVE
    AND own.ENTITY = reports_alone.ENTITY
"""
# The records that stand in one of two vintages only, or in one of them more often; sums count the difference. Two
# that differ in nothing but the day, within one year, or in how they leave a facet open, are the same.
_CHANGED = """
SELECT {columns}, END_DATE, N_TXN * abs(TIMES) AS N_TXN, AMOUNT * abs(TIMES) AS AMOUNT
FROM (SELECT {columns}, min(END_DATE) AS END_DATE, N_TXN, AMOUNT, CAST(sum(SIDE) AS BIGINT) AS TIMES
      FROM (SELECT {stated}, END_DATE, year(END_DATE) AS ENDED, N_TXN, AMOUNT, 1 AS SIDE FROM later
            UNION ALL
            SELECT {stated}, END_DATE, year(END_DATE) AS ENDED, N_TXN, AMOUNT, -1 AS SIDE FROM earlier) AS paired
      GROUP BY {columns}, ENDED, N_TXN, AMOUNT) AS counted
WHERE TIMES <> 0
"""
_TELLING = ("REPORT_ID", "SUBJECT_ID", "REPORTING_ENTITY", "REF_AREA", "COUNTERPART_AREA", "FLOW_DIRECTION")


def facts() -> str:
    """Every record with numbers in the place of names and codes."""
    return _FACTS.format(
        numbers=", ".join(f"{facet}_CODES.NUMBER AS {facet}" for facet in FACETS),
        joins="".join(_FACET.format(facet=facet, default=not_stated(facet)) for facet in FACETS).strip(),
    )


def shares(facet: str | None) -> str:
    """What each reporting entity adds to each code of a facet, as it was stated, or to their whole."""
    return _SHARES.format(code=_code(facet))


def cells(grouping: Grouping) -> str:
    """The cells of one grouping; `shares` of its facet are kept."""
    return _CELLS.format(code=_code(grouping.facet), place=grouping.place, depth=grouping.depth)


def contributions(grouping: Grouping) -> str:
    """What each reporting entity says in those cells of one grouping that are asked about."""
    return _CONTRIBUTIONS.format(code=_code(grouping.facet), place=grouping.place, depth=grouping.depth)


def _code(facet: str | None) -> str:
    # the number of the whole; a literal is the same in every row
    return "CAST(0 AS INT)" if facet is None else facet


def changed() -> str:
    """The records of two vintages, `earlier` and `later`, that do not stand in both."""
    stated = [f"coalesce(CAST({facet} AS STRING), '{not_stated(facet)}') AS {facet}" for facet in FACETS]
    return _CHANGED.format(columns=", ".join([*_TELLING, *FACETS]), stated=", ".join([*_TELLING, *stated]))

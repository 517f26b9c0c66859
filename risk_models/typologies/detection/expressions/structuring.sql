-- Several payments of one account just below a threshold within a few days, and none at it or above it.
WITH sides AS (
    SELECT SENDER AS ACCOUNT, TXN, DAY, AMOUNT FROM transactions WHERE SENDER IS NOT NULL AND :payments
    UNION ALL
    SELECT RECEIVER AS ACCOUNT, TXN, DAY, AMOUNT FROM transactions
    WHERE RECEIVER IS NOT NULL AND (SENDER IS NULL OR SENDER <> RECEIVER) AND :payments
),
counted AS (
    SELECT ACCOUNT, TXN, DAY, AMOUNT,
           sum(CASE WHEN AMOUNT < :threshold_cents AND 100 * AMOUNT >= :near_percent * :threshold_cents
                    THEN 1 ELSE 0 END) OVER recent AS NEAR,
           sum(CASE WHEN AMOUNT >= :threshold_cents THEN 1 ELSE 0 END) OVER recent AS ABOVE
    FROM sides
    WINDOW recent AS (PARTITION BY ACCOUNT ORDER BY DAY RANGE BETWEEN :window_days PRECEDING AND CURRENT ROW)
),
near AS (
    SELECT ACCOUNT, TXN, DAY, NEAR, ABOVE,
           count(*) OVER (PARTITION BY ACCOUNT) AS ALL_NEAR
    FROM counted
    WHERE AMOUNT < :threshold_cents AND 100 * AMOUNT >= :near_percent * :threshold_cents
),
span AS (
    SELECT max(DAY) - min(DAY) + 1 AS DAYS FROM transactions
),
strong AS (
    SELECT DISTINCT ACCOUNT, DAY
    FROM near CROSS JOIN span
    WHERE NEAR >= :min_payments AND ABOVE = 0
      AND 100 * NEAR * greatest(DAYS - :window_days - 1, 0)
          >= :min_burst_percent * (ALL_NEAR - NEAR) * (:window_days + 1)
),
members AS (
    SELECT DISTINCT near.ACCOUNT, near.DAY, near.TXN
    FROM near
    JOIN strong ON strong.ACCOUNT = near.ACCOUNT
        AND strong.DAY >= near.DAY AND strong.DAY <= near.DAY + :window_days
),
breaks AS (
    SELECT ACCOUNT, DAY, TXN,
           CASE WHEN DAY - lag(DAY) OVER (PARTITION BY ACCOUNT ORDER BY DAY, TXN) <= :window_days
                THEN 0 ELSE 1 END AS IS_NEW
    FROM members
)
SELECT ACCOUNT AS SUBJECT, sum(IS_NEW) OVER (PARTITION BY ACCOUNT ORDER BY DAY, TXN) AS SEED, TXN
FROM breaks

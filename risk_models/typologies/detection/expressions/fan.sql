-- Many accounts around one, each of which pays it (or is paid by it) within one window only.
-- A payment counts in its own octave of amounts, in the octaves shifted by the logarithm of three, and in all (0).
WITH parts AS (
    SELECT TXN, :subject AS HUB, :other AS SPOKE, DAY, AMOUNT,
           count(*) OVER (PARTITION BY SENDER, RECEIVER, DAY) AS PARTS
    FROM transactions
    WHERE SENDER <> RECEIVER AND PAIR_SPAN < :window_days AND :payments
),
scaled AS (
    SELECT TXN, HUB, SPOKE, DAY, 0 AS SCALE FROM parts WHERE PARTS >= :min_parts
    UNION ALL
    SELECT TXN, HUB, SPOKE, DAY, length(bin(AMOUNT)) AS SCALE FROM parts WHERE PARTS >= :min_parts
    UNION ALL
    SELECT TXN, HUB, SPOKE, DAY, -length(bin(3 * AMOUNT)) AS SCALE FROM parts WHERE PARTS >= :min_parts
),
pairs AS (
    SELECT HUB, SCALE, SPOKE, min(DAY) AS FIRST_DAY, max(DAY) AS LAST_DAY FROM scaled GROUP BY HUB, SCALE, SPOKE
),
steps AS (
    SELECT HUB, SCALE, FIRST_DAY AS DAY, 1 AS STEP FROM pairs
    UNION ALL
    SELECT HUB, SCALE, LAST_DAY + :window_days AS DAY, -1 AS STEP FROM pairs
),
changes AS (
    SELECT HUB, SCALE, DAY, sum(STEP) AS STEP FROM steps GROUP BY HUB, SCALE, DAY
),
levels AS (
    SELECT HUB, SCALE, DAY, sum(STEP) OVER (PARTITION BY HUB, SCALE ORDER BY DAY) AS ACTIVE FROM changes
),
totals AS (
    SELECT HUB, SCALE, count(*) AS SPOKES FROM pairs GROUP BY HUB, SCALE
),
traffic AS (
    SELECT DAY, sum(sum(1)) OVER (ORDER BY DAY RANGE BETWEEN :window_days - 1 PRECEDING AND CURRENT ROW) AS RECENT,
           sum(sum(1)) OVER () AS EVER
    FROM transactions GROUP BY DAY
),
-- What is usual: the spokes that come at other times, spread over time as all traffic is; in whole numbers.
usual AS (
    SELECT levels.HUB, levels.SCALE, levels.DAY, CAST(SPOKES - ACTIVE AS BIGINT) AS OTHERS,
           CAST(ACTIVE AS BIGINT) AS ACTIVE, CAST(RECENT AS BIGINT) AS RECENT,
           CAST(greatest(EVER - RECENT, 1) AS BIGINT) AS REST
    FROM levels
    JOIN totals ON totals.HUB = levels.HUB AND totals.SCALE = levels.SCALE
    JOIN traffic ON traffic.DAY = levels.DAY
    WHERE ACTIVE >= CASE WHEN levels.SCALE = 0 THEN :min_accounts ELSE :min_accounts_alike END
),
strong AS (
    SELECT HUB, SCALE, DAY FROM usual
    WHERE ACTIVE * REST > OTHERS * RECENT
      AND CAST(ACTIVE * REST - OTHERS * RECENT AS DECIMAL(19, 0))
          * CAST(ACTIVE * REST - OTHERS * RECENT AS DECIMAL(19, 0))
          >= CAST(:min_deviations * :min_deviations * OTHERS * RECENT AS DECIMAL(19, 0))
             * CAST(REST AS DECIMAL(19, 0))
),
members AS (
    SELECT DISTINCT scaled.HUB, scaled.DAY, scaled.TXN
    FROM scaled
    JOIN strong ON strong.HUB = scaled.HUB AND strong.SCALE = scaled.SCALE
        AND strong.DAY >= scaled.DAY AND strong.DAY < scaled.DAY + :window_days
),
breaks AS (
    SELECT HUB, DAY, TXN,
           CASE WHEN DAY - lag(DAY) OVER (PARTITION BY HUB ORDER BY DAY, TXN) < :window_days THEN 0 ELSE 1 END AS IS_NEW
    FROM members
)
SELECT HUB AS SUBJECT, sum(IS_NEW) OVER (PARTITION BY HUB ORDER BY DAY, TXN) AS SEED, TXN
FROM breaks

-- Two layers: several accounts pay several, and these pay several again, all through the same middle.
WITH links AS (
    SELECT TXN, SENDER, RECEIVER, DAY
    FROM transactions
    WHERE SENDER <> RECEIVER AND PAIR_SPAN < :window_days AND :payments
      AND SENDER_PAYEES <= :max_partners AND RECEIVER_PAYERS <= :max_partners
),
hops AS (
    SELECT earlier.SENDER AS SOURCE, earlier.RECEIVER AS MIDDLE, later.RECEIVER AS TARGET,
           earlier.TXN AS FIRST_TXN, later.TXN AS SECOND_TXN
    FROM links AS earlier
    JOIN links AS later ON later.SENDER = earlier.RECEIVER AND later.RECEIVER <> earlier.SENDER
        AND later.DAY >= earlier.DAY AND later.DAY < earlier.DAY + :window_days
),
ends AS (
    SELECT SOURCE, TARGET FROM hops GROUP BY SOURCE, TARGET HAVING count(DISTINCT MIDDLE) >= :min_accounts
),
sources AS (
    SELECT SOURCE FROM ends GROUP BY SOURCE HAVING count(*) >= :min_ends
),
targets AS (
    SELECT TARGET, min(SOURCE) AS LEADER FROM ends GROUP BY TARGET HAVING count(*) >= :min_ends
),
layers AS (
    SELECT targets.LEADER, FIRST_TXN, SECOND_TXN
    FROM hops
    JOIN ends ON ends.SOURCE = hops.SOURCE AND ends.TARGET = hops.TARGET
    JOIN sources ON sources.SOURCE = hops.SOURCE
    JOIN targets ON targets.TARGET = hops.TARGET
)
SELECT LEADER AS SUBJECT, 0 AS SEED, FIRST_TXN AS TXN FROM layers
UNION
SELECT LEADER AS SUBJECT, 0 AS SEED, SECOND_TXN AS TXN FROM layers

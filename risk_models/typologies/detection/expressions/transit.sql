-- An account that money does not stay in: what comes in leaves within days, again and again.
-- Payments to shops, utilities and others whom many pay are the holder's own life and are not looked at.
WITH receipts AS (
    SELECT TXN, RECEIVER AS ACCOUNT, SENDER AS PAYER, DAY, AMOUNT,
           CASE WHEN PAIR_SPAN < :relation_days AND :incoming
                 AND (:max_age_days = 0
                      OR (DAY >= RECEIVER_REGISTERED AND DAY - RECEIVER_REGISTERED < :max_age_days))
                THEN 1 ELSE 0 END AS COUNTS
    FROM transactions
    WHERE RECEIVER IS NOT NULL AND (SENDER IS NULL OR SENDER <> RECEIVER) AND RECEIVER_PAYERS <= :max_partners
),
payments AS (
    SELECT TXN, SENDER AS ACCOUNT, DAY, AMOUNT
    FROM transactions
    WHERE SENDER IS NOT NULL AND (RECEIVER IS NULL OR (SENDER <> RECEIVER AND RECEIVER_PAYERS <= :max_partners))
      AND :outgoing
),
days AS (
    SELECT ACCOUNT, DAY, sum(CAME) AS CAME, sum(COUNTED) AS COUNTED, sum(WENT) AS WENT
    FROM (
        SELECT ACCOUNT, DAY, AMOUNT AS CAME, COUNTS * AMOUNT AS COUNTED, 0 AS WENT FROM receipts
        UNION ALL
        SELECT ACCOUNT, DAY, 0 AS CAME, 0 AS COUNTED, AMOUNT AS WENT FROM payments
    ) AS moves
    GROUP BY ACCOUNT, DAY
),
around AS (
    SELECT ACCOUNT, DAY, COUNTED AS CAME,
           sum(WENT) OVER (PARTITION BY ACCOUNT ORDER BY DAY
                           RANGE BETWEEN CURRENT ROW AND :window_days FOLLOWING) AS WENT_NEXT,
           sum(CAME) OVER (PARTITION BY ACCOUNT ORDER BY DAY
                           RANGE BETWEEN :window_days PRECEDING AND :window_days FOLLOWING) AS CAME_AROUND
    FROM days
),
matched AS (
    SELECT ACCOUNT, DAY, CAME,
           CASE WHEN DAY - lag(DAY) OVER (PARTITION BY ACCOUNT ORDER BY DAY) <= :period_days
                THEN 0 ELSE 1 END AS IS_NEW
    FROM around
    WHERE CAME > 0 AND 100 * WENT_NEXT >= :keep_percent * CAME AND WENT_NEXT <= CAME_AROUND
),
numbered AS (
    SELECT ACCOUNT, DAY, CAME, sum(IS_NEW) OVER (PARTITION BY ACCOUNT ORDER BY DAY) AS EPISODE FROM matched
),
bounds AS (
    SELECT ACCOUNT, EPISODE, min(DAY) AS FIRST_DAY, max(DAY) AS LAST_DAY, sum(CAME) AS PASSED
    FROM numbered GROUP BY ACCOUNT, EPISODE
),
judged AS (
    SELECT numbered.ACCOUNT, numbered.EPISODE,
           count(receipts.TXN) AS RECEIPTS, count(DISTINCT receipts.PAYER) AS PAYERS
    FROM numbered JOIN receipts ON receipts.ACCOUNT = numbered.ACCOUNT AND receipts.DAY = numbered.DAY AND COUNTS = 1
    GROUP BY numbered.ACCOUNT, numbered.EPISODE
),
shared AS (
    SELECT bounds.ACCOUNT, bounds.EPISODE, bounds.PASSED, sum(days.CAME) AS CAME
    FROM bounds JOIN days ON days.ACCOUNT = bounds.ACCOUNT
        AND days.DAY BETWEEN bounds.FIRST_DAY AND bounds.LAST_DAY
    GROUP BY bounds.ACCOUNT, bounds.EPISODE, bounds.PASSED
),
strong AS (
    SELECT shared.ACCOUNT, shared.EPISODE
    FROM shared JOIN judged ON judged.ACCOUNT = shared.ACCOUNT AND judged.EPISODE = shared.EPISODE
    WHERE RECEIPTS >= :min_receipts AND PAYERS >= :min_payers AND PASSED >= :min_amount_cents
      AND 100 * PASSED >= :min_share_percent * CAME
),
chosen AS (
    SELECT numbered.ACCOUNT, numbered.EPISODE, numbered.DAY
    FROM numbered JOIN strong ON strong.ACCOUNT = numbered.ACCOUNT AND strong.EPISODE = numbered.EPISODE
)
SELECT chosen.ACCOUNT AS SUBJECT, chosen.EPISODE AS SEED, receipts.TXN AS TXN
FROM chosen JOIN receipts ON receipts.ACCOUNT = chosen.ACCOUNT AND receipts.DAY = chosen.DAY AND COUNTS = 1
UNION
SELECT chosen.ACCOUNT AS SUBJECT, chosen.EPISODE AS SEED, payments.TXN AS TXN
FROM chosen JOIN payments ON payments.ACCOUNT = chosen.ACCOUNT
    AND payments.DAY BETWEEN chosen.DAY AND chosen.DAY + :window_days

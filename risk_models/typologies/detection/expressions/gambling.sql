-- Money put into gambling that comes back almost whole: little was played.
WITH stakes AS (
    SELECT TXN, SENDER AS ACCOUNT, DAY, AMOUNT FROM transactions WHERE SENDER IS NOT NULL AND :outgoing
),
payouts AS (
    SELECT TXN, RECEIVER AS ACCOUNT, DAY, AMOUNT FROM transactions WHERE RECEIVER IS NOT NULL AND :incoming
),
moves AS (
    SELECT ACCOUNT, TXN, DAY, AMOUNT AS STAKED, 0 AS RETURNED FROM stakes
    UNION ALL
    SELECT ACCOUNT, TXN, DAY, 0 AS STAKED, AMOUNT AS RETURNED FROM payouts
),
breaks AS (
    SELECT ACCOUNT, TXN, DAY, STAKED, RETURNED,
           CASE WHEN DAY - lag(DAY) OVER (PARTITION BY ACCOUNT ORDER BY DAY, TXN) < :window_days
                THEN 0 ELSE 1 END AS IS_NEW
    FROM moves
),
numbered AS (
    SELECT ACCOUNT, TXN, DAY, STAKED, RETURNED,
           sum(IS_NEW) OVER (PARTITION BY ACCOUNT ORDER BY DAY, TXN) AS EPISODE
    FROM breaks
),
strong AS (
    SELECT ACCOUNT, EPISODE
    FROM numbered
    GROUP BY ACCOUNT, EPISODE
    HAVING sum(STAKED) >= :min_amount_cents AND 100 * sum(RETURNED) >= :keep_percent * sum(STAKED)
       AND 100 * sum(RETURNED) <= :most_percent * sum(STAKED)
)
SELECT numbered.ACCOUNT AS SUBJECT, numbered.EPISODE AS SEED, numbered.TXN
FROM numbered JOIN strong ON strong.ACCOUNT = numbered.ACCOUNT AND strong.EPISODE = numbered.EPISODE

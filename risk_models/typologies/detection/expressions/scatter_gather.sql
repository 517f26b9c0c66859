-- One account pays several, and each of them passes the sum on to one and the same other account.
WITH links AS (
    SELECT TXN, SENDER, RECEIVER, DAY, AMOUNT
    FROM transactions
    WHERE SENDER <> RECEIVER AND PAIR_SPAN < :window_days AND :payments
      AND SENDER_PAYEES <= :max_partners AND RECEIVER_PAYERS <= :max_partners
),
passed AS (
    SELECT earlier.SENDER AS SOURCE, earlier.RECEIVER AS MIDDLE, later.RECEIVER AS TARGET,
           earlier.TXN AS FIRST_TXN, later.TXN AS SECOND_TXN, earlier.DAY AS BEGIN_DAY, later.DAY AS END_DAY
    FROM links AS earlier
    JOIN links AS later ON later.SENDER = earlier.RECEIVER AND later.RECEIVER <> earlier.SENDER
        AND later.DAY >= earlier.DAY AND later.DAY < earlier.DAY + :window_days
        AND 100 * later.AMOUNT >= :keep_percent * earlier.AMOUNT AND later.AMOUNT <= earlier.AMOUNT
),
strong AS (
    SELECT SOURCE, TARGET
    FROM passed
    GROUP BY SOURCE, TARGET
    HAVING count(DISTINCT MIDDLE) >= :min_accounts AND max(END_DAY) - min(BEGIN_DAY) < 2 * :window_days
)
SELECT passed.SOURCE AS SUBJECT, passed.TARGET AS SEED, passed.FIRST_TXN AS TXN
FROM passed JOIN strong ON strong.SOURCE = passed.SOURCE AND strong.TARGET = passed.TARGET
UNION
SELECT passed.SOURCE AS SUBJECT, passed.TARGET AS SEED, passed.SECOND_TXN AS TXN
FROM passed JOIN strong ON strong.SOURCE = passed.SOURCE AND strong.TARGET = passed.TARGET

-- Several accounts that pay the same several accounts within one window, though they do not usually.
WITH links AS (
    SELECT TXN, SENDER, RECEIVER, DAY
    FROM transactions
    WHERE SENDER <> RECEIVER AND PAIR_SPAN < :window_days AND :payments
      AND SENDER_PAYEES <= :max_partners AND RECEIVER_PAYERS <= :max_partners
),
together AS (
    SELECT one.SENDER AS LEADER, other.SENDER AS PARTNER, one.RECEIVER, one.TXN AS ONE_TXN, other.TXN AS OTHER_TXN
    FROM links AS one
    JOIN links AS other ON other.RECEIVER = one.RECEIVER AND other.SENDER > one.SENDER
        AND other.DAY > one.DAY - :window_days AND other.DAY < one.DAY + :window_days
),
partners AS (
    SELECT LEADER, PARTNER FROM together GROUP BY LEADER, PARTNER
    HAVING count(DISTINCT RECEIVER) >= :min_accounts
),
strong AS (
    SELECT LEADER FROM partners GROUP BY LEADER HAVING count(*) >= :min_accounts - 1
),
shared AS (
    SELECT together.LEADER, ONE_TXN, OTHER_TXN
    FROM together
    JOIN partners ON partners.LEADER = together.LEADER AND partners.PARTNER = together.PARTNER
    JOIN strong ON strong.LEADER = together.LEADER
)
SELECT LEADER AS SUBJECT, 0 AS SEED, ONE_TXN AS TXN FROM shared
UNION
SELECT LEADER AS SUBJECT, 0 AS SEED, OTHER_TXN AS TXN FROM shared

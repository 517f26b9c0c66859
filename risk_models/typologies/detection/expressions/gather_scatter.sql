-- One account gathers from several, and pays about as much out to several others right after.
WITH links AS (
    SELECT TXN, SENDER, RECEIVER, DAY, AMOUNT
    FROM transactions
    WHERE SENDER <> RECEIVER AND PAIR_SPAN < :window_days AND :payments
      AND SENDER_PAYEES <= :max_partners AND RECEIVER_PAYERS <= :max_partners
),
turns AS (
    SELECT DISTINCT SENDER AS HUB, DAY FROM links
),
gathered AS (
    SELECT turns.HUB, turns.DAY, count(DISTINCT links.SENDER) AS PAYERS, sum(links.AMOUNT) AS CAME
    FROM turns JOIN links ON links.RECEIVER = turns.HUB
        AND links.DAY <= turns.DAY AND links.DAY > turns.DAY - :window_days
    GROUP BY turns.HUB, turns.DAY
    HAVING count(DISTINCT links.SENDER) >= :min_accounts
),
scattered AS (
    SELECT gathered.HUB, gathered.DAY, CAME, count(DISTINCT links.RECEIVER) AS PAYEES, sum(links.AMOUNT) AS WENT
    FROM gathered JOIN links ON links.SENDER = gathered.HUB
        AND links.DAY >= gathered.DAY AND links.DAY < gathered.DAY + :window_days
    GROUP BY gathered.HUB, gathered.DAY, CAME
    HAVING count(DISTINCT links.RECEIVER) >= :min_accounts
),
strong AS (
    SELECT HUB, DAY FROM scattered WHERE 100 * WENT >= :keep_percent * CAME AND WENT <= CAME
),
members AS (
    SELECT DISTINCT strong.HUB, links.TXN, links.DAY
    FROM strong JOIN links ON links.RECEIVER = strong.HUB
        AND links.DAY <= strong.DAY AND links.DAY > strong.DAY - :window_days
    UNION
    SELECT DISTINCT strong.HUB, links.TXN, links.DAY
    FROM strong JOIN links ON links.SENDER = strong.HUB
        AND links.DAY >= strong.DAY AND links.DAY < strong.DAY + :window_days
),
breaks AS (
    SELECT HUB, DAY, TXN,
           CASE WHEN DAY - lag(DAY) OVER (PARTITION BY HUB ORDER BY DAY, TXN) < :window_days THEN 0 ELSE 1 END AS IS_NEW
    FROM members
)
SELECT HUB AS SUBJECT, sum(IS_NEW) OVER (PARTITION BY HUB ORDER BY DAY, TXN) AS SEED, TXN
FROM breaks

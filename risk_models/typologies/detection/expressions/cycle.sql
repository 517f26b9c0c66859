-- Money that comes back to where it started, over three to six accounts, each of them once.
-- Payments of one pair and one amount are one leg. A cycle is found in its own order of days, where each leg keeps
-- most of the one before it; or in any order of days, where all its legs are alike. It is put together from two
-- paths of two or three legs, so that the work stays near the number of such paths.
WITH sums AS (
    SELECT SENDER, RECEIVER, AMOUNT, min(DAY) AS BEGIN_DAY, max(DAY) AS END_DAY, max(PAIR_SPAN) AS PAIR_SPAN
    FROM transactions
    WHERE SENDER <> RECEIVER AND :payments
      AND SENDER_PAYEES <= :max_partners AND RECEIVER_PAYERS <= :max_partners
    GROUP BY SENDER, RECEIVER, AMOUNT
),
-- An account that pays many about the same sum (within a third of it) would be followed along all of them: such
-- payments are left out.
counted AS (
    SELECT SENDER, RECEIVER, AMOUNT, BEGIN_DAY, END_DAY, PAIR_SPAN,
           count(*) OVER (PARTITION BY SENDER, length(bin(AMOUNT)), length(bin(3 * AMOUNT)), length(bin(5 * AMOUNT)))
               AS LIKE_IT
    FROM sums
),
legs AS (
    SELECT SENDER, RECEIVER, AMOUNT, BEGIN_DAY, END_DAY, PAIR_SPAN FROM counted WHERE LIKE_IT <= :max_alike
),
paths AS (
    SELECT 'ordered' AS KIND, a.SENDER AS N1, b.SENDER AS N2, CAST(NULL AS BIGINT) AS N3, b.RECEIVER AS LAST,
           a.AMOUNT AS A1, b.AMOUNT AS A2, CAST(NULL AS BIGINT) AS A3,
           a.AMOUNT AS HEAD, b.AMOUNT AS TAIL, a.BEGIN_DAY AS FIRST_DAY, b.END_DAY AS LAST_DAY
    FROM legs AS a
    JOIN legs AS b ON b.SENDER = a.RECEIVER AND b.RECEIVER <> a.SENDER
    WHERE a.PAIR_SPAN < :relation_days AND b.PAIR_SPAN < :relation_days
      AND b.END_DAY >= a.BEGIN_DAY AND b.END_DAY - a.BEGIN_DAY < :window_days
      AND 100 * b.AMOUNT >= :keep_percent * a.AMOUNT AND b.AMOUNT <= a.AMOUNT
    UNION ALL
    SELECT 'alike' AS KIND, a.SENDER AS N1, b.SENDER AS N2, CAST(NULL AS BIGINT) AS N3, b.RECEIVER AS LAST,
           a.AMOUNT AS A1, b.AMOUNT AS A2, CAST(NULL AS BIGINT) AS A3,
           least(a.AMOUNT, b.AMOUNT) AS HEAD, greatest(a.AMOUNT, b.AMOUNT) AS TAIL,
           least(a.BEGIN_DAY, b.BEGIN_DAY) AS FIRST_DAY, greatest(a.END_DAY, b.END_DAY) AS LAST_DAY
    FROM legs AS a
    JOIN legs AS b ON b.SENDER = a.RECEIVER AND b.RECEIVER <> a.SENDER
    WHERE greatest(a.END_DAY, b.END_DAY) - least(a.BEGIN_DAY, b.BEGIN_DAY) < :alike_window_days
      AND 100 * least(a.AMOUNT, b.AMOUNT) >= :alike_percent * greatest(a.AMOUNT, b.AMOUNT)
),
longer AS (
    SELECT KIND, N1, N2, LAST AS N3, c.RECEIVER AS LAST, A1, A2, c.AMOUNT AS A3, HEAD, c.AMOUNT AS TAIL,
           FIRST_DAY, c.END_DAY AS LAST_DAY
    FROM paths
    JOIN legs AS c ON c.SENDER = paths.LAST AND c.RECEIVER <> N1 AND c.RECEIVER <> N2
    WHERE KIND = 'ordered' AND :max_accounts >= 5 AND c.PAIR_SPAN < :relation_days
      AND c.END_DAY >= LAST_DAY AND c.END_DAY - FIRST_DAY < :window_days
      AND 100 * c.AMOUNT >= :keep_percent * TAIL AND c.AMOUNT <= TAIL
    UNION ALL
    SELECT KIND, N1, N2, LAST AS N3, c.RECEIVER AS LAST, A1, A2, c.AMOUNT AS A3,
           least(HEAD, c.AMOUNT) AS HEAD, greatest(TAIL, c.AMOUNT) AS TAIL,
           least(FIRST_DAY, c.BEGIN_DAY) AS FIRST_DAY, greatest(LAST_DAY, c.END_DAY) AS LAST_DAY
    FROM paths
    JOIN legs AS c ON c.SENDER = paths.LAST AND c.RECEIVER <> N1 AND c.RECEIVER <> N2
    WHERE KIND = 'alike' AND :max_accounts >= 5
      AND greatest(LAST_DAY, c.END_DAY) - least(FIRST_DAY, c.BEGIN_DAY) < :alike_window_days
      AND 100 * least(HEAD, c.AMOUNT) >= :alike_percent * greatest(TAIL, c.AMOUNT)
),
halves AS (
    SELECT * FROM paths
    UNION ALL
    SELECT * FROM longer
),
closing AS (
    SELECT KIND, N1, N2, N3, LAST, A1, A2, A3, HEAD, TAIL, FIRST_DAY, LAST_DAY FROM halves
    UNION ALL
    SELECT KIND, SENDER AS N1, CAST(NULL AS BIGINT) AS N2, CAST(NULL AS BIGINT) AS N3, RECEIVER AS LAST,
           AMOUNT AS A1, CAST(NULL AS BIGINT) AS A2, CAST(NULL AS BIGINT) AS A3, AMOUNT AS HEAD, AMOUNT AS TAIL,
           BEGIN_DAY AS FIRST_DAY, END_DAY AS LAST_DAY
    FROM legs CROSS JOIN (SELECT 'ordered' AS KIND UNION ALL SELECT 'alike' AS KIND) AS kinds
    WHERE KIND = 'alike' OR PAIR_SPAN < :relation_days
),
cycles AS (
    SELECT one.N1 AS B1, one.N2 AS B2, one.N3 AS B3, two.N1 AS B4, two.N2 AS B5, two.N3 AS B6,
           one.A1 AS M1, one.A2 AS M2, one.A3 AS M3, two.A1 AS M4, two.A2 AS M5, two.A3 AS M6
    FROM halves AS one
    JOIN closing AS two ON two.KIND = one.KIND AND two.N1 = one.LAST AND two.LAST = one.N1
    WHERE (CASE WHEN one.N3 IS NULL THEN 2 ELSE 3 END)
          + (CASE WHEN two.N2 IS NULL THEN 1 WHEN two.N3 IS NULL THEN 2 ELSE 3 END) <= :max_accounts
      -- every length in one way of cutting only: 2+1, 2+2, 3+2, 3+3
      AND ((one.N3 IS NULL AND two.N3 IS NULL) OR (one.N3 IS NOT NULL AND two.N2 IS NOT NULL))
      AND coalesce(two.N2, -1) NOT IN (one.N1, one.N2, coalesce(one.N3, -2))
      AND coalesce(two.N3, -1) NOT IN (one.N1, one.N2, coalesce(one.N3, -2))
      AND CASE WHEN one.KIND = 'ordered'
               THEN two.LAST_DAY >= one.LAST_DAY AND two.LAST_DAY - one.FIRST_DAY < :window_days
                    AND 100 * two.HEAD >= :keep_percent * one.TAIL AND two.HEAD <= one.TAIL
               ELSE one.N1 = least(one.N1, one.N2, coalesce(one.N3, one.N1), two.N1,
                                   coalesce(two.N2, two.N1), coalesce(two.N3, two.N1))
                    AND greatest(one.LAST_DAY, two.LAST_DAY) - least(one.FIRST_DAY, two.FIRST_DAY)
                        < :alike_window_days
                    AND 100 * least(one.HEAD, two.HEAD) >= :alike_percent * greatest(one.TAIL, two.TAIL)
          END
),
steps AS (
    SELECT B1, B1 AS S, B2 AS R, M1 AS M FROM cycles
    UNION SELECT B1, B2, coalesce(B3, B4), M2 FROM cycles
    UNION SELECT B1, B3, B4, M3 FROM cycles WHERE B3 IS NOT NULL
    UNION SELECT B1, B4, coalesce(B5, B1), M4 FROM cycles
    UNION SELECT B1, B5, coalesce(B6, B1), M5 FROM cycles WHERE B5 IS NOT NULL
    UNION SELECT B1, B6, B1, M6 FROM cycles WHERE B6 IS NOT NULL
)
SELECT DISTINCT steps.B1 AS SUBJECT, 0 AS SEED, transactions.TXN
FROM steps
JOIN transactions ON transactions.SENDER = steps.S AND transactions.RECEIVER = steps.R
    AND transactions.AMOUNT = steps.M
WHERE :payments

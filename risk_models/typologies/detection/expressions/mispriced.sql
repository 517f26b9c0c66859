-- A trade payment whose unit price is far from the reference price of the goods. The resident side is the subject.
SELECT CASE WHEN RECEIVER_AREA = REF_AREA AND RECEIVER IS NOT NULL THEN RECEIVER
            ELSE coalesce(SENDER, RECEIVER) END AS SUBJECT,
       TXN AS SEED, TXN
FROM transactions
WHERE :payments AND REFERENCE_PRICE > 0 AND AMOUNT >= :min_amount_cents
  AND 100 * abs(UNIT_PRICE - REFERENCE_PRICE) >= :min_gap_percent * REFERENCE_PRICE
  AND (SENDER IS NOT NULL OR RECEIVER IS NOT NULL)

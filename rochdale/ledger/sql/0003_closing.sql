-- Checkpoints and closed periods: both close a set of postings that nothing can join afterwards.
--
-- A posting stamps the newest epoch and holds a shared lock on its number until its transaction
-- ends (`ledger_enter`). Closing an epoch takes the same lock alone: it succeeds only when no
-- transaction that may still write into it is open. So the set does not depend on the order of
-- ids or clocks, and a posting open across the cut keeps its epoch open for the next checkpoint.

CREATE FUNCTION ledger_checkpoint(made timestamptz, who text, whole boolean, at_least integer) RETURNS integer
LANGUAGE plpgsql AS $$
-- Closes the epochs that nobody writes into any more and opens a new one; returns the last closed, or null.
-- With `whole` the newest epoch is closed too: new postings wait for it, those in progress are waited for by nobody.
DECLARE
    lock_class integer := 'ledger_epoch'::regclass::oid::integer;
    newest integer;
    closed_before integer;
    closed integer;
    candidate integer;
BEGIN
    PERFORM pg_advisory_xact_lock('ledger_checkpoint'::regclass::oid::integer, 0);
    SELECT coalesce(max(number), 0) INTO newest FROM ledger_epoch;
    SELECT coalesce(max(epoch), -1) INTO closed_before FROM ledger_checkpoint;
    closed := closed_before;
    FOR candidate IN closed_before + 1 .. newest - CASE WHEN whole THEN 0 ELSE 1 END LOOP
        EXIT WHEN NOT pg_try_advisory_xact_lock(lock_class, candidate);
        closed := candidate;
    END LOOP;
    INSERT INTO ledger_epoch (number, opened_at) VALUES (newest + 1, made);
    IF closed = closed_before THEN
        RETURN NULL;
    END IF;
    INSERT INTO ledger_checkpoint (epoch, made_at, postings, actor)
    SELECT closed, made, count(*), who FROM ledger_posting WHERE epoch > closed_before AND epoch <= closed;
    PERFORM ledger_checkpoint_balances(closed_before, closed, at_least);
    RETURN closed;
END $$;

-- statement
CREATE FUNCTION ledger_checkpoint_balances(closed_before integer, closed integer, at_least integer) RETURNS void
LANGUAGE sql AS $$
INSERT INTO ledger_checkpointbalance (
    account_id, epoch, after_epoch, debits, credits, debits_here, credits_here,
    first_happened_at, last_happened_at, first_recorded_at, last_recorded_at
)
SELECT m.account, closed, coalesce(e.epoch, -1), coalesce(e.debits, 0) + s.debits, coalesce(e.credits, 0) + s.credits,
    s.debits, s.credits, s.first_happened, s.last_happened, s.first_recorded, s.last_recorded
FROM (
    SELECT DISTINCT side.account
    FROM ledger_posting p JOIN ledger_transfer t ON t.posting_id = p.id, unnest(ARRAY[t.debit_id, t.credit_id]) AS side (account)
    WHERE p.epoch > closed_before AND p.epoch <= closed
) m
LEFT JOIN LATERAL (
    SELECT b.epoch, b.debits, b.credits FROM ledger_checkpointbalance b WHERE b.account_id = m.account ORDER BY b.epoch DESC LIMIT 1
) e ON true
CROSS JOIN LATERAL (
    SELECT count(*) AS transfers, sum(x.debit) AS debits, sum(x.credit) AS credits,
        min(p.happened_at) AS first_happened, max(p.happened_at) AS last_happened,
        min(p.recorded_at) AS first_recorded, max(p.recorded_at) AS last_recorded
    FROM (
        SELECT t.posting_id, t.amount AS debit, 0 AS credit FROM ledger_transfer t
        WHERE t.debit_id = m.account AND t.epoch > coalesce(e.epoch, -1) AND t.epoch <= closed
        UNION ALL
        SELECT t.posting_id, 0, t.amount FROM ledger_transfer t
        WHERE t.credit_id = m.account AND t.epoch > coalesce(e.epoch, -1) AND t.epoch <= closed
    ) x JOIN ledger_posting p ON p.id = x.posting_id
) s
WHERE s.transfers >= at_least
$$;

-- statement
CREATE FUNCTION ledger_close_period(new_starts timestamptz, new_ends timestamptz, closed timestamptz, who text) RETURNS bigint
LANGUAGE plpgsql AS $$
-- Waits until no posting is in progress, so that none can be dated into the period unseen.
DECLARE
    candidate integer;
    last_epoch integer;
    period bigint;
BEGIN
    PERFORM pg_advisory_xact_lock('ledger_checkpoint'::regclass::oid::integer, 0);
    FOR candidate IN
        SELECT g FROM generate_series(
            (SELECT coalesce(max(epoch), -1) + 1 FROM ledger_checkpoint), (SELECT coalesce(max(number), 0) FROM ledger_epoch)
        ) AS s (g) ORDER BY g
    LOOP
        PERFORM pg_advisory_xact_lock('ledger_epoch'::regclass::oid::integer, candidate);
    END LOOP;
    IF EXISTS (SELECT FROM ledger_closedperiod z WHERE z.starts_at < new_ends AND new_starts < z.ends_at) THEN
        RAISE EXCEPTION 'ledger.period_overlaps';
    END IF;
    last_epoch := ledger_checkpoint(closed, who, true, 100);
    INSERT INTO ledger_closedperiod (starts_at, ends_at, closed_at, epoch, actor)
    VALUES (new_starts, new_ends, closed, last_epoch, who) RETURNING id INTO period;
    RETURN period;
END $$;

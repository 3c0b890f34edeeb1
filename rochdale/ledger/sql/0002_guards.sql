-- What the database itself refuses, whoever writes: these triggers see whole statements, so that
-- a thousand rows cost little more than one.

CREATE FUNCTION ledger_forbid_by_hand() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'ledger.only_by_posting: % of % by hand is refused; balances follow the transfers', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;

-- statement
CREATE FUNCTION ledger_guard_account() RETURNS trigger LANGUAGE plpgsql AS $$
-- An account with a floor has its stored balance from its first moment: there is no gap in which two could miss it.
BEGIN
    IF NEW.floor IS NOT NULL THEN
        INSERT INTO ledger_guardedbalance (account_id, side, floor, balance, held)
        VALUES (NEW.id, CASE WHEN NEW.kind IN ('asset', 'expense') THEN -1 ELSE 1 END, NEW.floor, 0, 0);
    END IF;
    RETURN NULL;
END $$;

-- statement
CREATE FUNCTION ledger_check_transfers() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    found record;
BEGIN
    IF (SELECT count(*) FROM added) <= 100 THEN
        SELECT
            bool_or(p.id IS NULL OR t.place NOT BETWEEN 1 AND p.legs OR p.epoch <> t.epoch) AS stray,
            bool_or(d.id IS NULL OR c.id IS NULL) AS nowhere,
            bool_or(d.currency <> c.currency) AS mixed,
            bool_or(p.reverses IS NOT NULL) AS reversing,
            bool_or(d.floor IS NOT NULL OR c.floor IS NOT NULL) AS guarded,
            bool_or(EXISTS (SELECT FROM ledger_closedperiod z WHERE p.happened_at >= z.starts_at AND p.happened_at < z.ends_at)) AS shut,
            min(t.epoch) AS first_epoch, max(t.epoch) AS last_epoch,
            (SELECT coalesce(max(number), 0) FROM ledger_epoch) AS open_epoch
        INTO found
        FROM added t
        LEFT JOIN LATERAL (SELECT * FROM ledger_posting WHERE id = t.posting_id LIMIT 1) p ON true
        LEFT JOIN LATERAL (SELECT * FROM ledger_account WHERE id = t.debit_id LIMIT 1) d ON true
        LEFT JOIN LATERAL (SELECT * FROM ledger_account WHERE id = t.credit_id LIMIT 1) c ON true;
    ELSE
        WITH used AS MATERIALIZED (
            SELECT a.id, a.currency, a.floor FROM ledger_account a
            WHERE a.id IN (SELECT debit_id FROM added UNION SELECT credit_id FROM added)
        ), posted AS MATERIALIZED (
            SELECT p.id, p.legs, p.epoch, p.reverses,
                EXISTS (SELECT FROM ledger_closedperiod z WHERE p.happened_at >= z.starts_at AND p.happened_at < z.ends_at) AS shut
            FROM ledger_posting p WHERE p.id IN (SELECT posting_id FROM added)
        )
        SELECT
            bool_or(p.id IS NULL OR t.place NOT BETWEEN 1 AND p.legs OR p.epoch <> t.epoch) AS stray,
            bool_or(d.id IS NULL OR c.id IS NULL) AS nowhere,
            bool_or(d.currency <> c.currency) AS mixed,
            bool_or(p.reverses IS NOT NULL) AS reversing,
            bool_or(d.floor IS NOT NULL OR c.floor IS NOT NULL) AS guarded,
            bool_or(p.shut) AS shut,
            min(t.epoch) AS first_epoch, max(t.epoch) AS last_epoch,
            (SELECT coalesce(max(number), 0) FROM ledger_epoch) AS open_epoch
        INTO found
        FROM added t LEFT JOIN posted p ON p.id = t.posting_id LEFT JOIN used d ON d.id = t.debit_id LEFT JOIN used c ON c.id = t.credit_id;
    END IF;
    IF found.stray THEN
        RAISE EXCEPTION 'ledger.stray_transfer: a transfer belongs to a posting that has a place for it';
    ELSIF found.nowhere THEN
        RAISE EXCEPTION 'ledger.no_such_account';
    ELSIF found.mixed THEN
        RAISE EXCEPTION 'ledger.mixed_currencies';
    ELSIF found.shut THEN
        RAISE EXCEPTION 'ledger.period_closed';
    ELSIF found.first_epoch <> found.open_epoch OR found.last_epoch <> found.open_epoch THEN
        RAISE EXCEPTION 'ledger.set_closed: this set of postings takes no more' USING ERRCODE = 'serialization_failure';
    END IF;
    IF found.reversing AND EXISTS (
        SELECT FROM added t JOIN ledger_posting p ON p.id = t.posting_id LEFT JOIN ledger_posting o ON o.id = p.reverses
        LEFT JOIN ledger_transfer m ON m.posting_id = o.id AND m.place = t.place
            AND m.debit_id = t.credit_id AND m.credit_id = t.debit_id AND m.amount = t.amount
        WHERE p.reverses IS NOT NULL AND (m.place IS NULL OR o.legs <> p.legs OR o.reverses IS NOT NULL)
    ) THEN
        RAISE EXCEPTION 'ledger.not_the_opposite';
    END IF;
    IF found.guarded THEN
        -- Always in the order of ids, so that two postings wait for each other in one direction only.
        PERFORM FROM ledger_guardedbalance
        WHERE account_id IN (SELECT debit_id FROM added UNION SELECT credit_id FROM added)
        ORDER BY account_id FOR NO KEY UPDATE;
        UPDATE ledger_guardedbalance b SET balance = b.balance + b.side * m.change
        FROM (
            SELECT account, sum(amount)::bigint AS change
            FROM (SELECT credit_id AS account, amount FROM added UNION ALL SELECT debit_id, -amount FROM added) both_sides
            GROUP BY account
        ) m
        WHERE b.account_id = m.account AND m.change <> 0;
    END IF;
    RETURN NULL;
END $$;

-- statement
CREATE FUNCTION ledger_place_hold() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE ledger_guardedbalance SET held = held + NEW.amount WHERE account_id = NEW.account_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'ledger.not_guarded';
    END IF;
    RETURN NULL;
END $$;

-- statement
CREATE FUNCTION ledger_end_hold() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    held_here record;
BEGIN
    SELECT account_id, amount, expires_at INTO held_here FROM ledger_hold WHERE id = NEW.hold_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'ledger.no_such_hold';
    ELSIF NEW.captured > held_here.amount THEN
        RAISE EXCEPTION 'ledger.hold_too_small';
    ELSIF NEW.outcome = 'captured' AND NEW.resolved_at >= held_here.expires_at THEN
        RAISE EXCEPTION 'ledger.hold_expired';
    ELSIF NEW.outcome = 'expired' AND NEW.resolved_at < held_here.expires_at THEN
        RAISE EXCEPTION 'ledger.hold_not_expired';
    END IF;
    UPDATE ledger_guardedbalance SET held = held - held_here.amount WHERE account_id = held_here.account_id;
    RETURN NULL;
END $$;

-- statement
CREATE TRIGGER ledger_account_guard AFTER INSERT ON ledger_account FOR EACH ROW EXECUTE FUNCTION ledger_guard_account();

-- statement
CREATE TRIGGER ledger_transfer_check AFTER INSERT ON ledger_transfer
REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION ledger_check_transfers();

-- statement
CREATE TRIGGER ledger_hold_place AFTER INSERT ON ledger_hold FOR EACH ROW EXECUTE FUNCTION ledger_place_hold();

-- statement
CREATE TRIGGER ledger_hold_end AFTER INSERT ON ledger_holdresolution FOR EACH ROW EXECUTE FUNCTION ledger_end_hold();

-- statement
CREATE TRIGGER ledger_guarded_by_hand BEFORE INSERT OR UPDATE ON ledger_guardedbalance
FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION ledger_forbid_by_hand();

-- statement
CREATE TRIGGER ledger_guarded_kept BEFORE DELETE OR TRUNCATE ON ledger_guardedbalance
FOR EACH STATEMENT EXECUTE FUNCTION ledger_forbid_by_hand();

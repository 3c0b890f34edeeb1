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
CREATE FUNCTION ledger_check_transfers() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
-- Good transfers pass by one quick look that only counts them; anything else is looked at again, slowly,
-- to say what is wrong. Plans are kept by the connection from when the tables were small: without
-- sequential scans they stay right when the tables have grown.
DECLARE
    given bigint;
    good bigint;
    first_posting bigint;
    last_posting bigint;
    first_epoch integer;
    last_epoch integer;
    first_happened timestamptz;
    last_happened timestamptz;
    accounts bigint[];
    guarded bigint[];
    debit_low bigint;
    debit_high bigint;
    credit_low bigint;
    credit_high bigint;
    alike boolean := true;
    shut boolean;
    odd boolean;
    wrong text;
    change bigint;
    lowest bigint;
    highest bigint;
BEGIN
    SELECT count(*), count(c.id), min(t.epoch), max(t.epoch), min(p.happened_at), max(p.happened_at),
        min(CASE WHEN d.floor IS NOT NULL THEN d.id END), max(CASE WHEN d.floor IS NOT NULL THEN d.id END),
        min(CASE WHEN c.floor IS NOT NULL THEN c.id END), max(CASE WHEN c.floor IS NOT NULL THEN c.id END),
        sum(CASE WHEN c.floor IS NOT NULL THEN t.amount ELSE 0 END - CASE WHEN d.floor IS NOT NULL THEN t.amount ELSE 0 END)
    INTO given, good, first_epoch, last_epoch, first_happened, last_happened, debit_low, debit_high, credit_low, credit_high, change
    FROM (SELECT * FROM added LIMIT 101) t
    LEFT JOIN ledger_posting p
        ON p.id = t.posting_id AND t.place BETWEEN 1 AND p.legs AND p.epoch = t.epoch AND p.reverses IS NULL
    LEFT JOIN ledger_account d ON d.id = t.debit_id AND p.id IS NOT NULL
    LEFT JOIN ledger_account c ON c.id = t.credit_id AND c.currency = d.currency;
    -- The stamped set must still be open, and stay so until this transaction ends. A newer one may have begun meanwhile.
    IF NOT pg_try_advisory_xact_lock_shared('ledger_epoch'::regclass::oid::integer, first_epoch) THEN
        PERFORM pg_advisory_xact_lock_shared('ledger_epoch'::regclass::oid::integer, first_epoch);
    END IF;
    SELECT EXISTS (SELECT FROM ledger_checkpoint e WHERE e.epoch >= first_epoch)
        OR EXISTS (SELECT FROM ledger_closedperiod z WHERE z.starts_at <= last_happened AND z.ends_at > first_happened)
    INTO shut;
    lowest := least(debit_low, credit_low);
    highest := greatest(debit_high, credit_high);
    IF given > 100 THEN
        SELECT count(*), min(posting_id), max(posting_id), min(epoch), max(epoch)
        INTO given, first_posting, last_posting, first_epoch, last_epoch FROM added;
        SELECT count(*), EXISTS (SELECT FROM ledger_checkpoint e WHERE e.epoch >= first_epoch) OR coalesce(bool_or(EXISTS (
            SELECT FROM ledger_closedperiod z WHERE p.happened_at >= z.starts_at AND p.happened_at < z.ends_at
        )), false) INTO good, shut
        FROM added t
        JOIN ledger_posting p ON p.id = t.posting_id AND t.place BETWEEN 1 AND p.legs AND p.epoch = t.epoch AND p.reverses IS NULL
        WHERE p.id BETWEEN first_posting AND last_posting;
        SELECT array_agg(account) INTO accounts FROM (SELECT debit_id AS account FROM added UNION SELECT credit_id FROM added) s;
        SELECT count(*) = cardinality(accounts) AND min(currency) = max(currency), array_agg(id ORDER BY id) FILTER (WHERE floor IS NOT NULL)
        INTO alike, guarded FROM ledger_account WHERE id = ANY (accounts);
        lowest := NULL;
        highest := NULL;
    END IF;
    odd := good <> given OR NOT alike OR shut OR first_epoch <> last_epoch;
    IF odd THEN
        SELECT
            CASE
                WHEN bool_or(p.id IS NULL OR t.place NOT BETWEEN 1 AND p.legs OR p.epoch <> t.epoch) THEN 'ledger.stray_transfer'
                WHEN bool_or(d.id IS NULL OR c.id IS NULL) THEN 'ledger.no_such_account'
                WHEN bool_or(d.currency <> c.currency) THEN 'ledger.mixed_currencies'
                WHEN bool_or(EXISTS (
                    SELECT FROM ledger_closedperiod z WHERE p.happened_at >= z.starts_at AND p.happened_at < z.ends_at
                )) THEN 'ledger.period_closed'
                WHEN first_epoch <> last_epoch OR bool_or(EXISTS (
                    SELECT FROM ledger_checkpoint e WHERE e.epoch >= t.epoch
                )) THEN 'ledger.set_closed'
                WHEN bool_or(p.reverses IS NOT NULL AND (
                    m.place IS NULL OR o.legs <> p.legs OR o.reverses IS NOT NULL
                )) THEN 'ledger.not_the_opposite'
            END
        INTO wrong
        FROM added t
        LEFT JOIN ledger_posting p ON p.id = t.posting_id
        LEFT JOIN ledger_account d ON d.id = t.debit_id
        LEFT JOIN ledger_account c ON c.id = t.credit_id
        LEFT JOIN ledger_posting o ON o.id = p.reverses
        LEFT JOIN ledger_transfer m ON m.posting_id = o.id AND m.place = t.place
            AND m.debit_id = t.credit_id AND m.credit_id = t.debit_id AND m.amount = t.amount;
        IF wrong IS NOT NULL THEN
            RAISE EXCEPTION '%', wrong
                USING ERRCODE = CASE wrong WHEN 'ledger.set_closed' THEN 'serialization_failure' ELSE 'raise_exception' END;
        END IF;
    END IF;
    IF odd OR lowest < highest THEN
        lowest := NULL;
        SELECT array_agg(account_id ORDER BY account_id) INTO guarded FROM ledger_guardedbalance
        WHERE account_id IN (SELECT debit_id FROM added UNION SELECT credit_id FROM added);
    END IF;
    IF guarded IS NULL AND lowest = highest THEN
        UPDATE ledger_guardedbalance SET balance = balance + side * change WHERE account_id = lowest;
    ELSIF guarded IS NOT NULL THEN
        -- Always in the order of ids, so that two postings wait for each other in one direction only.
        PERFORM FROM ledger_guardedbalance WHERE account_id = ANY (guarded) ORDER BY account_id FOR NO KEY UPDATE;
        UPDATE ledger_guardedbalance b SET balance = b.balance + b.side * m.change
        FROM (
            SELECT account, sum(amount)::bigint AS change
            FROM (SELECT credit_id AS account, amount FROM added UNION ALL SELECT debit_id, -amount FROM added) both_sides
            GROUP BY account
        ) m
        WHERE b.account_id = m.account AND b.account_id = ANY (guarded) AND m.change <> 0;
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

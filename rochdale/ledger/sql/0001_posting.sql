-- How a posting is written: one statement from the client, set-based inside.
-- Errors are named like refusals (`ledger.key_reused`), so that the caller recognises them by the message.

CREATE FUNCTION ledger_enter() RETURNS integer LANGUAGE plpgsql AS $$
-- Joins the set of postings that is open now, and keeps it open until this transaction ends. Who had
-- to wait for the lock waited for a closing, and looks again. That the set is really open is checked
-- once more with the transfers, after the lock (`ledger_check_transfers`).
DECLARE
    open_epoch integer;
BEGIN
    LOOP
        SELECT coalesce(max(number), 0) INTO open_epoch FROM ledger_epoch;
        EXIT WHEN pg_try_advisory_xact_lock_shared('ledger_epoch'::regclass::oid::integer, open_epoch);
        PERFORM pg_advisory_xact_lock_shared('ledger_epoch'::regclass::oid::integer, open_epoch);
    END LOOP;
    RETURN open_epoch;
END $$;

-- statement
CREATE FUNCTION ledger_post(
    new_key text, new_body bytea, new_kind text, new_happened timestamptz, new_recorded timestamptz, new_source text,
    new_actor text, new_via text, new_party uuid, new_standing text, new_tax text, new_version integer, new_reverses bigint,
    debits bigint[], credits bigint[], amounts bigint[], roles text[]
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    open_epoch integer;
    posting bigint;
    known bytea;
BEGIN
    LOOP  -- as `ledger_enter` does, written out because a call costs as much as it does
        SELECT coalesce(max(number), 0) INTO open_epoch FROM ledger_epoch;
        EXIT WHEN pg_try_advisory_xact_lock_shared('ledger_epoch'::regclass::oid::integer, open_epoch);
        PERFORM pg_advisory_xact_lock_shared('ledger_epoch'::regclass::oid::integer, open_epoch);
    END LOOP;
    INSERT INTO ledger_posting (
        key, body, kind, happened_at, recorded_at, source, actor, via, party, standing, tax, bylaws_version, reverses, legs, epoch
    ) VALUES (
        new_key, new_body, new_kind, new_happened, new_recorded, new_source, new_actor, new_via, new_party, new_standing,
        new_tax, new_version, new_reverses, cardinality(amounts), open_epoch
    ) ON CONFLICT (key) DO NOTHING RETURNING id INTO posting;
    IF posting IS NULL THEN
        SELECT id, body INTO posting, known FROM ledger_posting WHERE key = new_key;
        IF known <> new_body THEN
            RAISE EXCEPTION 'ledger.key_reused';
        END IF;
        RETURN posting;
    END IF;
    INSERT INTO ledger_transfer (posting_id, place, debit_id, credit_id, amount, epoch, role)
    SELECT posting, leg.place, leg.debit, leg.credit, leg.amount, open_epoch, leg.role
    FROM unnest(debits, credits, amounts, roles) WITH ORDINALITY AS leg (debit, credit, amount, role, place);
    RETURN posting;
END $$;

-- statement
CREATE FUNCTION ledger_post_many(
    new_keys text[], new_bodies bytea[], new_kinds text[], new_happened timestamptz[], new_recorded timestamptz,
    new_sources text[], new_actor text, new_via text, new_parties uuid[], new_standings text[], new_taxes text[],
    new_versions integer[], new_reverses bigint[], new_legs smallint[],
    leg_postings integer[], leg_places smallint[], debits bigint[], credits bigint[], amounts bigint[], roles text[]
) RETURNS bigint[] LANGUAGE plpgsql AS $$
-- `leg_postings` says, for each leg, which of the given postings it belongs to, counted from 1.
DECLARE
    open_epoch integer := ledger_enter();
    fresh_keys text[];
    fresh_ids bigint[];
    ids bigint[];
BEGIN
    WITH fresh AS (
        INSERT INTO ledger_posting (
            key, body, kind, happened_at, recorded_at, source, actor, via, party, standing, tax, bylaws_version, reverses, legs, epoch
        )
        SELECT g.key, g.body, g.kind, g.happened, new_recorded, g.source, new_actor, new_via, g.party, g.standing, g.tax,
            g.version, g.reverses, g.legs, open_epoch
        FROM unnest(
            new_keys, new_bodies, new_kinds, new_happened, new_sources, new_parties, new_standings, new_taxes, new_versions,
            new_reverses, new_legs
        ) AS g (key, body, kind, happened, source, party, standing, tax, version, reverses, legs)
        ON CONFLICT (key) DO NOTHING RETURNING id, key
    )
    SELECT array_agg(id), array_agg(key) INTO fresh_ids, fresh_keys FROM fresh;
    IF fresh_keys IS NOT DISTINCT FROM new_keys THEN
        ids := fresh_ids;
        INSERT INTO ledger_transfer (posting_id, place, debit_id, credit_id, amount, epoch, role)
        SELECT ids[leg.posting], leg.place, leg.debit, leg.credit, leg.amount, open_epoch, leg.role
        FROM unnest(leg_postings, leg_places, debits, credits, amounts, roles) AS leg (posting, place, debit, credit, amount, role);
        RETURN ids;
    END IF;
    IF (SELECT count(*) <> count(DISTINCT g.key) FROM unnest(new_keys) AS g (key)) THEN
        RAISE EXCEPTION 'ledger.key_twice';
    END IF;
    IF EXISTS (SELECT FROM unnest(new_keys, new_bodies) AS g (key, body) JOIN ledger_posting p USING (key) WHERE p.body <> g.body) THEN
        RAISE EXCEPTION 'ledger.key_reused';
    END IF;
    SELECT array_agg(p.id ORDER BY g.ordinal) INTO ids
    FROM unnest(new_keys) WITH ORDINALITY AS g (key, ordinal) JOIN ledger_posting p USING (key);
    INSERT INTO ledger_transfer (posting_id, place, debit_id, credit_id, amount, epoch, role)
    SELECT f.id, leg.place, leg.debit, leg.credit, leg.amount, open_epoch, leg.role
    FROM unnest(leg_postings, leg_places, debits, credits, amounts, roles) AS leg (posting, place, debit, credit, amount, role)
    JOIN unnest(fresh_ids) AS f (id) ON f.id = ids[leg.posting];
    RETURN ids;
END $$;

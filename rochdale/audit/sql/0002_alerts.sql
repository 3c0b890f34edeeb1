CREATE FUNCTION audit_guard_alert() RETURNS trigger LANGUAGE plpgsql AS $$
-- Of an alert only the count grows, and with it the moment of the last time.
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.count > OLD.count AND NEW.last_at >= OLD.last_at
        AND to_jsonb(NEW) - 'count' - 'last_at' = to_jsonb(OLD) - 'count' - 'last_at' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'append-only: % on %.% is refused; correct by adding', TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'append_only';
END $$;

-- statement
CREATE TRIGGER audit_alert_rows BEFORE UPDATE OR DELETE ON audit_alert FOR EACH ROW EXECUTE FUNCTION audit_guard_alert();

-- statement
CREATE TRIGGER audit_alert_table BEFORE TRUNCATE ON audit_alert FOR EACH STATEMENT EXECUTE FUNCTION audit_guard_alert();

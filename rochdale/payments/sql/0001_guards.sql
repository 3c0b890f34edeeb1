-- What may change in these tables changes in one direction only, whoever is connected.
CREATE FUNCTION payments_one_way() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    RAISE EXCEPTION 'one-way: % on % (%)', TG_OP, TG_TABLE_NAME, TG_NAME USING ERRCODE = 'restrict_violation';
END
$body$
-- statement
CREATE TRIGGER payments_counter_counts_up BEFORE UPDATE ON payments_counter
    FOR EACH ROW WHEN (NEW.last <> OLD.last + 1) EXECUTE FUNCTION payments_one_way()
-- statement
CREATE TRIGGER payments_counter_stays BEFORE DELETE ON payments_counter
    FOR EACH ROW EXECUTE FUNCTION payments_one_way()
-- statement
CREATE TRIGGER payments_day_closed_once BEFORE UPDATE ON payments_deskday
    FOR EACH ROW WHEN (OLD.closed_at IS NOT NULL OR NEW.closed_at IS NULL) EXECUTE FUNCTION payments_one_way()
-- statement
CREATE TRIGGER payments_deskday_stays BEFORE DELETE ON payments_deskday
    FOR EACH ROW EXECUTE FUNCTION payments_one_way()

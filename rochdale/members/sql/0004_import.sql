-- The counter of member numbers goes up by one; when an old register comes in, up to its highest number at once.
CREATE FUNCTION members_counts_up() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF NEW.last = OLD.last + 1 OR (
        NEW.name = 'member' AND NEW.last > OLD.last AND EXISTS (SELECT FROM members_registerimport r WHERE r.highest = NEW.last)
    ) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'one-way: % on % (%)', TG_OP, TG_TABLE_NAME, TG_NAME USING ERRCODE = 'restrict_violation';
END
$body$
-- statement
DROP TRIGGER members_counter_counts_up ON members_counter
-- statement
CREATE TRIGGER members_counter_counts_up BEFORE UPDATE ON members_counter
    FOR EACH ROW EXECUTE FUNCTION members_counts_up()

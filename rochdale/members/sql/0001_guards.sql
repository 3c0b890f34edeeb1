-- What may change in these tables changes in one direction only, whoever is connected.
CREATE FUNCTION members_one_way() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    RAISE EXCEPTION 'one-way: % on % (%)', TG_OP, TG_TABLE_NAME, TG_NAME USING ERRCODE = 'restrict_violation';
END
$body$
-- statement
CREATE TRIGGER members_log_in_set_once BEFORE UPDATE ON members_party
    FOR EACH ROW WHEN (OLD.person IS NOT NULL AND NEW.person IS DISTINCT FROM OLD.person) EXECUTE FUNCTION members_one_way()
-- statement
CREATE TRIGGER members_party_stays BEFORE DELETE ON members_party
    FOR EACH ROW EXECUTE FUNCTION members_one_way()
-- statement
CREATE TRIGGER members_counter_counts_up BEFORE UPDATE ON members_counter
    FOR EACH ROW WHEN (NEW.last <> OLD.last + 1) EXECUTE FUNCTION members_one_way()
-- statement
CREATE TRIGGER members_counter_stays BEFORE DELETE ON members_counter
    FOR EACH ROW EXECUTE FUNCTION members_one_way()
-- statement
CREATE TRIGGER members_representation_ends_once BEFORE UPDATE ON members_representative
    FOR EACH ROW WHEN (OLD.until_at IS NOT NULL OR NEW.until_at IS NULL) EXECUTE FUNCTION members_one_way()
-- statement
CREATE TRIGGER members_representative_stays BEFORE DELETE ON members_representative
    FOR EACH ROW EXECUTE FUNCTION members_one_way()
-- statement
CREATE TRIGGER members_class_ends_once BEFORE UPDATE ON members_classmembership
    FOR EACH ROW WHEN (OLD.until_at IS NOT NULL OR NEW.until_at IS NULL) EXECUTE FUNCTION members_one_way()
-- statement
CREATE TRIGGER members_classmembership_stays BEFORE DELETE ON members_classmembership
    FOR EACH ROW EXECUTE FUNCTION members_one_way()
-- statement
CREATE TRIGGER members_code_used_once BEFORE UPDATE ON members_deskcode
    FOR EACH ROW WHEN (OLD.used_at IS NOT NULL OR NEW.used_at IS NULL) EXECUTE FUNCTION members_one_way()
-- statement
CREATE TRIGGER members_deskcode_stays BEFORE DELETE ON members_deskcode
    FOR EACH ROW EXECUTE FUNCTION members_one_way()

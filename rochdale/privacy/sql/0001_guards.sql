-- What may change in these tables changes in one direction only, whoever is connected.
CREATE FUNCTION privacy_one_way() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    RAISE EXCEPTION 'one-way: % on % (%)', TG_OP, TG_TABLE_NAME, TG_NAME USING ERRCODE = 'restrict_violation';
END
$body$
-- statement
CREATE TRIGGER privacy_key_only_destroyed BEFORE UPDATE ON privacy_datakey
    FOR EACH ROW WHEN (NEW.wrapped IS NOT NULL OR OLD.wrapped IS NULL) EXECUTE FUNCTION privacy_one_way()
-- statement
CREATE TRIGGER privacy_datakey_stays BEFORE DELETE ON privacy_datakey
    FOR EACH ROW EXECUTE FUNCTION privacy_one_way()

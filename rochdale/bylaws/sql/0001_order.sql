-- Versions are numbered without gaps, and a later one never begins before an earlier one.
CREATE FUNCTION bylaws_version_in_order() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    last_number integer;
    last_from timestamptz;
BEGIN
    EXECUTE format('SELECT max(number), max(valid_from) FROM %I.bylaws_version', TG_TABLE_SCHEMA)
       INTO last_number, last_from;
    IF NEW.number > coalesce(last_number, 0) + 1 OR NEW.valid_from < last_from THEN
        RAISE EXCEPTION 'bylaws_version_in_order: version % from % does not follow version % from %',
            NEW.number, NEW.valid_from, last_number, last_from
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$
-- statement
CREATE TRIGGER bylaws_version_follows BEFORE INSERT ON bylaws_version
FOR EACH ROW EXECUTE FUNCTION bylaws_version_in_order()
-- statement
-- A version's values come with it; nobody adds one afterwards.
CREATE FUNCTION bylaws_value_belongs() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    have integer;
    whole integer;
BEGIN
    EXECUTE format('SELECT count(*) FROM %I.bylaws_value WHERE version_id = $1', TG_TABLE_SCHEMA)
       INTO have USING NEW.version_id;
    EXECUTE format('SELECT size FROM %I.bylaws_version WHERE id = $1', TG_TABLE_SCHEMA)
       INTO whole USING NEW.version_id;
    IF whole IS NULL OR have >= whole THEN
        RAISE EXCEPTION 'bylaws_version_complete: version % is not there, or has all its values', NEW.version_id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$
-- statement
CREATE TRIGGER bylaws_value_fits BEFORE INSERT ON bylaws_value
FOR EACH ROW EXECUTE FUNCTION bylaws_value_belongs()

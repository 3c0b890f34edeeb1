-- The trigger function of every append-only table. `append_only('table')` attaches it: to each row
-- for UPDATE and DELETE, to the statement for TRUNCATE. Rights alone would do for the app; the
-- triggers hold against the owner's own slips too. They are copied with the template.

CREATE OR REPLACE FUNCTION public.forbid_change() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RAISE EXCEPTION 'append-only: % on %.% is refused; correct by adding', TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'append_only';
END
$$
-- statement
CREATE OR REPLACE FUNCTION public.append_only(place regclass) RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
    EXECUTE format('DROP TRIGGER IF EXISTS append_only_rows ON %s', place);
    EXECUTE format('DROP TRIGGER IF EXISTS append_only_table ON %s', place);
    EXECUTE format('CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON %s '
                   'FOR EACH ROW EXECUTE FUNCTION public.forbid_change()', place);
    EXECUTE format('CREATE TRIGGER append_only_table BEFORE TRUNCATE ON %s '
                   'FOR EACH STATEMENT EXECUTE FUNCTION public.forbid_change()', place);
END
$$
-- statement
REVOKE ALL ON FUNCTION public.append_only(regclass) FROM PUBLIC

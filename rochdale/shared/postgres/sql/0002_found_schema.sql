-- Found a co-op: copy the template schema, names and rights included, in the caller's transaction.
-- Runs with the owner's rights, so that the app can found one; the name is checked here.
-- What the template holds that this cannot copy (views, enum types, loose sequences) is refused.

CREATE OR REPLACE FUNCTION public.found_schema(new_schema text) RETURNS void
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET check_function_bodies = off
AS $$
DECLARE
    template constant text := 'coop_template';
    template_id constant oid := (SELECT oid FROM pg_namespace WHERE nspname = template);
    line text;
    words text[] := '{}';
    one record;
BEGIN
    IF new_schema !~ '^coop_[a-z][a-z0-9]*(_[a-z0-9]+)*$' OR length(new_schema) > 45 OR new_schema = template THEN
        RAISE EXCEPTION 'not the name of a co-op''s schema: %', new_schema USING ERRCODE = 'invalid_schema_name';
    END IF;
    IF template_id IS NULL THEN
        RAISE EXCEPTION 'there is no template schema yet: migrate first' USING ERRCODE = 'invalid_schema_name';
    END IF;
    FOR one IN
        SELECT relname, relkind FROM pg_class c WHERE relnamespace = template_id AND (relkind IN ('v', 'm', 'f', 'p')
            OR (relkind = 'S' AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = c.oid AND deptype = 'i')))
        UNION ALL
        SELECT typname, 'type' FROM pg_type WHERE typnamespace = template_id AND typtype IN ('e', 'd', 'r')
    LOOP
        RAISE EXCEPTION 'the template holds %, which founding cannot copy', one.relname USING ERRCODE = 'feature_not_supported';
    END LOOP;

    EXECUTE format('CREATE SCHEMA %I', new_schema);
    EXECUTE format('COMMENT ON SCHEMA %I IS %L', new_schema, obj_description(template_id, 'pg_namespace'));
    PERFORM public.make_coop_role(new_schema);

    -- Definitions are read with the template alone in the path, so that they come out unqualified …
    PERFORM set_config('search_path', quote_ident(template) || ', pg_temp', true);
    FOR one IN SELECT relname, reloptions FROM pg_class WHERE relnamespace = template_id AND relkind = 'r' ORDER BY relname LOOP
        words := words || format('CREATE TABLE %I (LIKE %I.%I INCLUDING CONSTRAINTS INCLUDING DEFAULTS '
            'INCLUDING IDENTITY INCLUDING GENERATED INCLUDING STORAGE INCLUDING COMMENTS)', one.relname, template, one.relname);
        IF one.reloptions IS NOT NULL THEN
            words := words || format('ALTER TABLE %I SET (%s)', one.relname, array_to_string(one.reloptions, ', '));
        END IF;
    END LOOP;
    words := words || ARRAY(
        SELECT regexp_replace(pg_get_functiondef(oid), '^(CREATE OR REPLACE (?:FUNCTION|PROCEDURE) )"?' || template || '"?\.',
                              '\1' || quote_ident(new_schema) || '.')
        FROM pg_proc WHERE pronamespace = template_id ORDER BY proname);
    words := words || ARRAY(
        SELECT format('ALTER TABLE %I ADD CONSTRAINT %I %s', t.relname, c.conname, pg_get_constraintdef(c.oid, true))
        FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
        WHERE c.connamespace = template_id AND c.contype IN ('p', 'u', 'x', 'f')
        ORDER BY c.contype = 'f', t.relname, c.conname);
    words := words || ARRAY(
        SELECT pg_get_indexdef(i.indexrelid, 0, true)
        FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid
        WHERE x.relnamespace = template_id
          AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid AND c.contype IN ('p', 'u', 'x'))
        ORDER BY x.relname);
    words := words || ARRAY(
        SELECT pg_get_triggerdef(g.oid, true)
        FROM pg_trigger g JOIN pg_class t ON t.oid = g.tgrelid
        WHERE t.relnamespace = template_id AND NOT g.tgisinternal ORDER BY t.relname, g.tgname);

    -- … and run with the new schema alone in the path.
    PERFORM set_config('search_path', quote_ident(new_schema) || ', pg_temp', true);
    FOREACH line IN ARRAY words LOOP
        EXECUTE line;
    END LOOP;
    PERFORM set_config('search_path', 'pg_catalog, pg_temp', true);

    EXECUTE format('INSERT INTO %I.django_migrations (app, name, applied) SELECT app, name, applied FROM %I.django_migrations '
                   'ORDER BY id', new_schema, template);
    PERFORM public.copy_rights(template, new_schema);
END
$$
-- statement
REVOKE ALL ON FUNCTION public.found_schema(text) FROM PUBLIC
-- statement
GRANT EXECUTE ON FUNCTION public.found_schema(text) TO rochdale_app

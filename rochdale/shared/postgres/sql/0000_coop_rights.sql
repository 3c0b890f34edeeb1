-- A co-op's role (named like its schema, no log-in), and its rights, copied from the template's role.

CREATE OR REPLACE FUNCTION public.make_coop_role(coop text) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = coop) THEN
        BEGIN
            EXECUTE format('CREATE ROLE %I NOLOGIN', coop);
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL; -- another database of this server made it at the same moment
        END;
    END IF;
    IF NOT pg_has_role(coop, 'rochdale_coops', 'USAGE') THEN
        EXECUTE format('GRANT rochdale_coops TO %I', coop);
    END IF;
    IF NOT pg_has_role('rochdale_app', coop, 'MEMBER') THEN
        IF current_setting('server_version_num')::int >= 160000 THEN
            EXECUTE format('GRANT %I TO rochdale_app WITH INHERIT FALSE, SET TRUE', coop);
        ELSE
            EXECUTE format('GRANT %I TO rochdale_app', coop); -- the app's role is NOINHERIT
        END IF;
    END IF;
END
$$
-- statement
CREATE OR REPLACE FUNCTION public.copy_rights(template text, coop text) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    one record;
BEGIN
    FOR one IN
        SELECT format('GRANT %s ON SCHEMA %I TO %I', a.privilege_type, coop, replace(r.rolname, template, coop)) AS line
        FROM pg_namespace n, aclexplode(n.nspacl) a JOIN pg_roles r ON r.oid = a.grantee
        WHERE n.nspname = template AND a.grantee <> n.nspowner
        UNION ALL
        SELECT format('GRANT %s ON TABLE %I.%I TO %I', a.privilege_type, coop, c.relname, replace(r.rolname, template, coop))
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, aclexplode(c.relacl) a JOIN pg_roles r ON r.oid = a.grantee
        WHERE n.nspname = template AND c.relkind = 'r' AND a.grantee <> c.relowner
        UNION ALL
        SELECT format('GRANT %s (%I) ON TABLE %I.%I TO %I', a.privilege_type, t.attname, coop, c.relname,
                      replace(r.rolname, template, coop))
        FROM pg_attribute t JOIN pg_class c ON c.oid = t.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace,
             aclexplode(t.attacl) a JOIN pg_roles r ON r.oid = a.grantee
        WHERE n.nspname = template AND c.relkind = 'r' AND a.grantee <> c.relowner
        UNION ALL
        SELECT format('ALTER DEFAULT PRIVILEGES IN SCHEMA %I GRANT %s ON TABLES TO %I', coop, a.privilege_type,
                      replace(r.rolname, template, coop))
        FROM pg_default_acl d JOIN pg_namespace n ON n.oid = d.defaclnamespace, aclexplode(d.defaclacl) a
             JOIN pg_roles r ON r.oid = a.grantee
        WHERE n.nspname = template AND d.defaclobjtype = 'r' AND a.grantee <> d.defaclrole
    LOOP
        EXECUTE one.line;
    END LOOP;
END
$$
-- statement
REVOKE ALL ON FUNCTION public.make_coop_role(text) FROM PUBLIC
-- statement
REVOKE ALL ON FUNCTION public.copy_rights(text, text) FROM PUBLIC

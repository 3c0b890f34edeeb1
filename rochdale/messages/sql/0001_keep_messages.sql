-- The outbox proves what was said and when: only log-in codes, which nobody needs later, may be deleted.
CREATE OR REPLACE FUNCTION messages_only_codes_go() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    IF OLD.kind NOT LIKE 'account.%' THEN
        RAISE EXCEPTION 'append-only: messages of kind % are kept', OLD.kind
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'messages_kept';
    END IF;
    RETURN OLD;
END
$$
-- statement
CREATE TRIGGER messages_only_codes_go BEFORE DELETE ON messages_message
FOR EACH ROW EXECUTE FUNCTION messages_only_codes_go()
-- statement
CREATE TRIGGER messages_never_emptied BEFORE TRUNCATE ON messages_message
FOR EACH STATEMENT EXECUTE FUNCTION public.forbid_change()

-- A data key may be wrapped anew, by a later generation of the co-op's key only; once destroyed it stays so.
DROP TRIGGER privacy_key_only_destroyed ON privacy_datakey
-- statement
CREATE TRIGGER privacy_key_only_destroyed BEFORE UPDATE ON privacy_datakey
    FOR EACH ROW WHEN (
        OLD.wrapped IS NULL OR NEW.party <> OLD.party OR NEW.retention_class <> OLD.retention_class
        OR NEW.generation < OLD.generation
        OR (NEW.wrapped IS NOT NULL
            AND (NEW.generation = OLD.generation OR NEW.destroyed_at IS NOT NULL OR length(NEW.wrapped) <> length(OLD.wrapped)))
    ) EXECUTE FUNCTION privacy_one_way()

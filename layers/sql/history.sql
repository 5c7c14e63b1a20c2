-- History that only grows. The rows come from the triggers of django-pghistory (docs/decisions/0006-history.md).

-- When this transaction first wrote a feature, with its locks held: one moment for all that it writes, and for one
-- feature never earlier than the version before.
CREATE OR REPLACE FUNCTION casagis_moment() RETURNS timestamptz LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  kept text := current_setting('casagis.moment', true);
BEGIN
  IF kept IS NULL OR kept = '' THEN
    kept := clock_timestamp()::text;
    PERFORM set_config('casagis.moment', kept, true);
  END IF;
  RETURN kept::timestamptz;
END $$;

-- Every update is a new version, whoever makes it; its time is that of its history row.
CREATE OR REPLACE FUNCTION casagis_touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.version := OLD.version + 1;
  NEW.updated_at := casagis_moment();
  RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION casagis_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% of % is refused: %', TG_OP, TG_TABLE_NAME, TG_ARGV[0] USING ERRCODE = 'insufficient_privilege';
END $$;

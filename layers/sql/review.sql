-- Who reviewed a proposal and when: the actor of the batch (docs/decisions/0006), or the database's user past it.
CREATE OR REPLACE FUNCTION casagis_review() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.status = OLD.status THEN
    NEW.reviewed_by := OLD.reviewed_by;
    NEW.reviewed_at := OLD.reviewed_at;
  ELSIF NEW.status = 'proposed' THEN
    NEW.reviewed_by := '';
    NEW.reviewed_at := NULL;
  ELSE
    NEW.reviewed_by := coalesce(
      nullif(current_setting('pghistory.context_metadata', true), '')::jsonb ->> 'actor', session_user);
    NEW.reviewed_at := now();
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER casagis_review BEFORE INSERT OR UPDATE ON layers_roadcondition
FOR EACH ROW EXECUTE FUNCTION casagis_review();

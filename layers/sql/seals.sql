-- Seals are only added, as what they seal; and what the lists of batches look for in the reasons of changes.

CREATE OR REPLACE TRIGGER casagis_append_only BEFORE UPDATE OR DELETE ON layers_seal
  FOR EACH STATEMENT EXECUTE FUNCTION casagis_refuse('seals are only added to');
CREATE OR REPLACE TRIGGER casagis_no_truncate BEFORE TRUNCATE ON layers_seal
  FOR EACH STATEMENT EXECUTE FUNCTION casagis_refuse('seals are only added to');

CREATE INDEX IF NOT EXISTS casagis_batch_at ON pghistory_context (created_at DESC, id DESC);
CREATE INDEX IF NOT EXISTS casagis_batch_actor ON pghistory_context ((metadata ->> 'actor'), created_at DESC, id DESC);

-- The reason of a batch is written once. Django-pghistory's upsert is allowed while nothing changes in it.
CREATE OR REPLACE TRIGGER casagis_append_only BEFORE UPDATE OR DELETE ON pghistory_context
  FOR EACH ROW EXECUTE FUNCTION casagis_refuse('the reasons of changes are only added to');
CREATE OR REPLACE TRIGGER casagis_no_truncate BEFORE TRUNCATE ON pghistory_context
  FOR EACH STATEMENT EXECUTE FUNCTION casagis_refuse('the reasons of changes are only added to');

-- What a statement changed, noted for the caches of tiles and told to every process that listens.
-- Argument 0: the collection. The transition table `touched` holds the rows before or after the change.

-- Up to so many rows are noted one by one; more are merged into at most 16 boxes.
CREATE OR REPLACE FUNCTION casagis_tell() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  most CONSTANT int := 50;
  at layers_revision;
  rows int;
BEGIN
  SELECT * INTO at FROM layers_revision WHERE collection = TG_ARGV[0];
  IF at.revision = 1 THEN -- a collection that begins anew has no past
    DELETE FROM tiles_change WHERE collection = at.collection AND changed_at <> at.changed_at;
  END IF;
  IF TG_OP = 'TRUNCATE' THEN
    INSERT INTO tiles_change (collection, revision, changed_at) VALUES (at.collection, at.revision, at.changed_at);
  ELSE
    SELECT count(*) INTO rows FROM (SELECT FROM touched LIMIT most + 1) AS first;
    IF rows = 0 THEN
      INSERT INTO tiles_change (collection, revision, changed_at, min_x, min_y, max_x, max_y)
      VALUES (at.collection, at.revision, at.changed_at, 1, 1, 0, 0);
    ELSIF rows <= most THEN
      INSERT INTO tiles_change (collection, revision, changed_at, min_x, min_y, max_x, max_y)
      SELECT at.collection, at.revision, at.changed_at, ST_XMin(b), ST_YMin(b), ST_XMax(b), ST_YMax(b)
      FROM (SELECT box2d(geom_3857)::box3d AS b FROM touched) AS boxes;
    ELSE
      WITH boxes AS MATERIALIZED (
        SELECT ST_XMin(b) AS x1, ST_YMin(b) AS y1, ST_XMax(b) AS x2, ST_YMax(b) AS y2
        FROM (SELECT box2d(geom_3857)::box3d AS b FROM touched) AS boxes
      ), whole AS (
        SELECT min(x1) AS x1, min(y1) AS y1, max(x2) + 1 AS x2, max(y2) + 1 AS y2 FROM boxes
      )
      INSERT INTO tiles_change (collection, revision, changed_at, min_x, min_y, max_x, max_y)
      SELECT at.collection, at.revision, at.changed_at, min(b.x1), min(b.y1), max(b.x2), max(b.y2)
      FROM boxes AS b, whole AS w
      GROUP BY width_bucket((b.x1 + b.x2) / 2, w.x1, w.x2, 4), width_bucket((b.y1 + b.y2) / 2, w.y1, w.y2, 4);
    END IF;
  END IF;
  PERFORM pg_notify('casagis_tiles', TG_ARGV[0]);
  RETURN NULL;
END $$;

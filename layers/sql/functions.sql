-- Functions and triggers that keep what must be true whoever writes: our services, psql, QGIS or a bulk load.

-- The search key: names of every script folded to one form, so that "Ain Sebaa" finds "Aïn Sebaâ" and آسفي finds اسفي.
-- NFKD, lower case; without combining marks, harakat, tatweel and direction marks; letters and digits unified.
CREATE OR REPLACE FUNCTION casagis_fold(value text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
  SELECT btrim(regexp_replace(
    translate(
      regexp_replace(
        lower(normalize(value, NFKD)),
        '[\u0300-\u036F\u0610-\u061A\u064B-\u065F\u0670\u06D6-\u06ED\u0640\u200E\u200F\u202A-\u202E\u2066-\u2069]', '', 'g'),
      'ىةؤئٱڭگ٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹''’-_.,،',
      'يهوياكك01234567890123456789       '),
    '\s+', ' ', 'g'))
$$;

CREATE OR REPLACE FUNCTION casagis_search_key(name_fr text, name_ar text, name_en text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT casagis_fold(coalesce(name_fr, '') || ' ' || coalesce(name_ar, '') || ' ' || coalesce(name_en, ''))
$$;

-- A folded text as a literal part of a LIKE pattern.
CREATE OR REPLACE FUNCTION casagis_like(value text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
  SELECT replace(replace(replace(casagis_fold(value), '\', '\\'), '%', '\%'), '_', '\_')
$$;

-- Every update is a new version, whoever makes it.
CREATE OR REPLACE FUNCTION casagis_touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.version := OLD.version + 1;
  NEW.updated_at := now();
  RETURN NEW;
END $$;

-- Every statement that changes a collection's table raises the collection's revision (argument 0: collection id).
CREATE OR REPLACE FUNCTION casagis_revise() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO layers_revision (collection, revision, changed_at) VALUES (TG_ARGV[0], 1, now())
  ON CONFLICT (collection) DO UPDATE SET revision = layers_revision.revision + 1, changed_at = now();
  RETURN NULL;
END $$;

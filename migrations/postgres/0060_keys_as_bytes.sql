-- Texts are compared byte by byte, as SQLite does and as the program puts its batches in order. By the rules of a language, which is what
-- a server usually compares by, each step down an index costs several times as much. Names of people keep the server's order; so do
-- the columns that others are reckoned from, which cannot be changed. An index serves only comparisons by its own rule, so no
-- key may be left out. Only indexes are built anew; no table is.
DO $$
DECLARE
  found RECORD;
BEGIN
  FOR found IN
    SELECT c.relname AS name, string_agg(format('ALTER COLUMN %I TYPE TEXT COLLATE "C"', a.attname), ', ' ORDER BY a.attnum) AS changes
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND c.relname <> '_sqlx_migrations'
      AND a.attnum > 0 AND NOT a.attisdropped AND a.atttypid = 'text'::regtype
      AND NOT (c.relname = 'message' AND a.attname IN ('direction', 'gateway', 'status'))
      AND NOT (c.relname = 'patient' AND a.attname IN ('family_name', 'given_name', 'known_as'))
    GROUP BY c.relname ORDER BY c.relname
  LOOP
    EXECUTE format('ALTER TABLE %I %s', found.name, found.changes);
  END LOOP;
END $$;

-- Keys are compared byte by byte, as SQLite does and as the program puts its batches in order. By the rules of a language, which is what
-- a server usually compares by, each step down an index costs several times as much. Names of people keep the server's order.
-- Only indexes are built anew; no table is.
DO $$
DECLARE
  found RECORD;
BEGIN
  FOR found IN
    SELECT c.relname AS name, string_agg(format('ALTER COLUMN %I TYPE TEXT COLLATE "C"', a.attname), ', ' ORDER BY a.attnum) AS changes
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
      AND a.atttypid = 'text'::regtype AND a.attgenerated = ''
      AND (a.attname LIKE '%\_id' OR a.attname IN ('id', 'subject', 'period', 'purpose', 'anchor', 'step', 'channel', 'address',
        'address_hash', 'provider_reference', 'dedupe_key'))
    GROUP BY c.relname ORDER BY c.relname
  LOOP
    EXECUTE format('ALTER TABLE %I %s', found.name, found.changes);
  END LOOP;
END $$;

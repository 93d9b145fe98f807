-- What is written about a message again and again stands in no index: PostgreSQL then writes one new row and nothing else.
-- What the indexes need of it stands in columns of its own, which do not change for a message that goes out.
ALTER TABLE message ADD COLUMN received_by TEXT GENERATED ALWAYS AS (CASE WHEN direction = 'in' THEN gateway END) VIRTUAL;
ALTER TABLE message ADD COLUMN for_staff BOOLEAN GENERATED ALWAYS AS (status = 'for_staff') VIRTUAL;
DROP INDEX message_received_once;
CREATE UNIQUE INDEX message_received_once ON message (received_by, provider_reference) WHERE direction = 'in';
DROP INDEX message_for_staff;
CREATE INDEX message_for_staff ON message (practice_id, created_at) WHERE for_staff;

-- Whose turn it is to be read: one sender's many messages stand behind everybody else's few, and who is not on record behind
-- who is. `turn` is a time (UTC milliseconds) that grows with what the same sender has waiting.
ALTER TABLE inbox ADD COLUMN sender TEXT NOT NULL DEFAULT '';
ALTER TABLE inbox ADD COLUMN turn BIGINT NOT NULL DEFAULT 0;
UPDATE inbox SET turn = received_at;
CREATE INDEX inbox_turn ON inbox (turn, message_id);
CREATE INDEX inbox_sender ON inbox (sender, turn);

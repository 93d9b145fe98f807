-- Rows that are only ever found by their key are kept in the key's own tree: one tree to keep in order instead of two.

CREATE TABLE due_one_tree (
  message_id TEXT NOT NULL PRIMARY KEY,
  lane BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  lease_until BIGINT NOT NULL,
  lease BIGINT NOT NULL,
  crashes BIGINT NOT NULL
) WITHOUT ROWID;
INSERT INTO due_one_tree SELECT message_id, lane, due_at, lease_until, lease, crashes FROM due;
DROP TABLE due;
ALTER TABLE due_one_tree RENAME TO due;
CREATE INDEX due_next ON due (lane, due_at);

CREATE TABLE attempt_one_tree (
  message_id TEXT NOT NULL,
  number BIGINT NOT NULL,
  gateway TEXT NOT NULL,
  channel TEXT NOT NULL,
  address TEXT NOT NULL,
  subject TEXT,
  body TEXT NOT NULL,
  template_version TEXT NOT NULL,
  language TEXT NOT NULL,
  segments BIGINT NOT NULL,
  lease BIGINT NOT NULL,
  started_at BIGINT NOT NULL,
  finished_at BIGINT,
  outcome TEXT CHECK (outcome IN ('accepted', 'refused', 'retry', 'unknown', 'not_sent', 'resolved_sent', 'resolved_not_sent')),
  code TEXT,
  provider_id TEXT,
  PRIMARY KEY (message_id, number)
) WITHOUT ROWID;
INSERT INTO attempt_one_tree SELECT message_id, number, gateway, channel, address, subject, body, template_version, language,
  segments, lease, started_at, finished_at, outcome, code, provider_id FROM attempt;
DROP TABLE attempt;
ALTER TABLE attempt_one_tree RENAME TO attempt;
CREATE INDEX attempt_provider ON attempt (gateway, provider_id) WHERE provider_id IS NOT NULL;

CREATE TABLE exchange_one_tree (
  message_id TEXT NOT NULL,
  attempt BIGINT NOT NULL,
  at BIGINT NOT NULL,
  part BIGINT NOT NULL,
  ask TEXT NOT NULL CHECK (ask IN ('send', 'look_up')),
  gateway TEXT NOT NULL,
  request TEXT NOT NULL,
  status BIGINT,
  answer TEXT NOT NULL,
  took_ms BIGINT NOT NULL,
  PRIMARY KEY (message_id, attempt, at, part)
) WITHOUT ROWID;
INSERT INTO exchange_one_tree SELECT message_id, attempt, at, part, ask, gateway, request, status, answer, took_ms FROM exchange;
DROP TABLE exchange;
ALTER TABLE exchange_one_tree RENAME TO exchange;
CREATE INDEX exchange_time ON exchange (at);

-- By period first: a period is forgotten as a whole.
CREATE TABLE counter_one_tree (
  subject TEXT NOT NULL,
  period TEXT NOT NULL,
  used BIGINT NOT NULL,
  PRIMARY KEY (period, subject)
) WITHOUT ROWID;
INSERT INTO counter_one_tree SELECT subject, period, used FROM counter;
DROP TABLE counter;
ALTER TABLE counter_one_tree RENAME TO counter;

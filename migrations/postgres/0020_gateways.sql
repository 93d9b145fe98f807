-- The state of gateways as all workers see it, and what was exchanged with them.

-- What was asked of a gateway and what it said, without numbers, names, texts or secrets. Only ever added to; forgotten after
-- `sending.exchange_log_days`.
CREATE TABLE exchange (
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
);
CREATE INDEX exchange_time ON exchange (at);

-- One row a gateway that ever failed: its breaker, and the share of its own texts that it gets.
CREATE TABLE gateway_health (
  gateway TEXT NOT NULL PRIMARY KEY,
  state TEXT NOT NULL CHECK (state IN ('closed', 'open', 'half_open')),
  failures BIGINT NOT NULL,
  first_failed_at BIGINT NOT NULL,
  last_failed TEXT NOT NULL,
  code TEXT NOT NULL,
  since BIGINT NOT NULL,
  probe_at BIGINT NOT NULL,
  openings BIGINT NOT NULL,
  share BIGINT NOT NULL,
  judged_sent BIGINT NOT NULL,
  judged_bad BIGINT NOT NULL,
  judged_at BIGINT NOT NULL
);

-- What became of the texts handed to a gateway in each minute: counted by adding, never by counting rows.
CREATE TABLE gateway_minute (
  gateway TEXT NOT NULL,
  minute BIGINT NOT NULL,
  sent BIGINT NOT NULL,
  failed BIGINT NOT NULL,
  slow BIGINT NOT NULL,
  PRIMARY KEY (gateway, minute)
);
CREATE INDEX gateway_minute_time ON gateway_minute (minute);

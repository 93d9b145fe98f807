-- Times are BIGINT milliseconds since 1970 in UTC; ids are TEXT made by us and sortable; JSON is TEXT.
-- The SQLite file with the same number has the same tables and columns (a test compares them).

CREATE TABLE practice (
  id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  ods_code TEXT,
  settings TEXT NOT NULL,
  sending_allowed_at BIGINT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);

CREATE TABLE feed (
  practice_id TEXT NOT NULL REFERENCES practice (id),
  kind TEXT NOT NULL,
  refreshed_at BIGINT NOT NULL,
  PRIMARY KEY (practice_id, kind)
);

CREATE TABLE patient (
  id TEXT NOT NULL PRIMARY KEY,
  practice_id TEXT NOT NULL REFERENCES practice (id),
  nhs_number TEXT,
  family_name TEXT NOT NULL,
  given_name TEXT NOT NULL,
  known_as TEXT,
  birth_date TEXT,
  language TEXT NOT NULL,
  zone TEXT,
  preferred_channel TEXT CHECK (preferred_channel IN ('sms', 'email')),
  window_json TEXT,
  registered BOOLEAN NOT NULL,
  deceased BOOLEAN NOT NULL,
  sensitive BOOLEAN NOT NULL,
  unsafe_contact BOOLEAN NOT NULL,
  textable BOOLEAN NOT NULL,
  needs TEXT NOT NULL,
  paused_until BIGINT,
  pause_reason TEXT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX patient_nhs_number ON patient (practice_id, nhs_number);
CREATE INDEX patient_name ON patient (practice_id, family_name, given_name);

CREATE TABLE patient_identifier (
  practice_id TEXT NOT NULL REFERENCES practice (id),
  system TEXT NOT NULL,
  value TEXT NOT NULL,
  patient_id TEXT NOT NULL REFERENCES patient (id),
  PRIMARY KEY (practice_id, system, value)
);
CREATE INDEX patient_identifier_patient ON patient_identifier (patient_id);

CREATE TABLE patient_tag (
  patient_id TEXT NOT NULL REFERENCES patient (id),
  tag TEXT NOT NULL,
  source TEXT NOT NULL,
  since BIGINT NOT NULL,
  PRIMARY KEY (patient_id, tag)
);

CREATE TABLE related_person (
  id TEXT NOT NULL PRIMARY KEY,
  patient_id TEXT NOT NULL REFERENCES patient (id),
  source_id TEXT NOT NULL,
  relationship TEXT NOT NULL,
  name TEXT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX related_person_once ON related_person (patient_id, source_id);

CREATE TABLE contact_point (
  id TEXT NOT NULL PRIMARY KEY,
  practice_id TEXT NOT NULL REFERENCES practice (id),
  patient_id TEXT NOT NULL REFERENCES patient (id),
  channel TEXT NOT NULL CHECK (channel IN ('sms', 'email')),
  address TEXT NOT NULL,
  rank BIGINT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('active', 'unreachable', 'wrong_person', 'old')),
  failure_days TEXT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX contact_point_once ON contact_point (patient_id, channel, address);
CREATE INDEX contact_point_address ON contact_point (channel, address);

CREATE TABLE address_stop (
  channel TEXT NOT NULL,
  address_hash TEXT NOT NULL,
  reason TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (address_hash, channel)
);

CREATE TABLE consent (
  id TEXT NOT NULL PRIMARY KEY,
  patient_id TEXT NOT NULL REFERENCES patient (id),
  channel TEXT NOT NULL CHECK (channel IN ('sms', 'email', 'any')),
  purpose TEXT NOT NULL,
  decision TEXT NOT NULL CHECK (decision IN ('granted', 'refused')),
  source TEXT NOT NULL,
  actor TEXT NOT NULL,
  message_id TEXT,
  at BIGINT NOT NULL
);
CREATE INDEX consent_patient ON consent (patient_id, at);

CREATE TABLE goal (
  id TEXT NOT NULL PRIMARY KEY,
  practice_id TEXT NOT NULL REFERENCES practice (id),
  patient_id TEXT NOT NULL REFERENCES patient (id),
  source_id TEXT NOT NULL,
  words TEXT NOT NULL,
  label TEXT NOT NULL,
  plan TEXT NOT NULL,
  unit TEXT NOT NULL,
  target BIGINT,
  confidence BIGINT,
  status TEXT NOT NULL CHECK (status IN ('proposed', 'active', 'on_hold', 'completed', 'cancelled')),
  agreed_on TEXT,
  review_on TEXT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX goal_once ON goal (patient_id, source_id);

CREATE TABLE appointment (
  id TEXT NOT NULL PRIMARY KEY,
  practice_id TEXT NOT NULL REFERENCES practice (id),
  patient_id TEXT NOT NULL REFERENCES patient (id),
  source_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  clinician TEXT NOT NULL,
  starts_at BIGINT NOT NULL,
  ends_at BIGINT,
  status TEXT NOT NULL CHECK (status IN ('booked', 'cancelled', 'attended', 'missed')),
  booked_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX appointment_once ON appointment (practice_id, source_id);
CREATE INDEX appointment_start ON appointment (practice_id, starts_at);
CREATE INDEX appointment_patient ON appointment (patient_id, starts_at);

CREATE TABLE test_result (
  id TEXT NOT NULL PRIMARY KEY,
  practice_id TEXT NOT NULL REFERENCES practice (id),
  patient_id TEXT NOT NULL REFERENCES patient (id),
  source_id TEXT NOT NULL,
  test TEXT NOT NULL,
  display TEXT NOT NULL,
  value TEXT NOT NULL,
  value_number DOUBLE PRECISION,
  unit TEXT NOT NULL,
  original_value TEXT NOT NULL,
  original_unit TEXT NOT NULL,
  source_record TEXT NOT NULL,
  reference_low DOUBLE PRECISION,
  reference_high DOUBLE PRECISION,
  flag TEXT NOT NULL,
  report_status TEXT NOT NULL,
  taken_at BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('held', 'released', 'withdrawn')),
  hold_reasons TEXT NOT NULL,
  hold_owner TEXT NOT NULL,
  hold_due_at BIGINT,
  released_by TEXT,
  released_at BIGINT,
  imported_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX test_result_once ON test_result (practice_id, source_id);
CREATE INDEX test_result_patient ON test_result (patient_id, taken_at);
CREATE INDEX test_result_state ON test_result (practice_id, state, taken_at);
CREATE INDEX test_result_held ON test_result (practice_id, hold_due_at) WHERE state = 'held';

CREATE TABLE standing_rule (
  id TEXT NOT NULL PRIMARY KEY,
  practice_id TEXT NOT NULL REFERENCES practice (id),
  tests TEXT NOT NULL,
  clinician TEXT NOT NULL,
  switched_on_at BIGINT NOT NULL,
  switched_off_at BIGINT
);

CREATE TABLE programme (
  id TEXT NOT NULL PRIMARY KEY,
  practice_id TEXT NOT NULL REFERENCES practice (id),
  name TEXT NOT NULL,
  definition TEXT NOT NULL,
  version BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX programme_once ON programme (practice_id, name);

CREATE TABLE enrolment (
  id TEXT NOT NULL PRIMARY KEY,
  practice_id TEXT NOT NULL REFERENCES practice (id),
  patient_id TEXT NOT NULL REFERENCES patient (id),
  programme TEXT NOT NULL,
  goal_id TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('active', 'completed', 'stopped')),
  reason TEXT NOT NULL,
  source TEXT NOT NULL,
  started_at BIGINT NOT NULL,
  silent BIGINT NOT NULL,
  next_at BIGINT,
  updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX enrolment_once ON enrolment (patient_id, programme, goal_id);
CREATE INDEX enrolment_next ON enrolment (next_at) WHERE next_at IS NOT NULL;

-- What must be planned again: an appointment that was booked or moved, a person just enrolled.
CREATE TABLE plan_queue (
  subject TEXT NOT NULL CHECK (subject IN ('appointment', 'patient')),
  subject_id TEXT NOT NULL,
  queued_at BIGINT NOT NULL,
  PRIMARY KEY (subject, subject_id)
);

-- The send ledger (direction 'out') and everything received (direction 'in').
CREATE TABLE message (
  id TEXT NOT NULL PRIMARY KEY,
  practice_id TEXT NOT NULL,
  patient_id TEXT,
  direction TEXT NOT NULL CHECK (direction IN ('out', 'in')),
  kind TEXT NOT NULL,
  template TEXT NOT NULL,
  purpose TEXT NOT NULL,
  anchor TEXT NOT NULL,
  step TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('planned', 'queued', 'sending', 'accepted', 'delivered', 'undelivered', 'failed',
    'held', 'skipped', 'cancelled', 'unknown', 'received', 'handled', 'for_staff')),
  reason TEXT NOT NULL,
  channel TEXT,
  address TEXT,
  gateway TEXT,
  provider_reference TEXT,
  subject TEXT,
  body TEXT,
  facts TEXT NOT NULL,
  due_at BIGINT NOT NULL,
  expires_at BIGINT,
  priority BIGINT NOT NULL,
  past_due TEXT NOT NULL,
  appointment_id TEXT,
  enrolment_id TEXT,
  goal_id TEXT,
  in_reply_to TEXT,
  attempts BIGINT NOT NULL,
  segments BIGINT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX message_once ON message (COALESCE(patient_id, ''), purpose, anchor, step) WHERE direction = 'out';
CREATE UNIQUE INDEX message_received_once ON message (gateway, provider_reference) WHERE direction = 'in';
CREATE INDEX message_patient ON message (patient_id, created_at);
CREATE INDEX message_practice_due ON message (practice_id, due_at);
CREATE INDEX message_appointment ON message (appointment_id) WHERE appointment_id IS NOT NULL;
CREATE INDEX message_for_staff ON message (practice_id, created_at) WHERE status = 'for_staff';

-- What waits to be sent: narrow, one row a message, gone when its outcome is known.
CREATE TABLE due (
  message_id TEXT NOT NULL PRIMARY KEY,
  lane BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  lease_until BIGINT NOT NULL,
  lease BIGINT NOT NULL,
  crashes BIGINT NOT NULL
);
CREATE INDEX due_next ON due (lane, due_at);

-- Every try, with the text as it went out.
CREATE TABLE attempt (
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
);
CREATE INDEX attempt_provider ON attempt (gateway, provider_id) WHERE provider_id IS NOT NULL;

-- What came in and is not yet understood: narrow, like due.
CREATE TABLE inbox (
  message_id TEXT NOT NULL PRIMARY KEY,
  received_at BIGINT NOT NULL,
  lease_until BIGINT NOT NULL,
  tries BIGINT NOT NULL
);
CREATE INDEX inbox_next ON inbox (received_at);

CREATE TABLE delivery_report (
  id TEXT NOT NULL PRIMARY KEY,
  gateway TEXT NOT NULL,
  reference TEXT NOT NULL,
  status TEXT NOT NULL,
  code TEXT NOT NULL,
  occurred_at BIGINT NOT NULL,
  received_at BIGINT NOT NULL,
  message_id TEXT
);
CREATE UNIQUE INDEX delivery_report_once ON delivery_report (gateway, reference, status, occurred_at);
CREATE INDEX delivery_report_message ON delivery_report (message_id) WHERE message_id IS NOT NULL;

CREATE TABLE prompt (
  id TEXT NOT NULL PRIMARY KEY,
  patient_id TEXT NOT NULL REFERENCES patient (id),
  message_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  body TEXT NOT NULL,
  expects TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('open', 'answered', 'expired', 'closed')),
  asked_again BIGINT NOT NULL,
  opened_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  answered_by TEXT,
  goal_id TEXT,
  appointment_id TEXT,
  enrolment_id TEXT
);
CREATE UNIQUE INDEX prompt_one_open ON prompt (patient_id) WHERE status = 'open';
CREATE INDEX prompt_expiry ON prompt (expires_at) WHERE status = 'open';
CREATE INDEX prompt_message ON prompt (message_id);
CREATE INDEX prompt_patient ON prompt (patient_id, opened_at);

CREATE TABLE record_entry (
  id TEXT NOT NULL PRIMARY KEY,
  practice_id TEXT NOT NULL REFERENCES practice (id),
  patient_id TEXT NOT NULL REFERENCES patient (id),
  kind TEXT NOT NULL,
  code TEXT NOT NULL,
  value TEXT NOT NULL,
  value_number DOUBLE PRECISION,
  unit TEXT NOT NULL,
  detail TEXT NOT NULL,
  original_text TEXT NOT NULL,
  filed TEXT NOT NULL CHECK (filed IN ('auto', 'to_confirm', 'confirmed', 'rejected')),
  message_id TEXT,
  prompt_id TEXT,
  goal_id TEXT,
  appointment_id TEXT,
  effective_at BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX record_entry_patient ON record_entry (patient_id, effective_at);
CREATE INDEX record_entry_to_confirm ON record_entry (practice_id) WHERE filed = 'to_confirm';
CREATE UNIQUE INDEX record_entry_once ON record_entry (message_id, kind, code) WHERE message_id IS NOT NULL;

CREATE TABLE agenda_item (
  id TEXT NOT NULL PRIMARY KEY,
  patient_id TEXT NOT NULL REFERENCES patient (id),
  appointment_id TEXT NOT NULL REFERENCES appointment (id),
  position BIGINT NOT NULL,
  words TEXT NOT NULL,
  message_id TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  replaced_at BIGINT
);
CREATE UNIQUE INDEX agenda_item_once ON agenda_item (appointment_id, message_id, position);

CREATE TABLE alert (
  id TEXT NOT NULL PRIMARY KEY,
  practice_id TEXT NOT NULL REFERENCES practice (id),
  patient_id TEXT,
  message_id TEXT,
  dedupe_key TEXT NOT NULL,
  kind TEXT NOT NULL,
  priority TEXT NOT NULL CHECK (priority IN ('routine', 'urgent', 'asap', 'stat')),
  reason TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('open', 'acknowledged', 'closed')),
  owner TEXT NOT NULL,
  due_at BIGINT NOT NULL,
  escalations BIGINT NOT NULL,
  notified_at BIGINT,
  acknowledged_by TEXT,
  acknowledged_at BIGINT,
  note TEXT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX alert_once ON alert (practice_id, dedupe_key);
CREATE INDEX alert_patient ON alert (patient_id, created_at) WHERE patient_id IS NOT NULL;
CREATE INDEX alert_open ON alert (practice_id, priority, created_at) WHERE status = 'open';

CREATE TABLE alert_route_test (
  id TEXT NOT NULL PRIMARY KEY,
  practice_id TEXT NOT NULL REFERENCES practice (id),
  route TEXT NOT NULL,
  code TEXT NOT NULL,
  sent_at BIGINT NOT NULL,
  acknowledged_at BIGINT,
  acknowledged_by TEXT
);

-- Caps, automatic answers and spend: counted by adding, never by counting rows.
CREATE TABLE counter (
  subject TEXT NOT NULL,
  period TEXT NOT NULL,
  used BIGINT NOT NULL,
  PRIMARY KEY (subject, period)
);
CREATE INDEX counter_period ON counter (period);

-- One row a gateway, shared by every worker: the next free moment of its rate, in microseconds.
CREATE TABLE gateway_pace (
  gateway TEXT NOT NULL PRIMARY KEY,
  next_free_us BIGINT NOT NULL
);

-- Periodic duties: whoever claims one first does it.
CREATE TABLE schedule (
  name TEXT NOT NULL PRIMARY KEY,
  next_at BIGINT NOT NULL,
  lease_until BIGINT NOT NULL,
  last_run_at BIGINT,
  last_result TEXT NOT NULL
);

CREATE TABLE import_run (
  id TEXT NOT NULL PRIMARY KEY,
  practice_id TEXT NOT NULL REFERENCES practice (id),
  kind TEXT NOT NULL,
  file_name TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  summary TEXT NOT NULL,
  actor TEXT NOT NULL,
  at BIGINT NOT NULL
);

CREATE TABLE correction (
  id TEXT NOT NULL PRIMARY KEY,
  message_id TEXT NOT NULL,
  reader TEXT NOT NULL,
  understood TEXT NOT NULL,
  corrected TEXT NOT NULL,
  actor TEXT NOT NULL,
  at BIGINT NOT NULL
);

CREATE TABLE audit_event (
  id TEXT NOT NULL PRIMARY KEY,
  at BIGINT NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  practice_id TEXT,
  subject TEXT NOT NULL,
  subject_id TEXT NOT NULL,
  detail TEXT NOT NULL
);
CREATE INDEX audit_event_subject ON audit_event (subject_id, at);
CREATE INDEX audit_event_time ON audit_event (at);

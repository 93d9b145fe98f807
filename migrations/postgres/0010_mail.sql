-- Mail that came in, kept as it was, and the mailboxes it is read from.

-- One row a received mail. The raw mail is base64: TEXT is the one type that both databases, exports and copies keep alike.
CREATE TABLE mail (
  message_id TEXT NOT NULL PRIMARY KEY REFERENCES message (id),
  raw TEXT NOT NULL,
  full_size BIGINT NOT NULL,
  whole BOOLEAN NOT NULL,
  class TEXT NOT NULL CHECK (class IN ('person', 'auto_reply', 'bounce', 'list', 'report', 'complaint', 'unread')),
  doubts TEXT NOT NULL,
  reading TEXT NOT NULL,
  mail_id TEXT,
  received_at BIGINT NOT NULL
);

-- Files that came along: named and measured, never opened. Their content stays in the raw mail.
CREATE TABLE attachment (
  message_id TEXT NOT NULL REFERENCES mail (message_id),
  position BIGINT NOT NULL,
  name TEXT NOT NULL,
  content_type TEXT NOT NULL,
  size BIGINT NOT NULL,
  sha256 TEXT NOT NULL,
  inline BOOLEAN NOT NULL,
  PRIMARY KEY (message_id, position)
);

-- How far a folder was read, who reads it, and what is wrong with it.
CREATE TABLE mailbox (
  gateway TEXT NOT NULL,
  folder TEXT NOT NULL,
  uid_validity BIGINT NOT NULL,
  last_uid BIGINT NOT NULL,
  holder TEXT NOT NULL,
  lease_until BIGINT NOT NULL,
  read_at BIGINT,
  fault TEXT NOT NULL,
  failures BIGINT NOT NULL,
  failing_since BIGINT,
  retry_at BIGINT NOT NULL,
  stuck_uid BIGINT NOT NULL,
  stuck_tries BIGINT NOT NULL,
  PRIMARY KEY (gateway, folder)
);

-- Keys that this installation made for itself, such as the one that unsubscribe links are signed with.
CREATE TABLE own_key (
  name TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

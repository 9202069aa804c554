-- Nothing here names a person: no name, no certificate, no page, no picture (X-25). Times are milliseconds since 1970.

CREATE TABLE kiosk (
  id      TEXT PRIMARY KEY,
  boot    TEXT NOT NULL,             -- of its last hello
  build   TEXT NOT NULL,
  seen    INTEGER NOT NULL,
  skew_ms INTEGER NOT NULL           -- its clock minus ours
) STRICT;

CREATE TABLE application (
  id           TEXT PRIMARY KEY,     -- made at the kiosk (D-01)
  kiosk        TEXT NOT NULL,
  boot         TEXT NOT NULL,
  state        TEXT NOT NULL,
  rev          INTEGER NOT NULL,
  reason       TEXT NOT NULL DEFAULT '',
  card         TEXT,                 -- while open: HMAC of the certificate under a key that dies with the process
  municipality TEXT NOT NULL DEFAULT '',
  challenge    TEXT NOT NULL DEFAULT '',  -- hashes of notes, hex
  assertion    TEXT NOT NULL DEFAULT '',
  choices      TEXT NOT NULL DEFAULT '',
  order_note   TEXT NOT NULL DEFAULT '',
  manifest     TEXT NOT NULL DEFAULT '',
  delivery     TEXT NOT NULL DEFAULT '',
  issue        TEXT NOT NULL DEFAULT '',
  kind         TEXT NOT NULL DEFAULT '',
  copies       INTEGER NOT NULL DEFAULT 0,
  fee          INTEGER NOT NULL DEFAULT 0,
  outcome      TEXT NOT NULL DEFAULT '',
  opened       INTEGER NOT NULL,
  changed      INTEGER NOT NULL,
  deadline     INTEGER NOT NULL
) STRICT;
-- One open application per certificate (X-19).
CREATE UNIQUE INDEX application_card ON application (card) WHERE card IS NOT NULL;
CREATE INDEX application_state ON application (state, deadline);

CREATE TABLE sheet (
  id          TEXT PRIMARY KEY,
  application TEXT NOT NULL REFERENCES application (id),
  copy        INTEGER NOT NULL,
  page        INTEGER NOT NULL,
  state       TEXT NOT NULL          -- reserved, printed, void (X-15)
) STRICT;
CREATE INDEX sheet_application ON sheet (application);

-- The kiosk's signed accounts: money and sheets, nobody's name.
CREATE TABLE done (
  application TEXT PRIMARY KEY,
  hash        TEXT NOT NULL,
  note        BLOB NOT NULL,
  received    INTEGER NOT NULL
) STRICT;

-- What an issuing server must still be told, at least once.
CREATE TABLE outbox (
  application  TEXT NOT NULL,
  what         TEXT NOT NULL,        -- confirm, cancel
  request      TEXT NOT NULL,        -- the same at every attempt
  municipality TEXT NOT NULL,
  kiosk        TEXT NOT NULL,
  issue        TEXT NOT NULL,
  body         BLOB NOT NULL,
  state        TEXT NOT NULL,        -- waiting, sent, failed
  attempts     INTEGER NOT NULL,
  due          INTEGER NOT NULL,
  PRIMARY KEY (application, what)
) STRICT;
CREATE INDEX outbox_due ON outbox (state, due);

-- Which municipality a card belongs to, as the municipalities say. card is issuingapi.CardKey.
CREATE TABLE card_home (
  card         TEXT PRIMARY KEY,
  municipality TEXT NOT NULL,
  subject      TEXT NOT NULL,
  usable_from  INTEGER NOT NULL,
  ended        INTEGER NOT NULL
) STRICT;

-- Municipalities whose signed notes contradict each other; a person removes the row (X-18).
CREATE TABLE stopped (
  municipality TEXT PRIMARY KEY,
  application  TEXT NOT NULL,
  why          TEXT NOT NULL,
  since        INTEGER NOT NULL
) STRICT;

CREATE TABLE counter (name TEXT PRIMARY KEY, n INTEGER NOT NULL) STRICT;

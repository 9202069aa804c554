CREATE TABLE tx (
  id BLOB PRIMARY KEY CHECK (length(id) = 16),
  opened_ms INTEGER NOT NULL,
  kind TEXT NOT NULL,
  fee_yen INTEGER NOT NULL CHECK (fee_yen >= 0),
  copies INTEGER NOT NULL CHECK (copies > 0),
  outcome TEXT CHECK (outcome IN ('nothing', 'printed_paid', 'part_paid', 'refunded', 'owed')),
  owed_yen INTEGER CHECK (owed_yen >= 0),
  slip_no TEXT UNIQUE,
  closed_ms INTEGER
) STRICT;
CREATE UNIQUE INDEX one_open ON tx ((1)) WHERE outcome IS NULL; -- at most one open visit, ever

CREATE TABLE ev (
  seq INTEGER PRIMARY KEY,
  tx BLOB REFERENCES tx (id),
  boot BLOB NOT NULL,
  wall_ms INTEGER NOT NULL, -- for people; the order is seq
  type TEXT NOT NULL,
  body BLOB NOT NULL
) STRICT;
CREATE TABLE leafhash (n INTEGER PRIMARY KEY, h BLOB NOT NULL CHECK (length(h) = 32)) STRICT; -- of the audit tree

CREATE TABLE act (
  id INTEGER PRIMARY KEY,
  tx BLOB REFERENCES tx (id), -- NULL: of no visit, a clerk's
  n INTEGER NOT NULL,
  device TEXT NOT NULL,
  verb TEXT NOT NULL,
  arg BLOB NOT NULL,
  before BLOB NOT NULL,
  result TEXT CHECK (result IN ('done', 'not_done', 'partial', 'unknown')),
  after BLOB,
  UNIQUE (tx, n)
) STRICT;

CREATE TABLE entry (
  seq INTEGER PRIMARY KEY,
  posting INTEGER NOT NULL,
  tx BLOB REFERENCES tx (id),
  account TEXT NOT NULL CHECK (account IN ('world', 'escrow', 'hopper', 'cashbox', 'staff', 'unknown')),
  coin INTEGER NOT NULL CHECK (coin IN (10, 50, 100, 500)),
  pieces INTEGER NOT NULL CHECK (pieces != 0),
  act INTEGER REFERENCES act (id)
) STRICT;
CREATE TABLE claim (
  seq INTEGER PRIMARY KEY,
  tx BLOB NOT NULL REFERENCES tx (id),
  account TEXT NOT NULL CHECK (account IN ('revenue', 'owed')),
  yen INTEGER NOT NULL CHECK (yen >= 0),
  UNIQUE (tx, account)
) STRICT;
CREATE TABLE outbox (
  seq INTEGER PRIMARY KEY,
  tx BLOB NOT NULL UNIQUE REFERENCES tx (id),
  note BLOB NOT NULL,
  sent_ms INTEGER
) STRICT;

CREATE TABLE stop ( -- what only a person can end
  seq INTEGER PRIMARY KEY,
  fault TEXT NOT NULL,
  raised_ms INTEGER NOT NULL,
  cleared_ms INTEGER,
  cleared_by TEXT,
  CHECK ((cleared_ms IS NULL) = (cleared_by IS NULL))
) STRICT;
CREATE UNIQUE INDEX one_stop ON stop (fault) WHERE cleared_ms IS NULL;

CREATE TRIGGER entry_update BEFORE UPDATE ON entry BEGIN SELECT RAISE (ABORT, 'append only'); END;
CREATE TRIGGER entry_delete BEFORE DELETE ON entry BEGIN SELECT RAISE (ABORT, 'append only'); END;
CREATE TRIGGER claim_update BEFORE UPDATE ON claim BEGIN SELECT RAISE (ABORT, 'append only'); END;
CREATE TRIGGER claim_delete BEFORE DELETE ON claim BEGIN SELECT RAISE (ABORT, 'append only'); END;
CREATE TRIGGER ev_update BEFORE UPDATE ON ev BEGIN SELECT RAISE (ABORT, 'append only'); END;
CREATE TRIGGER ev_delete BEFORE DELETE ON ev BEGIN SELECT RAISE (ABORT, 'append only'); END;
CREATE TRIGGER leaf_update BEFORE UPDATE ON leafhash BEGIN SELECT RAISE (ABORT, 'append only'); END;
CREATE TRIGGER leaf_delete BEFORE DELETE ON leafhash BEGIN SELECT RAISE (ABORT, 'append only'); END;
CREATE TRIGGER tx_delete BEFORE DELETE ON tx BEGIN SELECT RAISE (ABORT, 'append only'); END;
CREATE TRIGGER tx_update BEFORE UPDATE ON tx WHEN old.outcome IS NOT NULL BEGIN SELECT RAISE (ABORT, 'closed'); END;
CREATE TRIGGER act_delete BEFORE DELETE ON act BEGIN SELECT RAISE (ABORT, 'append only'); END;
CREATE TRIGGER act_update BEFORE UPDATE ON act WHEN old.result IS NOT NULL BEGIN SELECT RAISE (ABORT, 'finished'); END;
CREATE TRIGGER stop_delete BEFORE DELETE ON stop BEGIN SELECT RAISE (ABORT, 'append only'); END;
CREATE TRIGGER stop_update BEFORE UPDATE ON stop WHEN old.cleared_ms IS NOT NULL BEGIN SELECT RAISE (ABORT, 'cleared'); END;

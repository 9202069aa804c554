CREATE TABLE store ( -- one row: which store this is
  one INTEGER PRIMARY KEY CHECK (one = 1),
  epoch INTEGER NOT NULL CHECK (epoch > 0), -- grows with every new file of this kiosk; stands in every slip's number
  kiosk TEXT NOT NULL
) STRICT;

CREATE TABLE tx (
  id BLOB PRIMARY KEY CHECK (length(id) = 16),
  opened_ms INTEGER NOT NULL,
  kind TEXT NOT NULL,
  fee_yen INTEGER NOT NULL CHECK (fee_yen >= 0),
  copies INTEGER NOT NULL CHECK (copies > 0),
  outcome TEXT CHECK (outcome IN ('nothing', 'printed_paid', 'part_paid', 'refunded', 'owed')),
  good INTEGER CHECK (good BETWEEN 0 AND copies), -- copies that were proved, or accepted by a clerk
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
CREATE INDEX ev_tx ON ev (tx, type);
CREATE TABLE leafhash (n INTEGER PRIMARY KEY, h BLOB NOT NULL CHECK (length(h) = 32)) STRICT; -- of the audit tree
CREATE TABLE head ( -- of the audit tree, as it was once; a tree that grew from another has been written anew
  size INTEGER PRIMARY KEY,
  root BLOB NOT NULL CHECK (length(root) = 32),
  boot BLOB NOT NULL,
  wall_ms INTEGER NOT NULL,
  note BLOB -- the kiosk's signed checkpoint of it; NULL: the kiosk had no key
) STRICT;

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
CREATE INDEX act_open ON act (id) WHERE result IS NULL;

CREATE TABLE entry (
  seq INTEGER PRIMARY KEY,
  posting INTEGER NOT NULL,
  tx BLOB REFERENCES tx (id),
  account TEXT NOT NULL CHECK (account IN ('world', 'escrow', 'hopper', 'cashbox', 'staff', 'unknown')),
  coin INTEGER NOT NULL CHECK (coin IN (10, 50, 100, 500)),
  pieces INTEGER NOT NULL CHECK (pieces != 0),
  act INTEGER REFERENCES act (id)
) STRICT;
CREATE INDEX entry_tx ON entry (tx);
CREATE TABLE balance ( -- sums of entry, kept with each posting and rebuilt at each start
  account TEXT NOT NULL,
  coin INTEGER NOT NULL,
  pieces INTEGER NOT NULL CHECK (account = 'world' OR pieces >= 0),
  PRIMARY KEY (account, coin)
) STRICT;
CREATE TABLE claim ( -- whose the money of a visit is; the sum over the accounts is what it put in and did not get back
  seq INTEGER PRIMARY KEY,
  tx BLOB NOT NULL REFERENCES tx (id),
  account TEXT NOT NULL CHECK (account IN ('due_customer', 'revenue', 'owed', 'written_off')),
  yen INTEGER NOT NULL CHECK (yen != 0)
) STRICT;
CREATE INDEX claim_tx ON claim (tx);
CREATE TABLE slip ( -- what is owed to somebody, until a refund closes it; void where nothing was owed at the end
  n INTEGER PRIMARY KEY, -- counts up and is never set back
  tx BLOB NOT NULL UNIQUE REFERENCES tx (id),
  number TEXT NOT NULL UNIQUE,
  made_ms INTEGER NOT NULL,
  mac BLOB CHECK (length(mac) = 32), -- of the claim code; NULL: nobody was shown one
  tries INTEGER NOT NULL DEFAULT 0, -- wrong codes
  settled_ms INTEGER,
  how TEXT CHECK (how IN ('code', 'staff', 'written_off', 'void')),
  by TEXT,
  CHECK ((settled_ms IS NULL) = (how IS NULL) AND (how IS NULL) = (by IS NULL))
) STRICT;
CREATE TABLE refund ( -- who answered for what was given on a slip; one slip may need several
  seq INTEGER PRIMARY KEY,
  slip INTEGER NOT NULL REFERENCES slip (n),
  how TEXT NOT NULL CHECK (how IN ('code', 'staff', 'written_off')),
  by TEXT NOT NULL, -- ids of the staff, never names
  act INTEGER UNIQUE REFERENCES act (id), -- of the hoppers; NULL: handed over by a person
  made_ms INTEGER NOT NULL
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
CREATE TRIGGER head_update BEFORE UPDATE ON head BEGIN SELECT RAISE (ABORT, 'append only'); END;
CREATE TRIGGER head_delete BEFORE DELETE ON head BEGIN SELECT RAISE (ABORT, 'append only'); END;
CREATE TRIGGER store_update BEFORE UPDATE ON store BEGIN SELECT RAISE (ABORT, 'append only'); END;
CREATE TRIGGER store_delete BEFORE DELETE ON store BEGIN SELECT RAISE (ABORT, 'append only'); END;
CREATE TRIGGER slip_delete BEFORE DELETE ON slip BEGIN SELECT RAISE (ABORT, 'append only'); END;
CREATE TRIGGER slip_update BEFORE UPDATE ON slip WHEN old.settled_ms IS NOT NULL OR new.number != old.number
  OR new.mac IS NOT old.mac OR new.tries < old.tries BEGIN SELECT RAISE (ABORT, 'settled'); END;
CREATE TRIGGER refund_update BEFORE UPDATE ON refund BEGIN SELECT RAISE (ABORT, 'append only'); END;
CREATE TRIGGER refund_delete BEFORE DELETE ON refund BEGIN SELECT RAISE (ABORT, 'append only'); END;
CREATE TRIGGER tx_delete BEFORE DELETE ON tx BEGIN SELECT RAISE (ABORT, 'append only'); END;
CREATE TRIGGER tx_update BEFORE UPDATE ON tx WHEN old.outcome IS NOT NULL BEGIN SELECT RAISE (ABORT, 'closed'); END;
CREATE TRIGGER act_delete BEFORE DELETE ON act BEGIN SELECT RAISE (ABORT, 'append only'); END;
CREATE TRIGGER act_update BEFORE UPDATE ON act WHEN old.result IS NOT NULL BEGIN SELECT RAISE (ABORT, 'finished'); END;
CREATE TRIGGER stop_delete BEFORE DELETE ON stop BEGIN SELECT RAISE (ABORT, 'append only'); END;
CREATE TRIGGER stop_update BEFORE UPDATE ON stop WHEN old.cleared_ms IS NOT NULL BEGIN SELECT RAISE (ABORT, 'cleared'); END;

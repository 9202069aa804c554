-- State of the issuing server. Times are unix milliseconds. No name, address or serial number stands here: residents are
-- row ids of the registry, cards are one-way hashes (issuingapi.CardKey).

CREATE TABLE user_map (
	card         TEXT PRIMARY KEY,
	subject      TEXT NOT NULL UNIQUE,
	municipality TEXT NOT NULL,
	resident     TEXT NOT NULL,
	usable_from  INTEGER NOT NULL,
	ended        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX user_map_feed ON user_map (municipality, card);

CREATE TABLE application (
	id           TEXT PRIMARY KEY,
	municipality TEXT NOT NULL,
	kiosk        TEXT NOT NULL,
	state        TEXT NOT NULL,
	since        INTEGER NOT NULL,
	expires      INTEGER NOT NULL,
	reason       TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
CREATE INDEX application_open ON application (state, expires);

CREATE TABLE issue (
	id          TEXT PRIMARY KEY,
	application TEXT NOT NULL UNIQUE REFERENCES application (id),
	order_hash  TEXT NOT NULL,
	manifest    TEXT NOT NULL,
	kind        TEXT NOT NULL,
	copies      INTEGER NOT NULL,
	pages       INTEGER NOT NULL,
	fee         INTEGER NOT NULL,
	issued      TEXT NOT NULL,
	done        TEXT NOT NULL DEFAULT '',
	outcome     TEXT NOT NULL DEFAULT '',
	copies_good INTEGER NOT NULL DEFAULT 0,
	revenue     INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

-- What does not agree and waits for a person.
CREATE TABLE mismatch (
	n           INTEGER PRIMARY KEY,
	at          INTEGER NOT NULL,
	application TEXT NOT NULL,
	kind        TEXT NOT NULL,
	detail      TEXT NOT NULL
) STRICT;
CREATE TRIGGER mismatch_stays BEFORE DELETE ON mismatch BEGIN SELECT RAISE(ABORT, 'a mismatch is never deleted'); END;

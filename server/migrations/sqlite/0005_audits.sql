-- Audits that were run from within: who asked for one, how far it came, and what it found (JSON). Whoever does not trust this table runs
-- `baodao audit` himself.
CREATE TABLE audits (
    audit      text    NOT NULL PRIMARY KEY,
    asked_by   text    NOT NULL,
    asked_role text    NOT NULL,
    started_at text    NOT NULL,
    beat_at    text    NOT NULL,
    ended_at   text    NOT NULL,
    state      text    NOT NULL,
    head       integer NOT NULL,
    position   integer NOT NULL,
    findings   text    NOT NULL,
    trouble    text    NOT NULL
) STRICT;
CREATE INDEX audits_started_at ON audits (started_at);

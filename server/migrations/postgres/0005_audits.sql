-- Audits that were run from within: who asked for one, how far it came, and what it found (JSON). Whoever does not trust this table runs
-- `baodao audit` himself.
CREATE TABLE audits (
    audit      text COLLATE "C" NOT NULL PRIMARY KEY,
    asked_by   text   NOT NULL,
    asked_role text   NOT NULL,
    started_at text COLLATE "C" NOT NULL,
    beat_at    text   NOT NULL,
    ended_at   text   NOT NULL,
    state      text   NOT NULL,
    head       bigint NOT NULL,
    position   bigint NOT NULL,
    findings   text   NOT NULL,
    trouble    text   NOT NULL
);
CREATE INDEX audits_started_at ON audits (started_at);

-- The journal (design §3). The first seven columns are those of sqlite-es, so that its repositories read the same history.
CREATE TABLE events (
    aggregate_type text    NOT NULL,
    aggregate_id   text    NOT NULL,
    sequence       integer NOT NULL CHECK (sequence >= 1),
    event_type     text    NOT NULL,
    event_version  text    NOT NULL,
    payload        text    NOT NULL,
    metadata       text    NOT NULL,
    position       integer NOT NULL UNIQUE CHECK (position >= 1),
    event_id       text    NOT NULL,
    recorded_at    text    NOT NULL,
    command_id     text    NOT NULL,
    PRIMARY KEY (aggregate_type, aggregate_id, sequence)
) STRICT;

-- The answer to every command, for ever: the same id gets the same answer.
CREATE TABLE commands (
    command_id  text    NOT NULL PRIMARY KEY,
    command     text    NOT NULL,
    input_hash  text    NOT NULL,
    answer      text    NOT NULL,
    position    integer NOT NULL,
    recorded_at text    NOT NULL
) STRICT;

-- One row: the last position given. Whoever appends holds it.
CREATE TABLE ledger_head (
    one         integer NOT NULL PRIMARY KEY CHECK (one = 1),
    position    integer NOT NULL CHECK (position >= 0),
    recorded_at text    NOT NULL
) STRICT;
INSERT INTO ledger_head (one, position, recorded_at) VALUES (1, 0, '1970-01-01T00:00:00.000000Z');

-- As sqlite-es expects it.
CREATE TABLE snapshots (
    aggregate_type   text    NOT NULL,
    aggregate_id     text    NOT NULL,
    last_sequence    integer NOT NULL CHECK (last_sequence >= 0),
    current_snapshot integer NOT NULL CHECK (current_snapshot >= 0),
    payload          text    NOT NULL,
    PRIMARY KEY (aggregate_type, aggregate_id, last_sequence)
) STRICT;

-- The generations of every projection (design §4); their rows are in tables of their own.
CREATE TABLE projections (
    name       text    NOT NULL,
    generation integer NOT NULL CHECK (generation >= 1),
    version    integer NOT NULL,
    checkpoint integer NOT NULL CHECK (checkpoint >= 0),
    state      text    NOT NULL CHECK (state IN ('live', 'building')),
    poison     text,
    table_name text    NOT NULL UNIQUE,
    PRIMARY KEY (name, generation)
) STRICT;
CREATE UNIQUE INDEX projections_one_live ON projections (name) WHERE state = 'live';

CREATE TRIGGER events_refuse_update BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, 'events is append-only'); END;
CREATE TRIGGER events_refuse_delete BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'events is append-only'); END;
-- INSERT OR REPLACE deletes without asking the trigger above.
CREATE TRIGGER events_refuse_replace BEFORE INSERT ON events
WHEN EXISTS (SELECT 1 FROM events WHERE rowid = NEW.rowid)
  OR EXISTS (SELECT 1 FROM events WHERE position = NEW.position)
  OR EXISTS (SELECT 1 FROM events WHERE aggregate_type = NEW.aggregate_type AND aggregate_id = NEW.aggregate_id AND sequence = NEW.sequence)
BEGIN SELECT RAISE(ABORT, 'events is append-only'); END;

CREATE TRIGGER commands_refuse_update BEFORE UPDATE ON commands
BEGIN SELECT RAISE(ABORT, 'commands is append-only'); END;
CREATE TRIGGER commands_refuse_delete BEFORE DELETE ON commands
BEGIN SELECT RAISE(ABORT, 'commands is append-only'); END;
CREATE TRIGGER commands_refuse_replace BEFORE INSERT ON commands
WHEN EXISTS (SELECT 1 FROM commands WHERE rowid = NEW.rowid)
  OR EXISTS (SELECT 1 FROM commands WHERE command_id = NEW.command_id)
BEGIN SELECT RAISE(ABORT, 'commands is append-only'); END;

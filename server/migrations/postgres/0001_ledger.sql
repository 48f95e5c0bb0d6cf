-- The journal (design §3). The first seven columns are those of postgres-es, so that its repositories read the same history.
-- Run with search_path set to the ledger's schema. `json`, not `jsonb`: it keeps the bytes as written.
CREATE TABLE events (
    aggregate_type text COLLATE "C" NOT NULL,
    aggregate_id   text COLLATE "C" NOT NULL,
    sequence       bigint           NOT NULL CHECK (sequence >= 1),
    event_type     text             NOT NULL,
    event_version  text             NOT NULL,
    payload        json             NOT NULL,
    metadata       json             NOT NULL,
    position       bigint           NOT NULL UNIQUE CHECK (position >= 1),
    event_id       uuid             NOT NULL,
    recorded_at    timestamptz      NOT NULL,
    command_id     uuid             NOT NULL,
    PRIMARY KEY (aggregate_type, aggregate_id, sequence)
);

-- The answer to every command, for ever: the same id gets the same answer.
CREATE TABLE commands (
    command_id  uuid        NOT NULL PRIMARY KEY,
    command     text        NOT NULL,
    input_hash  text        NOT NULL,
    answer      json        NOT NULL,
    position    bigint      NOT NULL,
    recorded_at timestamptz NOT NULL
);

-- One row: the last position given. Whoever appends holds its lock.
CREATE TABLE ledger_head (
    one         smallint    NOT NULL PRIMARY KEY CHECK (one = 1),
    position    bigint      NOT NULL CHECK (position >= 0),
    recorded_at timestamptz NOT NULL
);
INSERT INTO ledger_head (one, position, recorded_at) VALUES (1, 0, '1970-01-01T00:00:00Z');

-- As postgres-es expects it.
CREATE TABLE snapshots (
    aggregate_type   text   NOT NULL,
    aggregate_id     text   NOT NULL,
    last_sequence    bigint NOT NULL CHECK (last_sequence >= 0),
    current_snapshot bigint NOT NULL CHECK (current_snapshot >= 0),
    payload          json   NOT NULL,
    PRIMARY KEY (aggregate_type, aggregate_id, last_sequence)
);

-- The generations of every projection (design §4); their rows are in tables of their own.
CREATE TABLE projections (
    name       text COLLATE "C" NOT NULL,
    generation bigint           NOT NULL CHECK (generation >= 1),
    version    bigint           NOT NULL,
    checkpoint bigint           NOT NULL CHECK (checkpoint >= 0),
    state      text             NOT NULL CHECK (state IN ('live', 'building')),
    poison     text,
    table_name text             NOT NULL UNIQUE,
    PRIMARY KEY (name, generation)
);
CREATE UNIQUE INDEX projections_one_live ON projections (name) WHERE state = 'live';

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER commands_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON commands
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

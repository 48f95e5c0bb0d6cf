-- The journal as a transparency log: a Merkle tree over the events. All of it can be made again from them; the hashes are Base 64.

-- How far the tree has grown. Whoever grows it moves this first.
CREATE TABLE log_tree (
    one  smallint NOT NULL PRIMARY KEY CHECK (one = 1),
    size bigint   NOT NULL CHECK (size >= 0)
);
INSERT INTO log_tree (one, size) VALUES (1, 0);

-- Full tiles: 256 hashes each.
CREATE TABLE log_tiles (
    level  smallint NOT NULL CHECK (level >= 0),
    tile   bigint   NOT NULL CHECK (tile >= 0),
    hashes text     NOT NULL,
    PRIMARY KEY (level, tile)
);

-- The tile of each level that is not full yet.
CREATE TABLE log_edge (
    level  smallint NOT NULL PRIMARY KEY CHECK (level >= 0),
    hashes text     NOT NULL
);

-- Where the streams of members and units end, as far as the tree has grown.
CREATE TABLE log_heads (
    key      text COLLATE "C" NOT NULL PRIMARY KEY,
    sequence bigint           NOT NULL CHECK (sequence >= 1),
    chain    text             NOT NULL
);

-- Signed checkpoints, with the cosignatures that they had when they were published.
CREATE TABLE log_checkpoints (
    size         bigint      NOT NULL PRIMARY KEY CHECK (size >= 0),
    note         text        NOT NULL,
    published_at timestamptz NOT NULL
);

-- The vault: everything personal, beside the journal, so that it can be forgotten. Events hold the digests.

-- Which key the keys of subjects are wrapped by: a name of it, not the key, which is in no database.
CREATE TABLE vault_kek (
    one smallint NOT NULL PRIMARY KEY CHECK (one = 1),
    id  text     NOT NULL
);

-- A key for each subject, wrapped. An owner is forgotten together with what it owns.
CREATE TABLE vault_keys (
    subject text COLLATE "C" NOT NULL PRIMARY KEY,
    owner   text COLLATE "C",
    wrapped text             NOT NULL,
    made_at text COLLATE "C" NOT NULL
);
CREATE INDEX vault_keys_owner ON vault_keys (owner);

-- Salted disclosures (RFC 9901), sealed by the subject's key.
CREATE TABLE vault_entries (
    digest     text COLLATE "C" NOT NULL PRIMARY KEY,
    subject    text COLLATE "C" NOT NULL,
    field      text             NOT NULL,
    command_id uuid             NOT NULL,
    stored_at  text COLLATE "C" NOT NULL,
    sealed     text             NOT NULL
);
CREATE INDEX vault_entries_subject ON vault_entries (subject);
CREATE INDEX vault_entries_stored ON vault_entries (stored_at);

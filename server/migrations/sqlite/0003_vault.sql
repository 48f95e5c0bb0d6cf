-- The vault: everything personal, beside the journal, so that it can be forgotten. Events hold the digests.

-- Which key the keys of subjects are wrapped by: a name of it, not the key, which is in no database.
CREATE TABLE vault_kek (
    one integer NOT NULL PRIMARY KEY CHECK (one = 1),
    id  text    NOT NULL
) STRICT;

-- A key for each subject, wrapped. An owner is forgotten together with what it owns.
CREATE TABLE vault_keys (
    subject text NOT NULL PRIMARY KEY,
    owner   text,
    wrapped text NOT NULL,
    made_at text NOT NULL
) STRICT;
CREATE INDEX vault_keys_owner ON vault_keys (owner);

-- Salted disclosures (RFC 9901), sealed by the subject's key.
CREATE TABLE vault_entries (
    digest     text NOT NULL PRIMARY KEY,
    subject    text NOT NULL,
    field      text NOT NULL,
    command_id text NOT NULL,
    stored_at  text NOT NULL,
    sealed     text NOT NULL
) STRICT;
CREATE INDEX vault_entries_subject ON vault_entries (subject);
CREATE INDEX vault_entries_stored ON vault_entries (stored_at);

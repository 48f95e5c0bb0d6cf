-- What logins prove themselves with. In what capacity each then acts is in the journal. Secrets are kept as hashes only.

CREATE TABLE login_passwords (
    login      text COLLATE "C" NOT NULL PRIMARY KEY,
    hash       text NOT NULL,
    changed_at text NOT NULL
);

-- Who is signed in. The key is a hash of what the browser holds.
CREATE TABLE login_sessions (
    session  text COLLATE "C" NOT NULL PRIMARY KEY,
    login    text NOT NULL,
    began_at text NOT NULL,
    seen_at  text NOT NULL,
    ends_at  text NOT NULL
);
CREATE INDEX login_sessions_login ON login_sessions (login);

-- What other systems call with.
CREATE TABLE login_tokens (
    token   text COLLATE "C" NOT NULL PRIMARY KEY,
    hash    text NOT NULL,
    login   text NOT NULL,
    label   text NOT NULL,
    scopes  text NOT NULL,
    made_at text NOT NULL,
    ends_at text NOT NULL
);
CREATE INDEX login_tokens_login ON login_tokens (login);

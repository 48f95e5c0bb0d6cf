//! The PostgreSQL path keeps to SQL that engines carry which speak PostgreSQL's protocol and distribute (test catalogue 23).

use super::{File, code, none, tracked};

/// What such engines lack, or carry with another meaning: numbers from sequences in no order of commits, locks and notices of one
/// node, transaction ids of one node, triggers on one node, upserts in some dialects only.
const ONE_NODE: &[&str] = &[
    "NEXTVAL",
    "CURRVAL",
    "SERIAL",
    "BIGSERIAL",
    "GENERATED",
    "IDENTITY",
    "PG_ADVISORY",
    "PG_TRY_ADVISORY",
    "LISTEN",
    "NOTIFY",
    "PG_NOTIFY",
    "XID8",
    "TXID_",
    "PG_CURRENT_XACT",
    "PG_SNAPSHOT",
    "PG_CURRENT_SNAPSHOT",
    "ON CONFLICT",
    "MERGE INTO",
    "CREATE TRIGGER",
    "CREATE RULE",
    "CTID",
    "SERIALIZABLE",
];

/// Where one of them may stand, and why.
const ALLOWED: &[(&str, &str, &str)] = &[
    (
        "server/src/store/sheet.rs",
        "ON CONFLICT",
        "rows of projections, which can be thrown away; the journal is appended by plain INSERT",
    ),
    (
        "server/migrations/postgres/0001_ledger.sql",
        "CREATE TRIGGER",
        "refuse changes of history and take no part in appending; without them privileges do it (roles.sql)",
    ),
];

/// Whether a file's SQL reaches PostgreSQL.
fn is_path(path: &str) -> bool {
    path.starts_with("server/migrations/postgres/")
        || path.starts_with("server/src/store/") && !path.starts_with("server/src/store/sqlite")
}

fn findings(files: &[File], allowed: &[(&str, &str, &str)]) -> Vec<String> {
    let mut found = Vec::new();
    let mut used = vec![false; allowed.len()];
    for file in files.iter().filter(|file| is_path(&file.path)) {
        for (number, line) in file.text.lines().enumerate() {
            let line = if file.is_rust() { code(line) } else { line.split("--").next().unwrap_or_default() };
            let line = line.to_uppercase();
            for word in ONE_NODE.iter().filter(|word| has(&line, word)) {
                match allowed.iter().position(|(path, allowed, _)| *path == file.path && allowed == word) {
                    Some(place) => used[place] = true,
                    None => {
                        found.push(format!("{}:{}: {word} is not carried everywhere", file.path, number + 1));
                    }
                }
            }
        }
    }
    let unused = allowed.iter().zip(used).filter(|(_, used)| !used);
    found.extend(unused.map(|((path, word, _), _)| format!("{path}: allowed {word}, and does not use it")));
    found
}

/// Whether a line has the word, not as a part of a longer one; a prefix of names ends in `_`.
fn has(line: &str, word: &str) -> bool {
    let joins = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| {
        let is_open = word.starts_with("PG_") || word.ends_with('_');
        !line[..at].ends_with(joins) && (is_open || !line[at + word.len()..].starts_with(joins))
    })
}

#[test]
fn the_write_path_is_plain_sql() {
    none(&findings(&tracked(), ALLOWED));
}

#[test]
fn sql_of_one_node_is_found() {
    for bad in [
        "sqlx::query(\"SELECT nextval('positions')\")",
        "const HEAD: &str = \"SELECT pg_advisory_xact_lock(1)\";",
        "\"INSERT INTO commands VALUES ($1) ON CONFLICT DO NOTHING\"",
    ] {
        assert_eq!(
            findings(&[File::new("server/src/store/postgres/journal.rs", bad)], &[]).len(),
            1,
            "{bad}"
        );
        assert_eq!(findings(&[File::new("server/src/store/sqlite/journal.rs", bad)], &[]).len(), 0, "{bad}");
    }
    let column = "position bigint GENERATED ALWAYS AS IDENTITY, -- never xid8";
    assert_eq!(findings(&[File::new("server/migrations/postgres/0002_more.sql", column)], &[]).len(), 2);
    let fine = "// no LISTEN, no ON CONFLICT\nSELECT position FROM ledger_head FOR UPDATE";
    assert_eq!(findings(&[File::new("server/src/store/postgres/journal.rs", fine)], &[]).len(), 0);
    assert_eq!(findings(&[], &[("server/src/store/sheet.rs", "ON CONFLICT", "rows")]).len(), 1);
}

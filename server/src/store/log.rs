//! What is kept of the transparency log: tiles, the edge, heads of streams, checkpoints. Written once for both databases.
//!
//! A step of growth is one transaction behind the row that tells how far the tree has grown: of two processes that grow it, one is
//! turned away.

use std::collections::HashMap;

use chrono::{DateTime, SecondsFormat, Utc};
use projections::ports::StoreError;
use proofs::Hash;
use proofs::encoding::{base64, from_base64};
use proofs::hash::Sm3;
use proofs::heads::Head;
use proofs::tile::{self, Edge, Tile, WIDTH};
use proofs::tree::Frontier;

use super::generations::{Tries, Trouble, cell, number};
use super::reader::as_signed;
use super::sheet::each;
use super::sm3;
use super::sql::{Bind, Dialect, SheetDb, SheetTx};

/// Heads read at once.
const PAGE: usize = 5_000;
/// What keeps the two parts of a stream's key apart.
const BETWEEN: char = '/';

/// What a step adds to the tree.
#[derive(Debug, Default)]
pub struct Growth {
    /// Tiles that became full.
    pub full: Vec<(Tile, Vec<Hash>)>,
    /// Streams of members and units that went on, each once.
    pub heads: Vec<Head>,
    /// The second tree with the same leaves, where one is asked for.
    pub sm3: Option<Frontier<Sm3>>,
}

/// A published checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// Leaves of its tree.
    pub size: u64,
    /// The signed note, with its cosignatures.
    pub note: String,
}

/// The log in a database.
#[derive(Clone, Copy)]
pub struct LogStore<'a> {
    pub(super) db: &'a dyn SheetDb,
}

impl LogStore<'_> {
    /// The right edge of the tree, as far as it has grown.
    pub async fn edge(&self) -> Result<Edge, StoreError> {
        let sql = "SELECT CAST(t.size AS text), CAST(e.level AS text), e.hashes FROM log_tree t LEFT JOIN log_edge e ON true WHERE t.one = 1";
        let rows = self.db.read(sql, vec![]).await?;
        let size = rows.first().ok_or_else(|| damaged("log_tree is empty")).and_then(|row| number(row, 0))?;
        let mut partial = vec![vec![]; usize::from(Edge::levels(size))];
        for row in rows.iter().filter(|row| row.get(1).is_some_and(Option::is_some)) {
            let level = usize::try_from(number(row, 1)?).unwrap_or(usize::MAX);
            *partial.get_mut(level).ok_or_else(|| damaged("log_edge is higher than the tree"))? =
                hashes(cell(row, 2)?)?;
        }
        Edge::of(size, partial).ok_or_else(|| damaged("log_edge does not fit log_tree"))
    }

    /// Stores what was added to the tree since it had this size.
    pub async fn grow(&self, from: u64, edge: &Edge, growth: &Growth) -> Result<(), StoreError> {
        let mut tries = Tries::default();
        loop {
            let mut tx = self.db.begin().await?;
            let outcome = grow(tx.as_mut(), self.db.dialect(), from, edge, growth).await;
            if let Some(done) = tries.settle(tx, outcome).await {
                return done;
            }
        }
    }

    /// Forgets the tree, to be grown anew. Checkpoints stay: what was signed was signed.
    pub async fn clear(&self) -> Result<(), StoreError> {
        let mut tries = Tries::default();
        loop {
            let mut tx = self.db.begin().await?;
            let outcome = async {
                tx.run("UPDATE log_tree SET size = 0 WHERE one = 1", vec![]).await?;
                for table in ["log_tiles", "log_edge", "log_heads", "log_sm3"] {
                    tx.run(&format!("DELETE FROM {table}"), vec![]).await?;
                }
                Ok(())
            };
            let outcome = outcome.await;
            if let Some(done) = tries.settle(tx, outcome).await {
                return done;
            }
        }
    }

    /// The hashes of these tiles, each as wide as it is said to be: a partial tile is the beginning of what it has become. Those
    /// that have not grown are missing.
    pub async fn tiles(&self, tiles: &[Tile]) -> Result<HashMap<Tile, Vec<Hash>>, StoreError> {
        let mut found = HashMap::with_capacity(tiles.len());
        if tiles.is_empty() {
            return Ok(found);
        }
        let keys: Vec<String> = tiles.iter().map(key).collect();
        let dialect = self.db.dialect();
        // Of one snapshot: what leaves the edge is among the full ones.
        let sql = format!(
            "SELECT CAST(level AS text), CAST(tile AS text), hashes FROM log_tiles WHERE (level, tile) IN ({}) \
             UNION ALL SELECT CAST(e.level AS text), CAST((t.size >> CAST(8 * e.level AS integer)) / {WIDTH} AS text), e.hashes \
             FROM log_edge e JOIN log_tree t ON t.one = 1",
            wanted(dialect)
        );
        let mut kept: HashMap<(u64, u64), Vec<Hash>> = HashMap::new();
        for row in self.db.read(&sql, vec![Bind::Texts(keys)]).await? {
            kept.insert((number(&row, 0)?, number(&row, 1)?), hashes(cell(&row, 2)?)?);
        }
        for tile in tiles {
            let width = usize::try_from(tile.width).unwrap_or(usize::MAX);
            if let Some(hashes) =
                kept.get(&(u64::from(tile.level), tile.index)).and_then(|all| all.get(..width))
            {
                found.insert(*tile, hashes.to_vec());
            }
        }
        Ok(found)
    }

    /// Where these streams end in the tree; those that are not in it are missing.
    pub async fn heads(
        &self,
        streams: &[(&str, &str)],
    ) -> Result<HashMap<(String, String), Head>, StoreError> {
        if streams.is_empty() {
            return Ok(HashMap::new());
        }
        let keys = streams.iter().map(|(kind, id)| head_key(kind, id)).collect();
        let sql = format!(
            "SELECT key, CAST(sequence AS text), chain FROM log_heads WHERE key IN ({})",
            each(self.db.dialect())
        );
        let rows = self.db.read(&sql, vec![Bind::Texts(keys)]).await?;
        rows.iter()
            .map(|row| head(row, 0))
            .map(|head| head.map(|head| ((head.kind.clone(), head.id.clone()), head)))
            .collect()
    }

    /// All heads, and the size of the tree that they are of, in one snapshot.
    pub async fn all_heads(&self) -> Result<(u64, Vec<Head>), StoreError> {
        let (mut heads, mut size, mut after): (Vec<Head>, Option<u64>, String) =
            (vec![], None, String::new());
        loop {
            let sql = format!(
                "SELECT CAST(t.size AS text), h.key, CAST(h.sequence AS text), h.chain FROM log_tree t \
                 LEFT JOIN (SELECT key, sequence, chain FROM log_heads WHERE key > $1 ORDER BY key LIMIT {PAGE}) h ON true WHERE t.one = 1 ORDER BY h.key"
            );
            let rows = self.db.read(&sql, vec![Bind::Text(after.clone())]).await?;
            let now =
                rows.first().ok_or_else(|| damaged("log_tree is empty")).and_then(|row| number(row, 0))?;
            if size.replace(now).is_some_and(|before| before != now) {
                // It has grown between two pages: from the beginning.
                (heads, after) = (vec![], String::new());
                continue;
            }
            let page: Vec<Head> = rows
                .iter()
                .filter(|row| row.get(1).is_some_and(Option::is_some))
                .map(|row| head(row, 1))
                .collect::<Result<_, _>>()?;
            let is_last = page.len() < PAGE;
            after = page.last().map(|head| head_key(&head.kind, &head.id)).unwrap_or_default();
            heads.extend(page);
            if is_last {
                return Ok((now, heads));
            }
        }
    }

    /// Keeps a checkpoint; one of the same size is replaced: it may have more cosignatures now.
    pub async fn publish(&self, published: &Published, at: DateTime<Utc>) -> Result<(), StoreError> {
        let mut tries = Tries::default();
        loop {
            let mut tx = self.db.begin().await?;
            let outcome = publish(tx.as_mut(), self.db.dialect(), published, at).await;
            if let Some(done) = tries.settle(tx, outcome).await {
                return done;
            }
        }
    }

    /// The newest checkpoint.
    pub async fn latest(&self) -> Result<Option<Published>, StoreError> {
        self.published("ORDER BY size DESC LIMIT 1", vec![]).await
    }

    /// When the checkpoint of this size was published.
    pub async fn published_at(&self, size: u64) -> Result<Option<DateTime<Utc>>, StoreError> {
        let sql = "SELECT CAST(published_at AS text) FROM log_checkpoints WHERE size = $1";
        let rows = self.db.read(sql, vec![Bind::Number(as_signed(size))]).await?;
        rows.first()
            .map(|row| {
                // PostgreSQL writes a blank before the time of day, and of the zone its hours only.
                let text = cell(row, 0)?;
                let read = DateTime::parse_from_rfc3339(text)
                    .or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f%#z"));
                read.map(|at| at.to_utc()).map_err(|error| damaged(&format!("a checkpoint's time: {error}")))
            })
            .transpose()
    }

    /// The first checkpoint that the event at this position is in.
    pub async fn first_with(&self, position: u64) -> Result<Option<Published>, StoreError> {
        let binds = vec![Bind::Number(as_signed(position))];
        self.published("WHERE size >= $1 ORDER BY size LIMIT 1", binds).await
    }

    /// All checkpoints by size, a page of at most so many at a time.
    pub async fn checkpoints(&self, after: Option<u64>, limit: usize) -> Result<Vec<Published>, StoreError> {
        let after = after.map_or(-1, as_signed);
        let sql = format!(
            "SELECT CAST(size AS text), note FROM log_checkpoints WHERE size > $1 ORDER BY size LIMIT {limit}"
        );
        let rows = self.db.read(&sql, vec![Bind::Number(after)]).await?;
        rows.iter()
            .map(|row| Ok(Published { size: number(row, 0)?, note: cell(row, 1)?.to_owned() }))
            .collect()
    }

    async fn published(&self, which: &str, binds: Vec<Bind>) -> Result<Option<Published>, StoreError> {
        let sql = format!("SELECT CAST(size AS text), note FROM log_checkpoints {which}");
        let rows = self.db.read(&sql, binds).await?;
        rows.first()
            .map(|row| Ok(Published { size: number(row, 0)?, note: cell(row, 1)?.to_owned() }))
            .transpose()
    }
}

async fn grow(
    tx: &mut dyn SheetTx,
    dialect: Dialect,
    from: u64,
    edge: &Edge,
    growth: &Growth,
) -> Result<(), Trouble> {
    // Not beyond the journal either: a database that failed over may lack what was committed to the one before.
    let moved = "UPDATE log_tree SET size = $1 WHERE one = 1 AND size = $2 \
         AND (SELECT position FROM ledger_head WHERE one = 1) >= $1 RETURNING CAST(size AS text)";
    let sizes = vec![Bind::Number(as_signed(edge.size())), Bind::Number(as_signed(from))];
    if tx.run(moved, sizes).await?.is_empty() {
        return Err(StoreError::Fenced("the log".to_owned()).into());
    }
    if let Some(tree) = &growth.sm3 {
        sm3::put(tx, from, tree).await?;
    }
    let tiles: Vec<[String; 3]> = growth
        .full
        .iter()
        .map(|(tile, hashes)| [tile.level.to_string(), tile.index.to_string(), text(hashes)])
        .collect();
    insert(tx, dialect, "log_tiles", [("level", "smallint"), ("tile", "bigint"), ("hashes", "text")], &tiles)
        .await?;
    tx.run("DELETE FROM log_edge", vec![]).await?;
    let partial: Vec<[String; 2]> =
        edge.tiles().map(|(tile, hashes)| [tile.level.to_string(), text(hashes)]).collect();
    insert(tx, dialect, "log_edge", [("level", "smallint"), ("hashes", "text")], &partial).await?;
    let heads: Vec<[String; 3]> = growth
        .heads
        .iter()
        .map(|head| [head_key(&head.kind, &head.id), head.sequence.to_string(), head.chain.to_string()])
        .collect();
    if !heads.is_empty() {
        let keys = heads.iter().map(|[key, ..]| key.clone()).collect();
        tx.run(&format!("DELETE FROM log_heads WHERE key IN ({})", each(dialect)), vec![Bind::Texts(keys)])
            .await?;
    }
    insert(tx, dialect, "log_heads", [("key", "text"), ("sequence", "bigint"), ("chain", "text")], &heads)
        .await
}

async fn publish(
    tx: &mut dyn SheetTx,
    dialect: Dialect,
    published: &Published,
    at: DateTime<Utc>,
) -> Result<(), Trouble> {
    tx.run("DELETE FROM log_checkpoints WHERE size = $1", vec![Bind::Number(as_signed(published.size))])
        .await?;
    let at = at.to_rfc3339_opts(SecondsFormat::Micros, true);
    let row = [published.size.to_string(), published.note.clone(), at];
    insert(
        tx,
        dialect,
        "log_checkpoints",
        [("size", "bigint"), ("note", "text"), ("published_at", "timestamptz")],
        &[row],
    )
    .await
}

/// Inserts rows of texts in one statement, each column as what PostgreSQL calls its type. SQLite makes numbers of texts where a
/// column is one.
async fn insert<const N: usize>(
    tx: &mut dyn SheetTx,
    dialect: Dialect,
    table: &str,
    columns: [(&str, &str); N],
    rows: &[[String; N]],
) -> Result<(), Trouble> {
    if rows.is_empty() {
        return Ok(());
    }
    let names = columns.map(|(name, _)| name).join(", ");
    let (source, binds) = match dialect {
        Dialect::Postgres => {
            let values = columns.map(|(name, kind)| format!("{name}::{kind}")).join(", ");
            let arrays = (1..=N).map(|number| format!("${number}::text[]")).collect::<Vec<_>>().join(", ");
            let binds = (0..N)
                .map(|column| Bind::Texts(rows.iter().map(|row| row[column].clone()).collect()))
                .collect();
            (format!("SELECT {values} FROM unnest({arrays}) AS new({names})"), binds)
        }
        Dialect::Sqlite => {
            let values = columns.map(|(name, kind)| {
                let place = columns.iter().position(|column| column.0 == name).unwrap_or_default();
                let kind = if matches!(kind, "smallint" | "bigint") { "integer" } else { "text" };
                format!("CAST(value ->> {place} AS {kind})")
            });
            let rows = rows.iter().map(|row| serde_json::to_string(&row[..]));
            let rows: Vec<String> =
                rows.collect::<Result<_, _>>().map_err(|error| StoreError::Misused(error.to_string()))?;
            (
                format!("SELECT {} FROM json_each($1)", values.join(", ")),
                vec![Bind::Text(format!("[{}]", rows.join(",")))],
            )
        }
    };
    tx.run(&format!("INSERT INTO {table} ({names}) {source}"), binds).await?;
    Ok(())
}

/// Level and number of the tiles asked for, out of the texts of the first parameter.
fn wanted(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Postgres => {
            "SELECT split_part(wanted, '/', 1)::smallint, split_part(wanted, '/', 2)::bigint FROM unnest($1::text[]) AS one(wanted)"
        }
        Dialect::Sqlite => {
            "SELECT CAST(substr(value, 1, instr(value, '/') - 1) AS integer), CAST(substr(value, instr(value, '/') + 1) AS integer) FROM json_each($1)"
        }
    }
}

fn key(tile: &Tile) -> String {
    format!("{}/{}", tile.level, tile.index)
}

fn head_key(kind: &str, id: &str) -> String {
    format!("{kind}{BETWEEN}{id}")
}

/// Three columns from this one on.
fn head(row: &super::sql::Cells, from: usize) -> Result<Head, StoreError> {
    let (kind, id) = cell(row, from)?.split_once(BETWEEN).ok_or_else(|| damaged("a head has no kind"))?;
    let chain = Hash::parse(cell(row, from + 2)?).ok_or_else(|| damaged("a chain is not a hash"))?;
    Ok(Head { kind: kind.to_owned(), id: id.to_owned(), sequence: number(row, from + 1)?, chain })
}

pub(super) fn text(hashes: &[Hash]) -> String {
    base64(&tile::bytes(hashes))
}

pub(super) fn hashes(text: &str) -> Result<Vec<Hash>, StoreError> {
    from_base64(text)
        .as_deref()
        .and_then(tile::hashes)
        .ok_or_else(|| damaged("a tile is not hashes in Base 64"))
}

pub(super) fn damaged(what: &str) -> StoreError {
    StoreError::Damaged(format!("the log: {what}"))
}

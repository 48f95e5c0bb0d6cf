//! Synchronous standbys: what was committed and is visible here may still be on no other machine.
//!
//! PostgreSQL makes a commit visible when its wait for the standby was cancelled, or when the server restarted during it, and
//! answers the cancelled one as done, with no more than a warning. Told as stored, it would be lost with this machine.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use projections::ports::StoreError;
use sqlx::Executor;
use sqlx::postgres::{PgConnection, PgPool};
use tokio::time::timeout;
use tracing::instrument::WithSubscriber;
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::Interest;
use tracing::{Dispatch, Event, Level, Metadata, Subscriber};

/// Whether commits wait for a standby; false on engines that know no such setting.
pub(super) const AWAITED: &str = "coalesce(current_setting('synchronous_standby_names', true), '') <> ''";
/// The smallest thing that a commit has to bring to the standbys; with it goes everything before it.
const MARK: &str = "SELECT pg_logical_emit_message(true, 'baodao', '')";
/// How long a standby may take.
const PROOF: Duration = Duration::from_secs(4);
/// Where sqlx tells the server's notices; it offers no other way to them.
const NOTICES: &str = "sqlx::postgres::notice";

/// Has the commit of this transaction wait for the standbys, if commits do, although it changes nothing.
pub(super) async fn mark(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    if sqlx::query_scalar(&format!("SELECT {AWAITED}")).fetch_one(&mut *connection).await? {
        connection.execute("SET LOCAL synchronous_commit = on").await?;
        connection.execute(MARK).await?;
    }
    Ok(())
}

/// What was seen is from now on as safe as a commit would make it.
pub(super) async fn confirm(pool: &PgPool) -> Result<(), StoreError> {
    let mut connection = pool.acquire().await.map_err(|error| StoreError::Unavailable(error.to_string()))?;
    let (outcome, warned) = warned(timeout(PROOF, commit_mark(&mut connection))).await;
    let reason = match outcome {
        Ok(Ok(())) if !warned => return Ok(()),
        Ok(Err(error)) => error.to_string(),
        Ok(Ok(())) | Err(_) => "no standby has it yet".to_owned(),
    };
    // Whatever it is in the middle of, nobody else may get it.
    drop(connection.detach());
    Err(StoreError::Unavailable(reason))
}

async fn commit_mark(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    connection.execute("BEGIN").await?;
    mark(connection).await?;
    connection.execute("COMMIT").await.map(drop)
}

/// Does the work, and tells whether the server warned of something meanwhile.
pub(super) async fn warned<T>(work: impl Future<Output = T>) -> (T, bool) {
    let heard = Arc::new(AtomicBool::new(false));
    let outcome = work.with_subscriber(Dispatch::new(Listener(Arc::clone(&heard)))).await;
    (outcome, heard.load(Ordering::Relaxed))
}

/// Hears warnings of the server, and passes nothing on: what was heard is told by who listens.
struct Listener(Arc<AtomicBool>);

impl Subscriber for Listener {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        if self.enabled(metadata) { Interest::sometimes() } else { Interest::never() }
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == NOTICES && *metadata.level() <= Level::WARN
    }

    fn event(&self, _event: &Event<'_>) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn new_span(&self, _attributes: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _span: &Id, _values: &Record<'_>) {}

    fn record_follows_from(&self, _span: &Id, _follows: &Id) {}

    fn enter(&self, _span: &Id) {}

    fn exit(&self, _span: &Id) {}
}

//! Publishing the map of heads (透明日志).

use aggregates::log::{Log, STREAM};
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// Records the root of the map of heads: where each stream of a member or unit ended at a position. Only the house itself does.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PublishHeads {
    /// Events that the map is of: all up to this position.
    pub size: u64,
    /// How many streams are in it.
    pub streams: u64,
    /// Its root, 32 bytes in Base 64.
    pub root: String,
}

#[async_trait]
impl Command for PublishHeads {
    const NAME: &'static str = "publish-heads";
    const TITLE: &'static str = "公布流水映射";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let at = sitting.at()?;
        let log = sitting.open::<Log>(STREAM).await?;
        let Self { size, streams, root } = self.clone();
        sitting.record(log, move |log| log.publish_heads(size, streams, &root, &at)).await?;
        Ok(())
    }
}

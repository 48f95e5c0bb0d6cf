//! Appeal (E6).

use aggregates::ids::{MemberId, Term};
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble, points};

/// The member appeals in person against a record of misconduct, or against the year's disqualification (E6).
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FileAppeal {
    /// The member.
    pub member: MemberId,
    /// The year appealed about.
    pub year: i32,
    /// The record; absent for the disqualification itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<Term>,
}

#[async_trait]
impl Command for FileAppeal {
    const NAME: &'static str = "file-appeal";
    const TITLE: &'static str = "提出申诉";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let at = sitting.at()?;
        let it = self.clone();
        points::on_member(sitting, &self.member, move |member| {
            member.appeal(&it.member, it.year, it.case.as_ref(), &at)
        })
        .await?;
        Ok(())
    }
}

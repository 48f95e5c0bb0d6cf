//! Deciding an appeal (E6).

use aggregates::ids::{MemberId, Term};
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble, points};

/// A human decides an appeal: neither the member nor whoever made the decision appealed against (E6).
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DecideAppeal {
    /// The member.
    pub member: MemberId,
    /// The year appealed about.
    pub year: i32,
    /// The record; absent for the disqualification itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<Term>,
    /// Whether the appeal is upheld.
    pub upheld: bool,
}

#[async_trait]
impl Command for DecideAppeal {
    const NAME: &'static str = "decide-appeal";
    const TITLE: &'static str = "审理申诉";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let at = sitting.at()?;
        let it = self.clone();
        points::on_member(sitting, &self.member, move |member| {
            member.decide_appeal(&it.member, it.year, it.case.as_ref(), it.upheld, &at)
        })
        .await?;
        Ok(())
    }
}

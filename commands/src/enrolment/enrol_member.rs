//! Entering a member (A1).

use aggregates::SubjectKind;
use aggregates::ids::{MemberId, Term, UnitId};
use aggregates::member::{Member, MemberRank};
use aggregates::unit::Unit;
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::command::{AnyCommand, told};
use crate::person::keep;
use crate::personal::Line;
use crate::service::of;
use crate::vault::Whose;
use crate::{Command, Sitting, Trouble};

/// Enters a member in a unit's ledger (A1).
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EnrolMember {
    /// The member: opaque.
    pub member: MemberId,
    /// The unit.
    pub unit: UnitId,
    /// The rank.
    pub rank: MemberRank,
    /// Categories of service the member is good at (C6).
    #[serde(default)]
    pub skills: Vec<Term>,
    /// The member's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Line>,
    /// The member's telephone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<Line>,
}

#[async_trait]
impl Command for EnrolMember {
    const NAME: &'static str = "enrol-member";
    const TITLE: &'static str = "登记成员";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let unit = sitting.look::<Unit>(self.unit.as_str()).await?;
        unit.must_be_enrolled(&self.unit)?;
        let division = unit.division().cloned().unwrap_or_default();
        let at = sitting.at()?;
        let member = sitting.open::<Member>(self.member.as_str()).await?;
        let it = self.clone();
        sitting
            .record(member, move |member| {
                member.enrol(&it.member, (&it.unit, &division), it.rank, &it.skills, &at)
            })
            .await?;
        if self.is_personal() {
            keep(sitting, &of(SubjectKind::Member, &self.member)?).await?;
        }
        Ok(())
    }

    fn personal(&self) -> Vec<(&'static str, &str)> {
        told([
            ("name", self.name.as_ref().map(Line::as_str)),
            ("phone", self.phone.as_ref().map(Line::as_str)),
        ])
    }

    async fn whose(&self, _: &mut Sitting<'_>) -> Result<Whose, Trouble> {
        Ok(of(SubjectKind::Member, &self.member)?.into())
    }
}

//! Keeping details of a person.

use aggregates::ids::ActorId;
use aggregates::{Subject, SubjectKind};
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::keep;
use crate::command::told;
use crate::personal::Line;
use crate::vault::Whose;
use crate::{Command, Sitting, Trouble};

/// Keeps name, telephone number or address of a member, resident or worker, in place of what was kept before.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KeepDetails {
    /// What sort of person.
    pub kind: SubjectKind,
    /// Opaque.
    pub id: ActorId,
    /// The name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Line>,
    /// The telephone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<Line>,
    /// The address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<Line>,
}

impl KeepDetails {
    fn subject(&self) -> Subject {
        Subject { kind: self.kind, id: self.id.clone() }
    }
}

#[async_trait]
impl Command for KeepDetails {
    const NAME: &'static str = "keep-details";
    const TITLE: &'static str = "登记个人信息";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        keep(sitting, &self.subject()).await
    }

    fn personal(&self) -> Vec<(&'static str, &str)> {
        told([
            ("name", self.name.as_ref().map(Line::as_str)),
            ("phone", self.phone.as_ref().map(Line::as_str)),
            ("address", self.address.as_ref().map(Line::as_str)),
        ])
    }

    async fn whose(&self, _: &mut Sitting<'_>) -> Result<Whose, Trouble> {
        Ok(self.subject().into())
    }
}

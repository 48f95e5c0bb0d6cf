//! The script of a demonstration: commands with their business time and actor, in the order in which they happen.

use aggregates::circumstance::{Actor, Role};
use aggregates::ids::ActorId;
use aggregates::when::Moment;
use anyhow::Context;
use commands::{Envelope, Submission, registry};
use serde_json::Value;
use uuid::Uuid;

/// One command of the script.
#[derive(Debug, Clone)]
pub struct Step {
    /// Business time.
    pub at: Moment,
    /// Who acts.
    pub role: Role,
    /// Opaque id of who acts.
    pub actor: String,
    /// The division on whose behalf, for those who act for one.
    pub organisation: Option<String>,
    /// Kebab-case name.
    pub command: &'static str,
    /// Its input.
    pub body: Value,
    /// Set where the rules are meant to refuse it: the demonstration shows that they do.
    pub meant_to_be_refused: bool,
}

impl Step {
    /// A step by the community's workers.
    pub fn community(at: Moment, command: &'static str, body: Value) -> Self {
        Self::by(at, Role::CommunityWorker, "w-demo", command, body)
    }

    /// A step by the organisation department of a division.
    pub fn department(at: Moment, division: &str, command: &'static str, body: Value) -> Self {
        let step = Self::by(at, Role::OrganisationDepartment, "o-demo", command, body);
        Self { organisation: Some(division.to_owned()), ..step }
    }

    /// A step by a member.
    pub fn member(at: Moment, member: &str, command: &'static str, body: Value) -> Self {
        Self::by(at, Role::Member, member, command, body)
    }

    /// A step by a unit's party organisation.
    pub fn unit(at: Moment, unit: &str, command: &'static str, body: Value) -> Self {
        let step = Self::by(at, Role::Unit, unit, command, body);
        Self { organisation: Some(unit.to_owned()), ..step }
    }

    /// A step by a resident.
    pub fn resident(at: Moment, resident: &str, command: &'static str, body: Value) -> Self {
        Self::by(at, Role::Resident, resident, command, body)
    }

    fn by(at: Moment, role: Role, actor: &str, command: &'static str, body: Value) -> Self {
        Self {
            at,
            role,
            actor: actor.to_owned(),
            organisation: None,
            command,
            body,
            meant_to_be_refused: false,
        }
    }

    /// The same step, meant to be refused.
    pub fn refused(mut self) -> Self {
        self.meant_to_be_refused = true;
        self
    }

    /// The step as a submission. Its command id derives from the seed and its place in the script.
    pub fn submission(&self, seed: u64, place: u64) -> anyhow::Result<Submission> {
        let mut name = seed.to_be_bytes().to_vec();
        name.extend(place.to_be_bytes());
        let command = registry::parse(self.command, &self.body.to_string())
            .with_context(|| format!("step {place}: {} {}", self.command, self.body))?;
        let actor = Actor {
            id: ActorId::new(&self.actor)?,
            role: self.role,
            organisation: self.organisation.clone(),
        };
        let envelope = Envelope {
            command_id: Uuid::new_v5(&Uuid::NAMESPACE_OID, &name),
            at: Some(self.at),
            ..Envelope::new(actor)
        };
        Ok(Submission { envelope, command })
    }
}

//! A row of the figures of demands, services and visits.

use std::collections::BTreeMap;

use aggregates::demand::{Channel, DemandKind, ServiceForm};
use aggregates::household::FiveHundreds;
use aggregates::member::VisitKind;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The figures of one division in one month. Each fact counts in the month of its business time. Percentages are rounded
/// to whole ones, and absent where there is nothing to divide by.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ServiceFiguresRow {
    /// Code of the division.
    pub division: String,
    /// `prefecture`, `county`, `street` or `community`.
    pub level: String,
    /// `2026-03`.
    pub month: String,
    /// Demands placed.
    pub placed: u32,
    /// Demands placed, by kind.
    pub kinds: BTreeMap<DemandKind, u32>,
    /// Demands placed, by channel (C10).
    pub channels: Vec<ChannelShare>,
    /// Demands screened for members' service.
    pub screened: u32,
    /// Demands referred to the body whose duty they are (C3).
    pub referred: u32,
    /// Demands published for claims.
    pub published: u32,
    /// Claims by members (C2).
    pub claimed_by_members: u32,
    /// Claims by units (C2).
    pub claimed_by_units: u32,
    /// Claims and accepted dispatches given back, and claims lapsed.
    pub given_back: u32,
    /// Dispatches of voluntary service.
    pub dispatched_voluntary: u32,
    /// Dispatches of duty.
    pub dispatched_duty: u32,
    /// Dispatches accepted.
    pub accepted: u32,
    /// Dispatches of voluntary service declined: a figure of the offer, held against nobody.
    pub declined_voluntary: u32,
    /// Dispatches of duty declined.
    pub declined_duty: u32,
    /// Dispatches not answered in time.
    pub unanswered: u32,
    /// Demands that a taker said are another body's duty (C3).
    pub disputed: u32,
    /// Completions.
    pub completed: u32,
    /// Completions that had a deadline.
    pub completed_with_deadline: u32,
    /// Of these, completions in time (C11).
    pub completed_on_time: u32,
    /// Of completions with a deadline, so many percent in time (C11).
    pub on_time_percent: Option<u32>,
    /// Completions by form of service (C14).
    pub forms: BTreeMap<ServiceForm, u32>,
    /// Members' services in these completions.
    pub services: u32,
    /// Minutes of voluntary service.
    pub voluntary_minutes: u64,
    /// Minutes of service on duty.
    pub duty_minutes: u64,
    /// Ratings.
    pub rated: u32,
    /// Ratings above the line of satisfaction.
    pub satisfied: u32,
    /// Of ratings, so many percent satisfied.
    pub satisfied_percent: Option<u32>,
    /// Demands reopened.
    pub reopened: u32,
    /// Demands closed as solved without a service (C12).
    pub closed_solved: u32,
    /// Demands closed unsolved.
    pub closed_unsolved: u32,
    /// Demands withdrawn.
    pub withdrawn: u32,
    /// Deadlines extended (C11).
    pub extended: u32,
    /// Wishes posted (C2).
    pub wishes: u32,
    /// Wishes fulfilled, less those reopened (C2).
    pub wishes_fulfilled: i64,
    /// Issues and petitions collected (C12).
    pub issues: u32,
    /// Issues and petitions solved, less those reopened (C12).
    pub issues_solved: i64,
    /// Departments called by whistle (F15).
    pub whistled: u32,
    /// Departments that answered (F15).
    pub answered: u32,
    /// Departments that answered in time (F15).
    pub answered_on_time: u32,
    /// Of departments called, so many percent answered (F15).
    pub answer_percent: Option<u32>,
    /// Pairs formed (C8).
    pub pairs_formed: u32,
    /// Pairs ended.
    pub pairs_ended: u32,
    /// Visits asked for (C9).
    pub visits_requested: u32,
    /// Visits made (C9, C12).
    pub visits: u32,
    /// Visits made, by occasion (C9).
    pub visit_kinds: BTreeMap<VisitKind, u32>,
    /// Visits made, by the «五百» service noted (C13).
    pub five_hundreds: BTreeMap<FiveHundreds, u32>,
}

/// A channel's part of the demands placed (C10).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ChannelShare {
    /// The channel.
    pub channel: Channel,
    /// Demands that came by it.
    pub placed: u32,
    /// Percent of all.
    pub percent: u32,
}

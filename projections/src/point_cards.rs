//! Point cards (积分卡) of members and units by year: base + lines, each with its event and clause (D1, C5).

use aggregates::member::MemberEvent;
use aggregates::points::{Filing, Opening, PointLine, Reversal, Work};
use aggregates::unit::UnitEvent;
use aggregates::{LedgerEvent, Recorded};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smol_str::{SmolStr, format_smolstr};

use crate::projection::Projection;

/// A card.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PointCard {
    /// `member` or `unit`.
    pub holder_kind: String,
    /// The holder's id.
    pub holder: String,
    /// The year.
    pub year: i32,
    /// Points that the card opened with.
    pub base: i64,
    /// It never shows less.
    pub floor: i64,
    /// It never shows more.
    pub cap: Option<i64>,
    /// Sum of the lines that add and stand.
    pub awarded: i64,
    /// Sum of the lines that take and stand, as a positive number.
    pub deducted: i64,
    /// Base + awarded − deducted, within floor and cap.
    pub total: i64,
    /// Part of the standing lines that comes from duty; the rest is voluntary service.
    pub duty_points: i64,
    /// Part of the standing lines that comes from voluntary service.
    pub voluntary_points: i64,
    /// `name@version` of the policy that the card opened under.
    pub policy: String,
    /// The event that opened it.
    pub opened_at_position: u64,
    /// The event that closed the year with its feedback card (D2); from then on two people are needed for a correction.
    pub closed_at_position: Option<u64>,
    /// Every line.
    pub lines: Vec<CardLine>,
}

/// A line with the event and the clause behind it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CardLine {
    /// `2026-1` …
    pub line: String,
    /// Added, or taken when negative.
    pub points: i64,
    /// The clause of the policy.
    pub clause: String,
    /// `name@version` of the policy.
    pub policy: String,
    /// Duty or voluntary service.
    pub work: Work,
    /// The community that gave it.
    pub community: String,
    /// The demand behind it.
    pub demand: Option<String>,
    /// On a member's card: the unit whose card shares in it.
    pub shared_with: Option<String>,
    /// On a unit's card: the member and line that it is a share of, as `m-1/2026-3`.
    pub share_of: Option<String>,
    /// Business time.
    pub occurred_at: String,
    /// The event behind it.
    pub position: u64,
    /// The event that took it back.
    pub reversed_at_position: Option<u64>,
    /// Whether it was recorded late, with a second approver.
    pub backfilled: bool,
}

/// The projection.
pub struct PointCards;

enum Change<'a> {
    Open(&'a Opening),
    Add(&'a PointLine),
    TakeBack(&'a Reversal),
    Close(&'a Filing),
}

fn change(event: &LedgerEvent) -> Option<(&'static str, i32, Change<'_>)> {
    let (kind, change) = match event {
        LedgerEvent::Member(MemberEvent::CardOpened { opening }) => ("member", Change::Open(opening)),
        LedgerEvent::Unit(UnitEvent::CardOpened { opening }) => ("unit", Change::Open(opening)),
        LedgerEvent::Member(MemberEvent::PointsAwarded { line } | MemberEvent::PointsDeducted { line }) => {
            ("member", Change::Add(line))
        }
        LedgerEvent::Unit(UnitEvent::PointsAwarded { line } | UnitEvent::PointsDeducted { line }) => {
            ("unit", Change::Add(line))
        }
        LedgerEvent::Member(MemberEvent::PointsReversed { reversal }) => {
            ("member", Change::TakeBack(reversal))
        }
        LedgerEvent::Unit(UnitEvent::PointsReversed { reversal }) => ("unit", Change::TakeBack(reversal)),
        LedgerEvent::Member(MemberEvent::YearClosed { filing }) => ("member", Change::Close(filing)),
        LedgerEvent::Unit(UnitEvent::YearClosed { filing }) => ("unit", Change::Close(filing)),
        _ => return None,
    };
    let year = match &change {
        Change::Open(opening) => opening.year,
        Change::Add(line) => line.year,
        Change::TakeBack(reversal) => reversal.year,
        Change::Close(filing) => filing.year,
    };
    Some((kind, year, change))
}

impl PointCard {
    /// Counts a line that stands (sign 1), or one that was taken back (sign -1).
    fn count(&mut self, points: i64, work: Work, sign: i64) {
        if points > 0 {
            self.awarded += sign * points;
        } else {
            self.deducted -= sign * points;
        }
        match work {
            Work::Duty => self.duty_points += sign * points,
            Work::Voluntary => self.voluntary_points += sign * points,
        }
    }

    fn add_up(&mut self) {
        let total = self.base + self.awarded - self.deducted;
        self.total = self.cap.map_or(total, |cap| total.min(cap)).max(self.floor);
    }
}

impl Projection for PointCards {
    const NAME: &'static str = "point_cards";
    const VERSION: u32 = 1;
    const RESOURCE: Option<&'static str> = Some("point-cards");
    // No column of the total: rows sorted by it would be a leaderboard, which the national limits forbid (design §6).
    const COLUMNS: &'static [&'static str] = &["holder_kind", "holder", "year"];
    type Row = PointCard;

    fn keys(event: &Recorded) -> Vec<SmolStr> {
        change(&event.event)
            .map(|(kind, year, _)| format_smolstr!("{kind}/{}/{year}", event.stream_id))
            .into_iter()
            .collect()
    }

    fn fold(_key: &str, row: &mut PointCard, event: &Recorded) {
        let Some((kind, year, change)) = change(&event.event) else { return };
        kind.clone_into(&mut row.holder_kind);
        event.stream_id.as_str().clone_into(&mut row.holder);
        row.year = year;
        match change {
            Change::Open(opening) => {
                row.base = opening.base;
                row.floor = opening.floor;
                row.cap = opening.cap;
                row.policy.clone_from(&opening.policy);
                row.opened_at_position = event.position;
            }
            Change::Add(line) => {
                row.count(line.points, line.work, 1);
                row.lines.push(CardLine {
                    line: line.line.to_string(),
                    points: line.points,
                    clause: line.clause.to_string(),
                    policy: line.policy.clone(),
                    work: line.work,
                    community: line.community.to_string(),
                    demand: line.demand.as_ref().map(ToString::to_string),
                    shared_with: line.shared_with.as_ref().map(ToString::to_string),
                    share_of: line.share_of.as_ref().map(|share| format!("{}/{}", share.member, share.line)),
                    occurred_at: event.meta.occurred_at.to_rfc3339(),
                    position: event.position,
                    reversed_at_position: None,
                    backfilled: event.meta.approved_by.is_some(),
                });
            }
            Change::TakeBack(reversal) => {
                let name = reversal.line.as_str();
                let standing =
                    |line: &&mut CardLine| line.line == name && line.reversed_at_position.is_none();
                if let Some(line) = row.lines.iter_mut().find(standing) {
                    line.reversed_at_position = Some(event.position);
                    let (points, work) = (line.points, line.work);
                    row.count(points, work, -1);
                }
            }
            Change::Close(_) => row.closed_at_position = Some(event.position),
        }
        row.add_up();
    }

    fn columns(_key: &str, row: &PointCard) -> Vec<Option<String>> {
        vec![Some(row.holder_kind.clone()), Some(row.holder.clone()), Some(row.year.to_string())]
    }

    fn streams(key: &str) -> Option<Vec<(&'static str, String)>> {
        let (kind, rest) = key.split_once('/')?;
        let (holder, _) = rest.rsplit_once('/')?;
        let kind = if kind == "member" { "member" } else { "unit" };
        Some(vec![(kind, holder.to_owned())])
    }
}

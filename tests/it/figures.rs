//! Figures folded from facts, against a plain count of the members that those facts make.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use aggregates::circumstance::{Actor, Circumstance, Role};
use aggregates::decider::Decision;
use aggregates::ids::{CommunityCode, EstateId, MemberId, UnitId};
use aggregates::member::{
    DwellingKind, ExclusionReason, LedgerKind, Member, MemberEvent, MemberRank, MemberStatus,
};
use aggregates::policy::{Policy, ReportKind, preset};
use aggregates::{Decider, LedgerEvent, Meta, Recorded, when};
use chrono::{Days, NaiveDate, NaiveTime, TimeDelta};
use projections::{Coverage, Members, Projection, ReportCoverage, ResidenceLedger, ResidenceLedgerRow};
use proptest::prelude::*;
use smol_str::ToSmolStr;
use uuid::Uuid;

const UNITS: [&str; 2] = ["u-1", "u-2"];
const COMMUNITIES: [&str; 3] = ["520201016001", "520201016002", "520203001001"];
const MEMBERS: usize = 4;

static POLICY: LazyLock<Policy> = LazyLock::new(|| preset("liupanshui").unwrap());

/// One of the acts that change a standing; those that are refused change nothing.
#[derive(Debug, Clone)]
enum Act {
    Enrol { unit: usize },
    Transfer { from: usize, to: usize },
    Retire,
    Exclude { in_days: u64, for_days: Option<u64> },
    Reinstate,
    Turn,
    Live { community: usize, estate: Option<usize> },
    ReportAtUnit { community: usize },
    ReportAtHome,
}

fn acts() -> impl Strategy<Value = Vec<(usize, Act, u64)>> {
    let act = prop_oneof![
        3 => (0..2usize).prop_map(|unit| Act::Enrol { unit }),
        2 => (0..2usize, 0..2usize).prop_map(|(from, to)| Act::Transfer { from, to }),
        1 => Just(Act::Retire),
        3 => (0..5u64, proptest::option::of(0..20u64))
            .prop_map(|(in_days, for_days)| Act::Exclude { in_days, for_days }),
        2 => Just(Act::Reinstate),
        3 => Just(Act::Turn),
        4 => (0..3usize, proptest::option::of(0..2usize))
            .prop_map(|(community, estate)| Act::Live { community, estate }),
        4 => (0..3usize).prop_map(|community| Act::ReportAtUnit { community }),
        4 => Just(Act::ReportAtHome),
    ];
    proptest::collection::vec((0..MEMBERS, act, 0..9u64), 1..60)
}

fn at(day: NaiveDate) -> Circumstance {
    let moment = when::moment(day, NaiveTime::from_hms_opt(9, 0, 0).unwrap());
    Circumstance {
        at: moment,
        now: moment,
        actor: Actor { id: "w-1".parse().unwrap(), role: Role::CommunityWorker, organisation: None },
        policy: POLICY.clone().into(),
        catalogue: std::sync::Arc::default(),
        approved_by: None,
        reason: None,
    }
}

fn decide(member: &Member, id: &MemberId, act: &Act, day: NaiveDate) -> Decision<Member> {
    let at = at(day);
    let unit = |n: usize| UnitId::new(UNITS[n]).unwrap();
    let community = |n: usize| CommunityCode::new(COMMUNITIES[n]).unwrap();
    let on = |days: u64| day.checked_add_days(Days::new(days)).unwrap();
    match act {
        Act::Enrol { unit: n } => {
            member.enrol(id, (&unit(*n), &"520201".parse().unwrap()), MemberRank::RegularCadre, &[], &at)
        }
        Act::Transfer { from, to } => member.transfer(id, &unit(*from), &unit(*to), day, &at),
        Act::Retire => member.retire(id, day, &at),
        Act::Exclude { in_days, for_days } => {
            let until = for_days.map(|days| on(in_days + days));
            member.exclude(id, ExclusionReason::VillageAid, on(*in_days), until, &at)
        }
        Act::Reinstate => member.reinstate(id, day, &at),
        Act::Turn => member.turn(&at),
        Act::Live { community: n, estate } => {
            let kind = if estate.is_some() { DwellingKind::LargeEstate } else { DwellingKind::SelfBuilt };
            let estate = estate.map(|estate| EstateId::new(format!("e-{estate}")).unwrap());
            member.record_residence(id, &community(*n), kind, estate.as_ref(), &at)
        }
        Act::ReportAtUnit { community: n } => {
            member.report(id, ReportKind::UnitLinked, &community(*n), true, None, &at)
        }
        Act::ReportAtHome => {
            let home = member.residence().map_or_else(|| community(0), |home| home.community.clone());
            member.report(id, ReportKind::Residence, &home, false, None, &at)
        }
    }
}

/// A ledger of member streams alone.
#[derive(Default)]
struct Ledger {
    members: BTreeMap<MemberId, Member>,
    events: Vec<Recorded>,
}

impl Ledger {
    fn of(acts: &[(usize, Act, u64)]) -> Self {
        let mut ledger = Self::default();
        let mut day = NaiveDate::from_ymd_opt(2026, 3, 2).unwrap();
        for (who, act, later) in acts {
            day = day.checked_add_days(Days::new(*later)).unwrap();
            let id = MemberId::new(format!("m-{who}")).unwrap();
            let member = ledger.members.entry(id.clone()).or_default();
            let facts = decide(member, &id, act, day).unwrap_or_default();
            for fact in &facts {
                member.evolve(fact);
            }
            for fact in facts {
                ledger.record(&id, fact, day);
            }
        }
        ledger
    }

    fn record(&mut self, id: &MemberId, fact: MemberEvent, day: NaiveDate) {
        let moment = at(day).at;
        let position = self.events.len() as u64 + 1;
        self.events.push(Recorded {
            position,
            event_id: Uuid::from_u128(position.into()),
            command_id: Uuid::from_u128(position.into()),
            recorded_at: moment.to_utc() + TimeDelta::milliseconds(position as i64),
            stream_id: id.to_smolstr(),
            sequence: position,
            event: LedgerEvent::Member(fact),
            meta: Meta {
                command: "test".into(),
                actor: "w-1".parse().unwrap(),
                role: Role::CommunityWorker,
                organisation: None,
                occurred_at: moment,
                reason: None,
                approved_by: None,
                correlation_id: None,
                causation_id: None,
                policy: None,
            },
        });
    }

    fn rows<P: Projection>(&self) -> BTreeMap<String, P::Row> {
        let mut rows: BTreeMap<String, P::Row> = BTreeMap::new();
        for event in &self.events {
            for key in P::keys(event) {
                P::fold(&key, rows.entry(key.to_string()).or_default(), event);
            }
        }
        rows.retain(|_, row| !P::is_gone(row));
        rows
    }

    /// How many members count and are so.
    fn count(&self, so: impl Fn(&Member) -> bool) -> i64 {
        self.members.values().filter(|member| member.standing().counts() && so(member)).count() as i64
    }
}

fn lives_in(member: &Member, division: &str) -> bool {
    member.residence().is_some_and(|home| home.community.as_str().starts_with(division))
}

fn assert_kind(row: &projections::KindCoverage, due: i64, reported: i64) {
    assert_eq!((row.due, row.reported, row.missing), (Some(due), reported, Some(due - reported)));
    assert_eq!(row.rate.is_some(), due > 0);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    /// A2, A5: whatever happens, in whatever order, coverage equals a count of the members that count.
    #[test]
    fn coverage_equals_a_count_of_the_members(acts in acts()) {
        let ledger = Ledger::of(&acts);
        let rows = ledger.rows::<ReportCoverage>();
        let none = Coverage::default();
        let made = |member: &Member, kind| member.standing().has_made(kind);
        for unit in UNITS {
            let row = rows.get(&format!("unit/{unit}")).unwrap_or(&none);
            let of_unit = |member: &Member| member.unit().is_some_and(|own| own.as_str() == unit);
            let all = ledger.count(of_unit);
            prop_assert_eq!(row.members, all);
            prop_assert_eq!(row.excluded, None, "a unit's row tells of no exclusion");
            if all > 0 {
                let kinds = [(ReportKind::UnitLinked, &row.unit_linked), (ReportKind::Residence, &row.residence)];
                for (kind, coverage) in kinds {
                    assert_kind(coverage, all, ledger.count(|member| of_unit(member) && made(member, kind)));
                }
            }
        }
        for division in ["5202", "520201", "520203", "520201016", COMMUNITIES[0], COMMUNITIES[2]] {
            let row = rows.get(&format!("division/{division}")).unwrap_or(&none);
            let all = ledger.count(|member| lives_in(member, division));
            prop_assert_eq!(row.members, all);
            if all > 0 {
                let home = |member: &Member| lives_in(member, division) && made(member, ReportKind::Residence);
                assert_kind(&row.residence, all, ledger.count(home));
            }
            let arrived = ledger.count(|member| {
                let to = member.standing().reported.get(&ReportKind::UnitLinked);
                to.is_some_and(|community| community.as_str().starts_with(division))
            });
            prop_assert_eq!(row.unit_linked.reported, arrived);
        }
        let excluded =
            ledger.members.values().filter(|member| member.standing().status == MemberStatus::Excluded).count();
        let row = rows.get("ledger").unwrap_or(&none);
        prop_assert_eq!(row.excluded.unwrap_or(0), excluded as i64);
        prop_assert_eq!(row.members, ledger.count(|_| true));
    }

    /// A4, A5: the three ledgers, and each estate's row, equal a count of the members who live there and count.
    #[test]
    fn residence_ledgers_equal_a_count_of_the_members(acts in acts()) {
        let ledger = Ledger::of(&acts);
        let rows = ledger.rows::<ResidenceLedger>();
        let none = ResidenceLedgerRow::default();
        for community in COMMUNITIES {
            let lives = |member: &Member, kind: Option<LedgerKind>, estate: Option<&str>| {
                member.residence().is_some_and(|home| {
                    home.community.as_str() == community
                        && kind.is_none_or(|kind| home.ledger == kind)
                        && estate.is_none_or(|one| home.estate.as_ref().is_some_and(|own| own.as_str() == one))
                })
            };
            for (key, kind, estate) in [
                (community.to_owned(), None, None),
                (format!("{community}/estate"), Some(LedgerKind::Estate), None),
                (format!("{community}/community"), Some(LedgerKind::Community), None),
                (format!("{community}/estate/e-0"), Some(LedgerKind::Estate), Some("e-0")),
                (format!("{community}/estate/e-1"), Some(LedgerKind::Estate), Some("e-1")),
            ] {
                let row = rows.get(&key).unwrap_or(&none);
                let all = ledger.count(|member| lives(member, kind, estate));
                let reported = ledger
                    .count(|member| lives(member, kind, estate) && member.standing().has_made(ReportKind::Residence));
                prop_assert_eq!((row.members, row.due, row.reported, row.missing), (all, all, reported, all - reported), "{}", key);
                prop_assert_eq!(row.by_dwelling.values().sum::<i64>(), all);
            }
        }
    }

    /// A2, A5: a member's row tells the standing that the member has, and at most one standing report of each kind.
    #[test]
    fn a_members_row_tells_the_members_standing(acts in acts()) {
        let ledger = Ledger::of(&acts);
        let rows = ledger.rows::<Members>();
        for (id, member) in ledger.members.iter().filter(|(_, member)| member.is_enrolled()) {
            let (row, standing) = (&rows[id.as_str()], member.standing());
            prop_assert_eq!(row.status, standing.status);
            prop_assert_eq!(Some(row.unit.as_str()), member.unit().map(UnitId::as_str));
            prop_assert_eq!(row.residence.as_ref(), member.residence());
            let missing: Vec<ReportKind> = standing.missing().into_keys().collect();
            prop_assert_eq!(&row.missing, &missing);
            for kind in [ReportKind::UnitLinked, ReportKind::Residence] {
                let lines = row.reports.iter().filter(|line| line.kind == kind && line.lapsed_on.is_none());
                prop_assert_eq!(lines.count(), usize::from(standing.has_made(kind)));
            }
            prop_assert_eq!(row.units.iter().filter(|spell| spell.left_on.is_none()).count(), 1);
            prop_assert_eq!(row.units.last().map(|spell| spell.unit.as_str()), Some(row.unit.as_str()));
        }
    }
}

//! 报到率 (A2, A7): due, reported, missing, by unit, by division and for the whole ledger.
//!
//! Excluded and retired members are in no figure but `excluded` (A5). That one is told for counties, prefectures and the
//! ledger only: in a unit or a community a single exclusion could be laid to somebody, and from there its reason guessed.

use std::collections::BTreeMap;
use std::ops::{AddAssign, Neg};

use aggregates::ids::{CommunityCode, DivisionCode, Level};
use aggregates::member::{MemberStatus, Standing};
use aggregates::policy::ReportKind;
use aggregates::unit::UnitEvent;
use aggregates::{LedgerEvent, Recorded};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::projection::Projection;

const LEDGER: &str = "ledger";

/// Coverage of a unit, a division or the ledger.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Coverage {
    /// `unit`, `division` (by residence, and by the managing department for `units`) or `ledger`.
    pub scope: String,
    /// The unit, for scope `unit`.
    pub unit: Option<String>,
    /// The division, for scope `division`.
    pub division: Option<String>,
    /// Its level.
    pub level: Option<Level>,
    /// Members who count: of the unit, living in the division, or all.
    pub members: i64,
    /// Members whose exclusion is in force, whatever the reason; none where it is not told.
    pub excluded: Option<i64>,
    /// Reports to the community that the unit is linked to. A division knows only those that arrived there: which of a
    /// unit's linked communities owes the others is not settled.
    pub unit_linked: KindCoverage,
    /// Reports to the community lived in. Members whose residence is not recorded are due in their unit and the ledger.
    pub residence: KindCoverage,
    /// Units managed by the division; 1 for scope `unit`.
    pub units: i64,
    /// Those with at least one link (A7).
    pub units_linked: i64,
}

/// Coverage by one kind of report.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct KindCoverage {
    /// Members who owe it.
    pub due: Option<i64>,
    /// Those who have made it.
    pub reported: i64,
    /// Those who have not.
    pub missing: Option<i64>,
    /// Reported of due, in percent to one decimal; none when nobody owes it.
    pub rate: Option<f64>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Counts {
    members: i64,
    excluded: i64,
    due: [i64; 2],
    reported: [i64; 2],
    units: i64,
    units_linked: i64,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.members += other.members;
        self.excluded += other.excluded;
        for (sum, more) in self.due.iter_mut().zip(other.due) {
            *sum += more;
        }
        for (sum, more) in self.reported.iter_mut().zip(other.reported) {
            *sum += more;
        }
        self.units += other.units;
        self.units_linked += other.units_linked;
    }
}

impl Neg for Counts {
    type Output = Self;
    fn neg(self) -> Self {
        Self {
            members: -self.members,
            excluded: -self.excluded,
            due: self.due.map(Neg::neg),
            reported: self.reported.map(Neg::neg),
            units: -self.units,
            units_linked: -self.units_linked,
        }
    }
}

/// Whose row.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Scope {
    Unit(SmolStr),
    Division(DivisionCode),
    Ledger,
}

impl Scope {
    fn key(&self) -> SmolStr {
        match self {
            Self::Unit(unit) => ["unit/", unit.as_str()].into_iter().collect(),
            Self::Division(division) => ["division/", division.as_str()].into_iter().collect(),
            Self::Ledger => LEDGER.into(),
        }
    }
}

type Deltas = BTreeMap<Scope, Counts>;

/// The division and all above it, up to the prefecture.
fn upwards(division: DivisionCode) -> impl Iterator<Item = DivisionCode> {
    std::iter::successors(Some(division), DivisionCode::parent)
        .take_while(|division| division.level() > Level::Province)
}

fn places(community: &CommunityCode) -> impl Iterator<Item = DivisionCode> {
    upwards(community.division())
}

/// What a member adds to each row.
fn share(standing: &Standing) -> Deltas {
    let mut shares = Deltas::new();
    match standing.status {
        MemberStatus::Active => share_counted(standing, &mut shares),
        MemberStatus::Excluded => {
            let one = Counts { excluded: 1, ..Counts::default() };
            let home = standing.residence.iter().flat_map(|home| places(&home.community));
            for division in home.filter(|division| division.level() <= Level::County) {
                *shares.entry(Scope::Division(division)).or_default() += one;
            }
            *shares.entry(Scope::Ledger).or_default() += one;
        }
        MemberStatus::Unknown | MemberStatus::Retired => {}
    }
    shares
}

fn share_counted(standing: &Standing, shares: &mut Deltas) {
    let of = |kind: ReportKind| {
        let due = standing.owes(kind);
        (i64::from(due), i64::from(due && standing.has_made(kind)))
    };
    let ((unit_due, unit_made), (home_due, home_made)) =
        (of(ReportKind::UnitLinked), of(ReportKind::Residence));
    let whole = Counts {
        members: 1,
        due: [unit_due, home_due],
        reported: [unit_made, home_made],
        ..Counts::default()
    };
    *shares.entry(Scope::Ledger).or_default() += whole;
    if let Some(unit) = &standing.unit {
        *shares.entry(Scope::Unit(unit.as_str().into())).or_default() += whole;
    }
    let living = Counts { members: 1, due: [0, home_due], reported: [0, home_made], ..Counts::default() };
    for division in standing.residence.iter().flat_map(|home| places(&home.community)) {
        *shares.entry(Scope::Division(division)).or_default() += living;
    }
    let arrived = Counts { reported: [1, 0], ..Counts::default() };
    for division in standing.reported.get(&ReportKind::UnitLinked).into_iter().flat_map(places) {
        *shares.entry(Scope::Division(division)).or_default() += arrived;
    }
}

/// What a unit's fact adds.
fn unit_share(unit: &str, fact: &UnitEvent) -> Deltas {
    let (division, counts) = match fact {
        UnitEvent::UnitEnrolled { division, .. } => (division, Counts { units: 1, ..Counts::default() }),
        UnitEvent::UnitLinked { division, first: true, .. } => {
            (division, Counts { units_linked: 1, ..Counts::default() })
        }
        UnitEvent::UnitUnlinked { division, last: true, .. } => {
            (division, Counts { units_linked: -1, ..Counts::default() })
        }
        _ => return Deltas::new(),
    };
    let own = [Scope::Unit(unit.into()), Scope::Ledger];
    own.into_iter().chain(upwards(division.clone()).map(Scope::Division)).map(|key| (key, counts)).collect()
}

fn deltas(event: &Recorded) -> Deltas {
    match &event.event {
        LedgerEvent::Unit(fact) => unit_share(&event.stream_id, fact),
        LedgerEvent::Member(fact) => {
            let Some((before, after)) = fact.standings() else { return Deltas::new() };
            let mut deltas = share(&after);
            for (key, counts) in share(&before) {
                *deltas.entry(key).or_default() += -counts;
            }
            deltas.retain(|_, counts| *counts != Counts::default());
            deltas
        }
        _ => Deltas::new(),
    }
}

impl KindCoverage {
    fn add(&mut self, due: i64, reported: i64) {
        self.reported += reported;
        let due = self.due.unwrap_or(0) + due;
        self.due = Some(due);
        self.missing = Some(due - self.reported);
        self.rate = (due > 0).then(|| (self.reported * 1000 / due) as f64 / 10.0);
    }
}

impl Coverage {
    fn name(&mut self, key: &str) {
        match key.split_once('/') {
            Some(("unit", unit)) => {
                "unit".clone_into(&mut self.scope);
                self.unit = Some(unit.to_owned());
            }
            Some((_, division)) => {
                "division".clone_into(&mut self.scope);
                self.division = Some(division.to_owned());
                self.level = DivisionCode::new(division).ok().map(|code| code.level());
            }
            None => LEDGER.clone_into(&mut self.scope),
        }
    }

    fn add(&mut self, key: &str, delta: Counts) {
        if self.scope.is_empty() {
            self.name(key);
        }
        self.members += delta.members;
        self.units += delta.units;
        self.units_linked += delta.units_linked;
        if self.tells_excluded() {
            self.excluded = Some(self.excluded.unwrap_or(0) + delta.excluded);
        }
        let ([unit_due, home_due], [unit_made, home_made]) = (delta.due, delta.reported);
        if self.scope == "division" {
            self.unit_linked.reported += unit_made;
        } else {
            self.unit_linked.add(unit_due, unit_made);
        }
        self.residence.add(home_due, home_made);
    }

    fn tells_excluded(&self) -> bool {
        self.scope == LEDGER || self.level.is_some_and(|level| level <= Level::County)
    }
}

/// The projection.
pub struct ReportCoverage;

impl Projection for ReportCoverage {
    const NAME: &'static str = "report_coverage";
    const VERSION: u32 = 1;
    const RESOURCE: Option<&'static str> = Some("report-coverage");
    const COLUMNS: &'static [&'static str] = &["scope", "unit", "division", "level"];
    type Row = Coverage;

    fn keys(event: &Recorded) -> Vec<SmolStr> {
        deltas(event).keys().map(Scope::key).collect()
    }

    fn fold(key: &str, row: &mut Coverage, event: &Recorded) {
        if let Some((_, delta)) = deltas(event).into_iter().find(|(scope, _)| scope.key() == key) {
            row.add(key, delta);
        }
    }

    fn fold_all(event: &Recorded, mut on: impl FnMut(SmolStr, &mut dyn FnMut(&str, &mut Coverage))) {
        for (scope, delta) in deltas(event) {
            on(scope.key(), &mut |key, row| row.add(key, delta));
        }
    }

    fn columns(_key: &str, row: &Coverage) -> Vec<Option<String>> {
        vec![
            Some(row.scope.clone()),
            row.unit.clone(),
            row.division.clone(),
            row.level.map(|level| level.name().to_owned()),
        ]
    }
}

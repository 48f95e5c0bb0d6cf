//! Misconduct on duty, disqualification for a year, appeal (E6). Voluntary service is never a ground (gap G7).

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};

use super::{Member, MemberEvent, MisconductGround};
use crate::Refusal;
use crate::circumstance::{Circumstance, Role};
use crate::decider::Decision;
use crate::ids::{GridCode, MemberId, Term};

crate::refusals! { "discipline";
    /// The ground is not on the policy's closed list.
    ground_not_listed() Rule at "ground":
        "办法没有列明这一情形", "the policy lists no such ground";
    /// The member holds no duty there.
    no_duty() Rule at "grid":
        "该成员在此没有职责岗位；志愿服务不能作为问责依据", "the member holds no duty post there; voluntary service is never a ground";
    /// Too few records.
    too_few(has: usize, needs: u32) Rule at "year":
        "本年度有效记录 {has} 条，不足 {needs} 条", "{has} standing records this year, {needs} are needed";
    /// No such record or disqualification.
    unknown_case() Unknown at "case":
        "没有这一记录", "there is no such record";
    /// Too late.
    appeal_late(last: NaiveDate) Rule at "member":
        "申诉期已于 {last} 届满", "appeals were open until {last}";
    /// Nothing appealed.
    no_appeal() Rule at "case":
        "没有待决的申诉", "no appeal is waiting";
    /// A human decides, in the organisation department's name.
    human_needed() Forbidden:
        "须由人作出决定，系统不得代为决定", "a person must decide this, not the system";
}

/// A record of misconduct, or a disqualification.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    appeal_until: NaiveDate,
    withdrawn: bool,
    appealed: bool,
    decided: bool,
}

impl Member {
    /// Records misconduct on a duty: the member must hold a post in the grid named (E6).
    pub fn record_misconduct(
        &self,
        member: &MemberId,
        ground: MisconductGround,
        grid: &GridCode,
        at: &Circumstance,
    ) -> Decision<Self> {
        self.must_be_enrolled(member)?;
        a_human(at)?;
        if !at.policy.discipline.grounds.value.contains(&ground) {
            return Err(ground_not_listed());
        }
        if !self.has_duty_in(grid, at.date()) {
            return Err(no_duty());
        }
        let year = at.year();
        let next = self.records.get(&year).map_or(0, std::collections::BTreeMap::len) + 1;
        let case = Term::new(format!("{year}-{next}")).unwrap_or_default();
        Ok(vec![MemberEvent::MisconductRecorded {
            case,
            year,
            ground,
            community: grid.community(),
            grid: Some(grid.clone()),
            appeal_until: last_day_to_appeal(at),
        }])
    }

    /// Disqualifies from the year's awards, on enough standing records (E6).
    pub fn disqualify(&self, member: &MemberId, year: i32, at: &Circumstance) -> Decision<Self> {
        self.must_be_enrolled(member)?;
        a_human(at)?;
        if self.is_disqualified(year) {
            return Ok(vec![]);
        }
        let cases: Vec<Term> = self
            .records
            .get(&year)
            .into_iter()
            .flatten()
            .filter(|(_, record)| !record.withdrawn)
            .map(|(case, _)| case.clone())
            .collect();
        let needs = at.policy.discipline.records_to_disqualify.value;
        if cases.len() < needs as usize {
            return Err(too_few(cases.len(), needs));
        }
        Ok(vec![MemberEvent::MemberDisqualified { year, cases, appeal_until: last_day_to_appeal(at) }])
    }

    /// Appeals against a record, or against the year's disqualification when no record is named.
    pub fn appeal(
        &self,
        member: &MemberId,
        year: i32,
        case: Option<&Term>,
        at: &Circumstance,
    ) -> Decision<Self> {
        self.must_be_enrolled(member)?;
        let record = self.record(year, case)?;
        if record.appealed {
            return Ok(vec![]);
        }
        if at.date() > record.appeal_until {
            return Err(appeal_late(record.appeal_until));
        }
        Ok(vec![MemberEvent::AppealFiled { year, case: case.cloned() }])
    }

    /// Decides an appeal. Upheld, the record is withdrawn or the disqualification lifted.
    pub fn decide_appeal(
        &self,
        member: &MemberId,
        year: i32,
        case: Option<&Term>,
        upheld: bool,
        at: &Circumstance,
    ) -> Decision<Self> {
        self.must_be_enrolled(member)?;
        a_human(at)?;
        let record = self.record(year, case)?;
        if !record.appealed || record.decided {
            return Err(no_appeal());
        }
        let mut facts = vec![MemberEvent::AppealDecided { year, case: case.cloned(), upheld }];
        if upheld {
            facts.push(case.map_or(MemberEvent::DisqualificationLifted { year }, |case| {
                MemberEvent::MisconductWithdrawn { case: case.clone(), year }
            }));
        }
        Ok(facts)
    }

    /// Whether the member is disqualified for the year.
    pub fn is_disqualified(&self, year: i32) -> bool {
        self.disqualified.get(&year).is_some_and(|record| !record.withdrawn)
    }

    fn record(&self, year: i32, case: Option<&Term>) -> Result<&Record, Refusal> {
        match case {
            Some(case) => self.records.get(&year).and_then(|records| records.get(case)),
            None => self.disqualified.get(&year),
        }
        .ok_or_else(unknown_case)
    }

    pub(super) fn evolve_discipline(&mut self, fact: &MemberEvent) {
        use MemberEvent as E;
        let fresh = |appeal_until: NaiveDate| Record {
            appeal_until,
            withdrawn: false,
            appealed: false,
            decided: false,
        };
        match fact {
            E::MisconductRecorded { case, year, appeal_until, .. } => {
                self.records.entry(*year).or_default().insert(case.clone(), fresh(*appeal_until));
            }
            E::MisconductWithdrawn { case, year } => {
                if let Some(record) = self.records.get_mut(year).and_then(|records| records.get_mut(case)) {
                    record.withdrawn = true;
                }
            }
            E::MemberDisqualified { year, appeal_until, .. } => {
                self.disqualified.insert(*year, fresh(*appeal_until));
            }
            E::DisqualificationLifted { year } => {
                if let Some(record) = self.disqualified.get_mut(year) {
                    record.withdrawn = true;
                }
            }
            E::AppealFiled { year, case } => self.mark(*year, case.as_ref(), |record| record.appealed = true),
            E::AppealDecided { year, case, .. } => {
                self.mark(*year, case.as_ref(), |record| record.decided = true)
            }
            E::ReminderSent { demand, stars, .. } => {
                self.reminded.insert((demand.clone(), *stars));
            }
            E::PraiseConsented { consents } => self.praise_consent = *consents,
            E::PraisePublished { demand, .. } => {
                self.praised.insert(demand.clone());
            }
            _ => {}
        }
    }

    fn mark(&mut self, year: i32, case: Option<&Term>, change: impl FnOnce(&mut Record)) {
        let record = match case {
            Some(case) => self.records.get_mut(&year).and_then(|records| records.get_mut(case)),
            None => self.disqualified.get_mut(&year),
        };
        if let Some(record) = record {
            change(record);
        }
    }
}

fn a_human(at: &Circumstance) -> Result<(), Refusal> {
    if at.actor.role == Role::System { Err(human_needed()) } else { Ok(()) }
}

/// The last day to appeal against something decided now.
fn last_day_to_appeal(at: &Circumstance) -> NaiveDate {
    at.date()
        .checked_add_days(Days::new(u64::from(at.policy.discipline.appeal_days.value)))
        .unwrap_or(NaiveDate::MAX)
}

//! Misconduct on duty, disqualification for a year, appeal (E6). Voluntary service is never a ground (gap G7).

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};

use super::{Member, MemberEvent, MisconductGround};
use crate::Refusal;
use crate::circumstance::{Circumstance, Role};
use crate::decider::Decision;
use crate::ids::{ActorId, CommunityCode, GridCode, MemberId, Term};
use crate::points::Holder;

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
    /// One appeal for each record.
    appeal_decided() Rule at "case":
        "该申诉已有决定", "the appeal has been decided";
    /// The member in person.
    own_appeal() Forbidden at "member":
        "须由成员本人申诉", "only the member in person may appeal";
    /// A human decides, in the organisation department's name.
    human_needed() Forbidden:
        "须由人作出决定，系统不得代为决定", "a person must decide this, not the system";
    /// Nobody judges the own matter.
    own_matter() Forbidden:
        "不得处理本人的事项，也不得审理本人作出的处理", "nobody decides about oneself, nor an appeal against the own decision";
}

/// Where a record of misconduct, or a disqualification, stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    by: ActorId,
    appeal_until: NaiveDate,
    withdrawn: bool,
    appealed: bool,
    decided: bool,
}

/// A record of misconduct.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Case {
    ground: MisconductGround,
    grid: GridCode,
    on: NaiveDate,
    standing: Record,
}

/// A year's disqualification.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Disqualification {
    cases: BTreeSet<Term>,
    standing: Record,
}

impl Record {
    fn new(by: &ActorId, appeal_until: NaiveDate) -> Self {
        Self { by: by.clone(), appeal_until, withdrawn: false, appealed: false, decided: false }
    }
}

impl Member {
    /// Records misconduct on a duty: the member must hold a duty post in the grid on that day (E6); a post that was
    /// offered for voluntary service is none. The same ground in the same grid on the same day is one record.
    pub fn record_misconduct(
        &self,
        member: &MemberId,
        ground: MisconductGround,
        grid: &GridCode,
        at: &Circumstance,
    ) -> Decision<Self> {
        self.must_be_enrolled(member)?;
        another_human(member, at)?;
        if !at.policy.discipline.grounds.value.contains(&ground) {
            return Err(ground_not_listed());
        }
        if !self.has_duty_in(grid, at.date()) {
            return Err(no_duty());
        }
        let year = at.year();
        let known = self.cases.get(&year);
        let on = at.date();
        if known.into_iter().flatten().any(|(_, case)| {
            case.ground == ground && case.grid == *grid && case.on == on && !case.standing.withdrawn
        }) {
            return Ok(vec![]);
        }
        let next = known.map_or(0, std::collections::BTreeMap::len) + 1;
        let case = Term::new(format!("{year}-{next}")).unwrap_or_default();
        Ok(vec![MemberEvent::MisconductRecorded {
            case,
            year,
            on,
            ground,
            community: grid.community(),
            grid: grid.clone(),
            by: at.actor.id.clone(),
            appeal_until: last_day_to_appeal(at),
        }])
    }

    /// Disqualifies from the year's awards, on enough standing records (E6). Records behind a disqualification that was
    /// lifted do not count again.
    pub fn disqualify(&self, member: &MemberId, year: i32, at: &Circumstance) -> Decision<Self> {
        self.must_be_enrolled(member)?;
        another_human(member, at)?;
        if self.is_disqualified(year) {
            return Ok(vec![]);
        }
        let spent = self.disqualified.get(&year).map(|lifted| &lifted.cases);
        let standing: Vec<(&Term, &Case)> = self
            .cases
            .get(&year)
            .into_iter()
            .flatten()
            .filter(|(name, case)| {
                !case.standing.withdrawn && !spent.is_some_and(|spent| spent.contains(*name))
            })
            .collect();
        let needs = at.policy.discipline.records_to_disqualify.value;
        let last = standing.iter().max_by_key(|(_, case)| case.on).map(|(_, case)| case.grid.community());
        match last {
            Some(community) if standing.len() >= needs as usize => {
                Ok(vec![MemberEvent::MemberDisqualified {
                    year,
                    cases: standing.into_iter().map(|(name, _)| name.clone()).collect(),
                    unit: self.unit().cloned(),
                    community,
                    by: at.actor.id.clone(),
                    appeal_until: last_day_to_appeal(at),
                }])
            }
            _ => Err(too_few(standing.len(), needs)),
        }
    }

    /// Appeals, in person, against a record, or against the year's disqualification when no record is named. Once.
    pub fn appeal(
        &self,
        member: &MemberId,
        year: i32,
        case: Option<&Term>,
        at: &Circumstance,
    ) -> Decision<Self> {
        self.must_be_enrolled(member)?;
        if !Holder::Member(member.clone()).speaks(at) {
            return Err(own_appeal());
        }
        let (standing, community) = self.record(year, case)?;
        if standing.decided || standing.withdrawn {
            return Err(appeal_decided());
        }
        if standing.appealed {
            return Ok(vec![]);
        }
        if at.date() > standing.appeal_until {
            return Err(appeal_late(standing.appeal_until));
        }
        Ok(vec![MemberEvent::AppealFiled { year, case: case.cloned(), community }])
    }

    /// Decides an appeal: a human, neither the member nor whoever made the decision appealed against. Upheld, the
    /// record is withdrawn or the disqualification lifted; a disqualification that keeps too few records falls with them.
    pub fn decide_appeal(
        &self,
        member: &MemberId,
        year: i32,
        case: Option<&Term>,
        upheld: bool,
        at: &Circumstance,
    ) -> Decision<Self> {
        self.must_be_enrolled(member)?;
        another_human(member, at)?;
        let (standing, community) = self.record(year, case)?;
        if standing.decided {
            return Err(appeal_decided());
        }
        if !standing.appealed {
            return Err(no_appeal());
        }
        if standing.by == at.actor.id && at.actor.role != Role::Operator {
            return Err(own_matter());
        }
        let mut facts = vec![MemberEvent::AppealDecided {
            year,
            case: case.cloned(),
            upheld,
            community: community.clone(),
        }];
        if upheld {
            match case {
                Some(case) => {
                    facts.push(MemberEvent::MisconductWithdrawn { case: case.clone(), year, community });
                    facts.extend(self.falls_without(year, case, at));
                }
                None => facts.push(MemberEvent::DisqualificationLifted { year, community }),
            }
        }
        Ok(facts)
    }

    /// Whether the member is disqualified for the year.
    pub fn is_disqualified(&self, year: i32) -> bool {
        self.disqualified.get(&year).is_some_and(|record| !record.standing.withdrawn)
    }

    /// The lifting of a disqualification that rests on too few records once this one is withdrawn.
    fn falls_without(&self, year: i32, withdrawn: &Term, at: &Circumstance) -> Option<MemberEvent> {
        let running = self.disqualified.get(&year).filter(|running| !running.standing.withdrawn)?;
        if !running.cases.contains(withdrawn) {
            return None;
        }
        let cases = self.cases.get(&year)?;
        let left = running
            .cases
            .iter()
            .filter(|name| *name != withdrawn)
            .filter(|name| cases.get(*name).is_some_and(|case| !case.standing.withdrawn))
            .count();
        if left >= at.policy.discipline.records_to_disqualify.value as usize {
            return None;
        }
        Some(MemberEvent::DisqualificationLifted { year, community: self.disqualified_in(year)? })
    }

    fn record(&self, year: i32, case: Option<&Term>) -> Result<(&Record, CommunityCode), Refusal> {
        match case {
            Some(case) => self
                .cases
                .get(&year)
                .and_then(|cases| cases.get(case))
                .map(|case| (&case.standing, case.grid.community())),
            None => {
                self.disqualified.get(&year).map(|record| &record.standing).zip(self.disqualified_in(year))
            }
        }
        .ok_or_else(unknown_case)
    }

    fn disqualified_in(&self, year: i32) -> Option<CommunityCode> {
        let (behind, known) = (&self.disqualified.get(&year)?.cases, self.cases.get(&year)?);
        let last = behind.iter().filter_map(|name| known.get(name)).max_by_key(|case| case.on)?;
        Some(last.grid.community())
    }

    pub(super) fn evolve_discipline(&mut self, fact: &MemberEvent) {
        use MemberEvent as E;
        match fact {
            E::MisconductRecorded { case, year, on, ground, grid, by, appeal_until, .. } => {
                self.cases.entry(*year).or_default().insert(
                    case.clone(),
                    Case {
                        ground: *ground,
                        grid: grid.clone(),
                        on: *on,
                        standing: Record::new(by, *appeal_until),
                    },
                );
            }
            E::MemberDisqualified { year, cases, by, appeal_until, .. } => {
                let mut all: BTreeSet<Term> = cases.iter().cloned().collect();
                if let Some(before) = self.disqualified.remove(year) {
                    all.extend(before.cases);
                }
                let standing = Record::new(by, *appeal_until);
                self.disqualified.insert(*year, Disqualification { cases: all, standing });
            }
            E::MisconductWithdrawn { case, year, .. } => {
                self.mark(*year, Some(case), |standing| standing.withdrawn = true);
            }
            E::DisqualificationLifted { year, .. } => {
                self.mark(*year, None, |standing| standing.withdrawn = true);
            }
            E::AppealFiled { year, case, .. } => {
                self.mark(*year, case.as_ref(), |standing| standing.appealed = true);
            }
            E::AppealDecided { year, case, .. } => {
                self.mark(*year, case.as_ref(), |standing| standing.decided = true);
            }
            _ => {}
        }
    }

    fn mark(&mut self, year: i32, case: Option<&Term>, change: impl FnOnce(&mut Record)) {
        let standing = match case {
            Some(case) => {
                let cases = self.cases.get_mut(&year);
                cases.and_then(|cases| cases.get_mut(case)).map(|case| &mut case.standing)
            }
            None => self.disqualified.get_mut(&year).map(|record| &mut record.standing),
        };
        if let Some(standing) = standing {
            change(standing);
        }
    }
}

/// Refuses the system, and the member about whom it is.
fn another_human(member: &MemberId, at: &Circumstance) -> Result<(), Refusal> {
    if at.actor.role == Role::System {
        return Err(human_needed());
    }
    if Holder::Member(member.clone()).is_actor(at) {
        return Err(own_matter());
    }
    Ok(())
}

/// The last day to appeal against something decided now.
fn last_day_to_appeal(at: &Circumstance) -> NaiveDate {
    at.date()
        .checked_add_days(Days::new(u64::from(at.policy.discipline.appeal_days.value)))
        .unwrap_or(NaiveDate::MAX)
}

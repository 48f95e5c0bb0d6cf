//! What a fact adds to which figure, and where.

use aggregates::LedgerEvent;
use aggregates::appraisal::AppraisalEvent;
use aggregates::demand::{Channel, DemandEvent, DemandKind, Rater, Served, ServiceForm, Taker};
use aggregates::grid::{GridEvent, GridKind};
use aggregates::household::{FiveHundreds, HouseholdEvent};
use aggregates::member::{MemberEvent, VisitKind};
use aggregates::opinion::OpinionEvent;
use aggregates::points::Work;
use aggregates::policy::{Grade, ReportKind};
use aggregates::unit::UnitEvent;

use super::Measure as M;

/// The division's code, and what the fact adds there.
pub(super) type Counted<'a> = (&'a str, Vec<(M, i64)>);

/// Nothing for facts that no figure counts.
pub(super) fn counted(event: &LedgerEvent) -> Option<Counted<'_>> {
    let (division, amounts) = match event {
        LedgerEvent::Unit(fact) => of_unit(fact)?,
        LedgerEvent::Member(fact) => of_member(fact)?,
        LedgerEvent::Demand(fact) => of_demand(fact)?,
        LedgerEvent::Grid(fact) => of_grid(fact)?,
        LedgerEvent::Household(fact) => of_household(fact)?,
        LedgerEvent::Appraisal(fact) => of_appraisal(fact)?,
        LedgerEvent::Opinion(fact) => of_opinion(fact)?,
        _ => return None,
    };
    (!amounts.is_empty()).then_some((division, amounts))
}

fn of_opinion(fact: &OpinionEvent) -> Option<Counted<'_>> {
    use OpinionEvent as E;
    Some(match fact {
        E::OpinionRequested { community, .. } => (community.as_str(), vec![(M::OpinionsRequested, 1)]),
        E::OpinionGiven { community, late, .. } => {
            (community.as_str(), vec![(M::OpinionsGiven, 1), (M::OpinionsGivenLate, i64::from(*late))])
        }
        E::RecordPulled { community, .. } => (community.as_str(), vec![(M::RecordsPulled, 1)]),
        E::OpinionWithdrawn { .. } => return None,
    })
}

fn of_unit(fact: &UnitEvent) -> Option<Counted<'_>> {
    use UnitEvent as E;
    Some(match fact {
        E::UnitEnrolled { division, .. } => (division.as_str(), vec![(M::UnitsEnrolled, 1)]),
        E::UnitLinked { community, .. } => (community.as_str(), vec![(M::UnitLinks, 1)]),
        E::UnitUnlinked { community, .. } => (community.as_str(), vec![(M::UnitLinks, -1)]),
        E::UnitReported { community, .. } => (community.as_str(), vec![(M::UnitReports, 1)]),
        E::ReminderSent { community, .. } => (community.as_str(), vec![(M::Reminders, 1)]),
        _ => return None,
    })
}

fn of_member(fact: &MemberEvent) -> Option<Counted<'_>> {
    use MemberEvent as E;
    Some(match fact {
        E::MemberEnrolled { division, .. } => (division.as_str(), vec![(M::MembersEnrolled, 1)]),
        E::MemberReported { kind, community, .. } => {
            let measure = match kind {
                ReportKind::UnitLinked => M::ReportsUnitLinked,
                ReportKind::Residence => M::ReportsResidence,
            };
            (community.as_str(), vec![(measure, 1)])
        }
        E::MisconductRecorded { community, .. } => (community.as_str(), vec![(M::Misconduct, 1)]),
        E::MisconductWithdrawn { community, .. } => (community.as_str(), vec![(M::Misconduct, -1)]),
        E::MemberDisqualified { community, .. } => (community.as_str(), vec![(M::Disqualifications, 1)]),
        E::DisqualificationLifted { community, .. } => (community.as_str(), vec![(M::Disqualifications, -1)]),
        E::AppealFiled { community, .. } => (community.as_str(), vec![(M::Appeals, 1)]),
        E::ReminderSent { community, .. } => (community.as_str(), vec![(M::Reminders, 1)]),
        E::PraisePublished { community, .. } => (community.as_str(), vec![(M::Praises, 1)]),
        E::PraiseWithdrawn { community, .. } => (community.as_str(), vec![(M::Praises, -1)]),
        _ => return None,
    })
}

fn of_demand(fact: &DemandEvent) -> Option<Counted<'_>> {
    use DemandEvent as E;
    let (community, amounts) = match fact {
        E::DemandPlaced { kind, channel, community, .. } => {
            (community, vec![(M::DemandsPlaced, 1), (of_kind(*kind), 1), (of_channel(*channel), 1)])
        }
        E::DemandScreened { community, .. } => (community, vec![(M::Screened, 1)]),
        E::DemandReferred { community, .. } => (community, vec![(M::Referred, 1)]),
        E::DutyShiftReported { community, .. } => (community, vec![(M::DutyShiftsReported, 1)]),
        E::WishClaimed { community, taker, .. } => {
            (community, vec![(by_taker(taker, M::ClaimedByMembers, M::ClaimedByUnits), 1)])
        }
        E::ClaimReleased { community, .. } | E::ClaimLapsed { community, .. } => {
            (community, vec![(M::ClaimsEnded, 1)])
        }
        E::OrderDispatched { community, work, .. } => {
            (community, vec![(by_work(*work, M::DispatchedDuty, M::DispatchedVoluntary), 1)])
        }
        E::OrderAccepted { community, taker, .. } => {
            (community, vec![(by_taker(taker, M::AcceptedByMembers, M::AcceptedByUnits), 1)])
        }
        E::OrderDeclined { community, work, .. } => {
            (community, vec![(by_work(*work, M::DeclinedDuty, M::DeclinedVoluntary), 1)])
        }
        E::DispatchLapsed { community, .. } => (community, vec![(M::DispatchesLapsed, 1)]),
        E::ServiceCompleted { community, kind, taker, served, form, work, on_time, .. } => {
            let mut amounts = completed(*kind, taker, served, *work, *on_time);
            amounts.push((of_form(*form), 1));
            (community, amounts)
        }
        E::ServiceRated { community, stars, rater, satisfied, .. } => {
            (community, rated(*stars, *rater, *satisfied))
        }
        E::DemandReopened { community, kind, .. } => {
            let mut amounts = vec![(M::Reopened, 1)];
            amounts.extend(is_issue(*kind).then_some((M::IssuesSolved, -1)));
            (community, amounts)
        }
        E::DemandClosed { community, kind, solved, on_time } => (community, closed(*kind, *solved, *on_time)),
        E::DemandWithdrawn { community, .. } => (community, vec![(M::Withdrawn, 1)]),
        E::DeadlineExtended { community, .. } => (community, vec![(M::DeadlinesExtended, 1)]),
        E::WhistleBlown { community, departments, .. } => {
            (community, vec![(M::WhistlesBlown, amount(departments.len()))])
        }
        E::DepartmentAnswered { community, on_time, .. } => {
            let mut amounts = vec![(M::WhistlesAnswered, 1)];
            amounts.extend(on_time.then_some((M::WhistlesAnsweredOnTime, 1)));
            (community, amounts)
        }
        E::WishPublished { .. } | E::ContactForgotten { .. } => return None,
    };
    Some((community.as_str(), amounts))
}

fn completed(
    kind: DemandKind,
    taker: &Taker,
    served: &[Served],
    work: Work,
    on_time: Option<bool>,
) -> Vec<(M, i64)> {
    let minutes = served.iter().map(|one| i64::from(one.minutes)).sum();
    let measure = match work {
        Work::Duty => M::MinutesDuty,
        Work::Voluntary => M::MinutesVoluntary,
    };
    let mut amounts = vec![(M::Completed, 1), (M::ServiceTimes, amount(served.len())), (measure, minutes)];
    amounts.extend(in_time(on_time));
    match kind {
        DemandKind::MicroDream | DemandKind::MicroWish | DemandKind::MicroAppeal => {
            amounts.push((by_taker(taker, M::WishesByMembers, M::WishesByUnits), 1));
        }
        DemandKind::Issue | DemandKind::Petition => amounts.push((M::IssuesSolved, 1)),
        DemandKind::Order => {}
    }
    amounts
}

fn closed(kind: DemandKind, solved: bool, on_time: Option<bool>) -> Vec<(M, i64)> {
    let mut amounts: Vec<(M, i64)> = in_time(on_time).into_iter().collect();
    match (solved, is_issue(kind)) {
        (true, true) => amounts.push((M::IssuesSolved, 1)),
        (true, false) => {}
        (false, _) => amounts.push((M::ClosedUnsolved, 1)),
    }
    amounts
}

fn rated(stars: u8, rater: Rater, satisfied: bool) -> Vec<(M, i64)> {
    let mut amounts = vec![(M::Rated, 1), (M::Stars, i64::from(stars))];
    amounts.extend(satisfied.then_some((M::Satisfied, 1)));
    amounts.extend((rater == Rater::Community).then_some((M::RatedByCommunity, 1)));
    amounts
}

fn of_grid(fact: &GridEvent) -> Option<Counted<'_>> {
    use GridEvent as E;
    let (community, measure, amount) = match fact {
        E::GridDefined { community, kind, .. } => (community, of_grid_kind(*kind), 1),
        E::GridSplit { community, kind, .. }
        | E::GridMerged { community, kind, .. }
        | E::GridRedrawn { community, kind, .. }
        | E::GridClosed { community, kind, .. } => (community, of_grid_kind(*kind), -1),
        E::GridFiled { community, .. } => (community, M::GridsFiled, 1),
        E::PostFilled { community, work, .. } => (community, of_post(*work), 1),
        E::PostVacated { community, .. } => (community, M::PostsLeft, 1),
        E::DutyDone { community, late, .. } => {
            let mut amounts = vec![(M::DutiesDone, 1)];
            amounts.extend(late.then_some((M::DutiesDoneLate, 1)));
            return Some((community.as_str(), amounts));
        }
        _ => return None,
    };
    Some((community.as_str(), vec![(measure, amount)]))
}

fn of_household(fact: &HouseholdEvent) -> Option<Counted<'_>> {
    use HouseholdEvent as E;
    Some(match fact {
        E::HouseholdRegistered { community, .. } => (community.as_str(), vec![(M::HouseholdsRegistered, 1)]),
        E::PairFormed { community, .. } => (community.as_str(), vec![(M::Pairs, 1)]),
        E::PairEnded { community, .. } => (community.as_str(), vec![(M::Pairs, -1)]),
        E::HouseholdVisited { community, kind, minutes, service, .. } => {
            let measure = match kind {
                VisitKind::Monthly => M::VisitsMonthly,
                VisitKind::Holiday => M::VisitsHoliday,
                VisitKind::OnDemand => M::VisitsOnDemand,
            };
            let mut amounts = vec![(measure, 1)];
            amounts.extend(service.map(|service| (of_hundred(service), 1)));
            amounts.extend(minutes.map(|minutes| (M::VisitMinutes, i64::from(minutes))));
            (community.as_str(), amounts)
        }
        _ => return None,
    })
}

fn of_appraisal(fact: &AppraisalEvent) -> Option<Counted<'_>> {
    match fact {
        AppraisalEvent::CardFiled { community, grade, .. } => {
            let measure = match grade {
                Grade::Excellent => M::CardsExcellent,
                Grade::Good => M::CardsGood,
                Grade::Fair => M::CardsFair,
                Grade::Poor => M::CardsPoor,
            };
            Some((community.as_str(), vec![(measure, 1)]))
        }
        _ => None,
    }
}

fn amount(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn by_taker(taker: &Taker, member: M, unit: M) -> M {
    match taker {
        Taker::Member(_) => member,
        Taker::Unit(_) => unit,
    }
}

fn by_work(work: Work, duty: M, voluntary: M) -> M {
    match work {
        Work::Duty => duty,
        Work::Voluntary => voluntary,
    }
}

fn of_form(form: ServiceForm) -> M {
    match form {
        ServiceForm::FixedPost => M::FormFixedPost,
        ServiceForm::Team => M::FormTeam,
        ServiceForm::Undertaking => M::FormUndertaking,
        ServiceForm::Pledge => M::FormPledge,
    }
}

fn of_hundred(service: FiveHundreds) -> M {
    match service {
        FiveHundreds::Enter => M::HundredDoors,
        FiveHundreds::Know => M::HundredConcerns,
        FiveHundreds::Manage => M::HundredAffairs,
        FiveHundreds::Solve => M::HundredTroubles,
        FiveHundreds::Warm => M::HundredHearts,
    }
}

fn in_time(on_time: Option<bool>) -> Option<(M, i64)> {
    on_time.map(|kept| (if kept { M::OnTime } else { M::Late }, 1))
}

fn is_issue(kind: DemandKind) -> bool {
    matches!(kind, DemandKind::Issue | DemandKind::Petition)
}

fn of_kind(kind: DemandKind) -> M {
    match kind {
        DemandKind::Order => M::PlacedOrder,
        DemandKind::MicroDream => M::PlacedMicroDream,
        DemandKind::MicroWish => M::PlacedMicroWish,
        DemandKind::MicroAppeal => M::PlacedMicroAppeal,
        DemandKind::Issue => M::PlacedIssue,
        DemandKind::Petition => M::PlacedPetition,
    }
}

fn of_channel(channel: Channel) -> M {
    match channel {
        Channel::Online => M::ChannelOnline,
        Channel::Window => M::ChannelWindow,
        Channel::Telephone => M::ChannelTelephone,
        Channel::HomeVisit => M::ChannelHomeVisit,
        Channel::GridOfficer => M::ChannelGridOfficer,
        Channel::TalkPoint => M::ChannelTalkPoint,
        Channel::TalkDay => M::ChannelTalkDay,
        Channel::TalkCloud => M::ChannelTalkCloud,
    }
}

fn of_grid_kind(kind: GridKind) -> M {
    match kind {
        GridKind::Base => M::GridsBase,
        GridKind::Dedicated => M::GridsDedicated,
        GridKind::Emergency => M::GridsEmergency,
    }
}

fn of_post(work: Work) -> M {
    match work {
        Work::Duty => M::PostsDuty,
        Work::Voluntary => M::PostsVoluntary,
    }
}

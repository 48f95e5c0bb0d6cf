use proptest::prelude::*;

use super::*;
use crate::circumstance::{Circumstance, Role};
use crate::decider::Decision;
use crate::ids::DivisionCode;
use crate::points::Figures;
use crate::policy::Grade;
use crate::sample::{ask, liupanshui, member, on, phoenix, refused, state, term, then, unit};

fn shows(total: i64) -> Figures {
    Figures {
        base: 80,
        awarded: (total - 80).max(0),
        deducted: (80 - total).max(0),
        total,
        lines: 1,
        reversed: 0,
    }
}

fn m1() -> Holder {
    Holder::Member(member("m-1"))
}

fn draft(
    total: i64,
    eligible: bool,
    at: Circumstance,
) -> impl FnOnce(&Appraisal) -> Decision<Appraisal> + Send {
    move |card| with_findings(Some(shows(total)), eligible, |found| card.draft(found, &at))
}

fn with_findings<T>(figures: Option<Figures>, eligible: bool, ask: impl FnOnce(&Findings<'_>) -> T) -> T {
    let (holder, community, policy) = (m1(), phoenix(), liupanshui());
    ask(&Findings {
        holder: &holder,
        year: 2026,
        community: &community,
        belongs: true,
        figures,
        holder_sequence: 9,
        award_eligible: eligible,
        recipients: recipients(),
        policy: &policy,
    })
}

fn recipients() -> Vec<Recipient> {
    vec![
        Recipient::UpperOrganisation(unit("u-bureau")),
        Recipient::OwnUnit(unit("u-tax")),
        Recipient::OrganisationDepartment(DivisionCode::new("520201").expect("a county")),
    ]
}

fn drafted(total: i64) -> Vec<AppraisalEvent> {
    then(vec![], draft(total, true, on("2026-12-20")))
}

fn sign(
    grade: Grade,
    total: i64,
    eligible: bool,
    at: Circumstance,
) -> impl FnOnce(&Appraisal) -> Decision<Appraisal> + Send {
    move |card| card.sign(2026, grade, Some(shows(total)), eligible, &at)
}

fn file(total: i64) -> impl FnOnce(&Appraisal) -> Decision<Appraisal> + Send {
    move |card| card.file(2026, Some(shows(total)), true, &DivisionCode::new("520201").expect("a county"))
}

fn filed(total: i64) -> Vec<AppraisalEvent> {
    let grade = liupanshui().appraisal.grade(total);
    then(then(drafted(total), sign(grade, total, true, on("2026-12-28"))), file(total))
}

fn holder_on(day: &str) -> Circumstance {
    on(day).by(Role::Member, "m-1")
}

fn object(day: &'static str) -> impl FnOnce(&Appraisal) -> Decision<Appraisal> + Send {
    move |card| card.object(2026, ObjectionGround::WrongLine, &[term("2026-1")], |_| true, &holder_on(day))
}

fn answer(
    upheld: bool,
    reason: Option<RejectionReason>,
    total: i64,
) -> impl FnOnce(&Appraisal) -> Decision<Appraisal> + Send {
    move |card| {
        with_findings(Some(shows(total)), true, |found| card.answer(upheld, reason, found, &on("2026-12-24")))
    }
}

/// D2: a draft tells the figures, the grade that the policy's thresholds propose, the three recipients, and until when
/// the holder may object; the same draft again is nothing to do.
#[test]
fn a_draft_tells_figures_grade_recipients_and_the_days_to_object() {
    let facts = ask::<Appraisal>(&[], draft(97, true, on("2026-12-20"))).expect("a draft");
    let [
        AppraisalEvent::CardDrafted {
            figures,
            proposed,
            recipients: to,
            objection_until,
            revision,
            policy,
            ..
        },
    ] = facts.as_slice()
    else {
        panic!("{facts:?}")
    };
    assert_eq!((figures.total, *proposed, *revision), (97, Grade::Excellent, 1));
    assert_eq!(*to, recipients());
    assert_eq!(objection_until.to_string(), "2026-12-27");
    assert_eq!(*policy, liupanshui().label());
    assert_eq!(ask::<Appraisal>(&facts, draft(97, true, on("2026-12-21"))), Ok(vec![]));
}

/// D2: the four grades follow the thresholds of the policy, each at its boundary.
#[test]
fn the_four_grades_follow_the_thresholds() {
    let policy = liupanshui().appraisal.clone();
    let cases = [(120, Grade::Excellent), (95, Grade::Excellent), (94, Grade::Good), (85, Grade::Good)];
    let lower = [(84, Grade::Fair), (60, Grade::Fair), (59, Grade::Poor), (0, Grade::Poor)];
    for (total, grade) in cases.into_iter().chain(lower) {
        assert_eq!(policy.grade(total), grade, "{total}");
    }
}

/// D2: nobody drafts a year to come, a card that never opened, or for a community that the holder does not belong to; and
/// one community reports on a year.
#[test]
fn a_draft_needs_a_card_a_year_and_a_community() {
    assert_eq!(refused::<Appraisal>(&[], draft(80, true, on("2025-12-20"))), "appraisal.year_to_come");
    let no_card = |card: &Appraisal| with_findings(None, true, |found| card.draft(found, &on("2026-12-20")));
    assert_eq!(refused::<Appraisal>(&[], no_card), "appraisal.no_card");
    let stranger = |card: &Appraisal| {
        with_findings(Some(shows(80)), true, |found| {
            card.draft(&Findings { belongs: false, ..found.clone() }, &on("2026-12-20"))
        })
    };
    assert_eq!(refused::<Appraisal>(&[], stranger), "appraisal.not_this_community");
    let other = |card: &Appraisal| {
        let elsewhere = crate::ids::CommunityCode::new("520201016002").expect("a community");
        with_findings(Some(shows(81)), true, |found| {
            card.draft(&Findings { community: &elsewhere, ..found.clone() }, &on("2026-12-20"))
        })
    };
    assert_eq!(refused::<Appraisal>(&drafted(80), other), "appraisal.not_this_community");
}

/// D2: a human signs, not the system, not somebody without office, not the holder, and not in the objection period.
#[test]
fn a_human_other_than_the_holder_signs_after_the_objection_period() {
    let given = drafted(80);
    let no = |at: Circumstance| refused::<Appraisal>(&given, sign(Grade::Fair, 80, true, at));
    assert_eq!(no(on("2026-12-28").by(Role::System, "reaction:any")), "appraisal.human_needed");
    assert_eq!(no(on("2026-12-28").by(Role::Resident, "r-1")), "appraisal.human_needed");
    assert_eq!(no(on("2026-12-28").by(Role::CommunityWorker, "m-1")), "appraisal.own_card");
    assert_eq!(no(on("2026-12-27")), "appraisal.objection_running");
    let signed = then(given, sign(Grade::Fair, 80, true, on("2026-12-28")));
    assert_eq!(ask::<Appraisal>(&signed, sign(Grade::Fair, 80, true, on("2026-12-29"))), Ok(vec![]));
    assert_eq!(
        refused::<Appraisal>(&signed, sign(Grade::Good, 80, true, on("2026-12-29").because("复议"))),
        "appraisal.signed_otherwise"
    );
}

/// D2: when the holder agrees, the card may be signed at once; only the holder agrees.
#[test]
fn the_holders_agreement_ends_the_objection_period() {
    let no = refused::<Appraisal>(&drafted(80), |card| card.accept(2026, &on("2026-12-21")));
    assert_eq!(no, "appraisal.holder_only");
    let agreed = then(drafted(80), |card: &Appraisal| card.accept(2026, &holder_on("2026-12-21")));
    assert!(ask::<Appraisal>(&agreed, sign(Grade::Fair, 80, true, on("2026-12-21"))).is_ok());
    assert_eq!(refused::<Appraisal>(&agreed, object("2026-12-22")), "appraisal.objection_spent");
}

/// D2: the holder objects once and in time, about lines that are there; while the objection is open nobody signs, files
/// or drafts.
#[test]
fn an_open_objection_stops_signing_filing_and_drafting() {
    let given = drafted(80);
    let by_another = |card: &Appraisal| {
        card.object(
            2026,
            ObjectionGround::WrongGrade,
            &[],
            |_| true,
            &on("2026-12-21").by(Role::Member, "m-2"),
        )
    };
    assert_eq!(refused::<Appraisal>(&given, by_another), "appraisal.holder_only");
    let no_line = |card: &Appraisal| {
        card.object(2026, ObjectionGround::WrongLine, &[term("2026-7")], |_| false, &holder_on("2026-12-21"))
    };
    assert_eq!(refused::<Appraisal>(&given, no_line), "appraisal.no_such_line");
    assert_eq!(refused::<Appraisal>(&given, object("2026-12-28")), "appraisal.objection_late");
    let objected = then(given, object("2026-12-27"));
    assert_eq!(ask::<Appraisal>(&objected, object("2026-12-27")), Ok(vec![]));
    let open = "appraisal.objection_open";
    assert_eq!(refused::<Appraisal>(&objected, sign(Grade::Fair, 80, true, on("2027-01-10"))), open);
    assert_eq!(refused::<Appraisal>(&objected, draft(85, true, on("2027-01-10"))), open);
    assert_eq!(refused::<Appraisal>(&objected, file(80)), open);
}

/// D2: a rejected objection has a reason and lets the card be signed; there is no second objection to the same draft.
#[test]
fn a_rejected_objection_needs_a_reason_and_is_the_last_to_its_draft() {
    let objected = then(drafted(80), object("2026-12-22"));
    assert_eq!(refused::<Appraisal>(&objected, answer(false, None, 80)), "appraisal.reason_for_rejection");
    let both = answer(true, Some(RejectionReason::NoEvidence), 80);
    assert_eq!(refused::<Appraisal>(&objected, both), "appraisal.reason_for_rejection");
    let answered = then(objected, answer(false, Some(RejectionReason::LinesVerified), 80));
    assert_eq!(refused::<Appraisal>(&answered, object("2026-12-25")), "appraisal.objection_spent");
    assert_eq!(
        refused::<Appraisal>(&answered, answer(false, Some(RejectionReason::LinesVerified), 80)),
        "appraisal.no_objection"
    );
    assert!(ask::<Appraisal>(&answered, sign(Grade::Fair, 80, true, on("2026-12-25"))).is_ok());
}

/// D2: an upheld objection drafts the card anew from what the point card shows by then, with new days to object.
#[test]
fn an_upheld_objection_makes_a_new_draft() {
    let objected = then(drafted(80), object("2026-12-22"));
    let facts = ask::<Appraisal>(&objected, answer(true, None, 86)).expect("an answer");
    let [
        AppraisalEvent::ObjectionAnswered { upheld: true, reason: None },
        AppraisalEvent::CardDrafted { figures, proposed, objection_until, .. },
    ] = facts.as_slice()
    else {
        panic!("{facts:?}")
    };
    assert_eq!(
        (figures.total, *proposed, objection_until.to_string()),
        (86, Grade::Good, "2026-12-31".to_owned())
    );
    let redrafted = [objected, facts].concat();
    let early = sign(Grade::Good, 86, true, on("2026-12-31"));
    assert_eq!(refused::<Appraisal>(&redrafted, early), "appraisal.objection_running");
    assert!(ask::<Appraisal>(&redrafted, object("2026-12-30")).is_ok());
}

/// D2: when points moved since the draft, nobody signs it; when they moved since the signature, nobody files it; a new
/// draft is needed in both cases.
#[test]
fn moved_points_need_a_new_draft() {
    let given = drafted(80);
    assert_eq!(
        refused::<Appraisal>(&given, sign(Grade::Fair, 81, true, on("2026-12-28"))),
        "appraisal.points_moved"
    );
    let same_total_other_lines = |card: &Appraisal| {
        let figures = Figures { lines: 2, reversed: 1, ..shows(80) };
        card.sign(2026, Grade::Fair, Some(figures), true, &on("2026-12-28"))
    };
    assert_eq!(refused::<Appraisal>(&given, same_total_other_lines), "appraisal.points_moved");
    let signed = then(given, sign(Grade::Fair, 80, true, on("2026-12-28")));
    assert_eq!(refused::<Appraisal>(&signed, file(81)), "appraisal.points_moved");
    let again = then(signed, draft(81, true, on("2026-12-29")));
    assert_eq!(state::<Appraisal>(&again).stage(), Stage::Drafted);
    assert_eq!(refused::<Appraisal>(&again, file(81)), "appraisal.not_signed");
}

/// D2: another grade than the proposed one needs a reason in the envelope.
#[test]
fn a_departing_grade_needs_a_reason() {
    let given = drafted(80);
    let no = refused::<Appraisal>(&given, sign(Grade::Good, 80, true, on("2026-12-28")));
    assert_eq!(no, "appraisal.grade_needs_reason");
    let facts =
        ask::<Appraisal>(&given, sign(Grade::Good, 80, true, on("2026-12-28").because("抗洪表现突出")));
    assert_eq!(facts, Ok(vec![AppraisalEvent::CardSigned { grade: Grade::Good, proposed: Grade::Fair }]));
}

/// E6: a disqualified member's card is proposed as good at best, is never signed as excellent, whatever the reason, and
/// says that the year's awards are closed; a disqualification after the draft makes a new draft necessary.
#[test]
fn a_disqualified_members_card_is_never_excellent() {
    let given = then(vec![], draft(110, false, on("2026-12-20")));
    let Some(AppraisalEvent::CardDrafted { proposed, award_eligible, .. }) = given.first() else {
        panic!("{given:?}")
    };
    assert_eq!((*proposed, *award_eligible), (Grade::Good, false));
    let at = on("2026-12-28").because("特批");
    assert_eq!(
        refused::<Appraisal>(&given, sign(Grade::Excellent, 110, false, at)),
        "appraisal.not_eligible"
    );
    assert_eq!(
        refused::<Appraisal>(&drafted(110), sign(Grade::Excellent, 110, false, on("2026-12-28"))),
        "appraisal.points_moved"
    );
}

/// D2: filing freezes the figures with their three recipients and the county's organisation department; it is done once,
/// and nothing moves the card afterwards but a correction, which starts the next revision.
#[test]
fn a_filed_card_is_frozen_until_a_correction() {
    assert_eq!(refused::<Appraisal>(&drafted(80), file(80)), "appraisal.not_signed");
    let given = filed(80);
    let Some(AppraisalEvent::CardFiled { figures, grade, recipients: to, filed_at, revision, .. }) =
        given.last()
    else {
        panic!("{given:?}")
    };
    assert_eq!((figures.total, *grade, to.len(), *revision), (80, Grade::Fair, 3, 1));
    assert_eq!(filed_at.as_str(), "520201");
    assert_eq!(ask::<Appraisal>(&given, file(80)), Ok(vec![]));
    let frozen = "appraisal.filed_already";
    assert_eq!(refused::<Appraisal>(&given, draft(90, true, on("2027-01-04"))), frozen);
    assert_eq!(refused::<Appraisal>(&given, sign(Grade::Good, 80, true, on("2027-01-04"))), frozen);
    assert_eq!(refused::<Appraisal>(&given, object("2026-12-21")), frozen);
    let outdated = then(given, Appraisal::outdate);
    assert_eq!(ask::<Appraisal>(&outdated, Appraisal::outdate), Ok(vec![]));
    let again = then(outdated, draft(90, true, on("2027-01-04")));
    let Some(AppraisalEvent::CardDrafted { revision, .. }) = again.last() else { panic!("{again:?}") };
    assert_eq!(*revision, 2);
}

fn merge(
    score: i64,
    percent: u32,
    at: Circumstance,
) -> impl FnOnce(&Appraisal) -> Decision<Appraisal> + Send {
    move |card| card.merge(2026, score, &Weight { percent, agreed_by: None }, &at)
}

/// D3, E10: 40 % of the community's score and 60 % of the unit's, in hundredths, with the calculation spelled out.
#[test]
fn forty_percent_of_the_community_and_sixty_of_the_unit() {
    let facts = ask::<Appraisal>(&filed(90), merge(8755, 40, on("2027-01-10"))).expect("a merger");
    let [AppraisalEvent::EvaluationMerged { merged_hundredths, formula, community_score, .. }] =
        facts.as_slice()
    else {
        panic!("{facts:?}")
    };
    assert_eq!((*community_score, *merged_hundredths), (90, 8853));
    assert_eq!(formula, "90 × 40% + 87.55 × 60% = 88.53");
}

/// D3, E10: only a card that is filed and stands is merged, by a human, with a score in its range; the same figures again
/// are nothing to do, others need a reason.
#[test]
fn only_a_standing_filed_card_is_merged() {
    let at = || on("2027-01-10");
    assert_eq!(refused::<Appraisal>(&drafted(90), merge(9000, 40, at())), "appraisal.not_filed");
    let given = filed(90);
    let outdated = then(given.clone(), Appraisal::outdate);
    assert_eq!(refused::<Appraisal>(&outdated, merge(9000, 40, at())), "appraisal.not_filed");
    assert_eq!(refused::<Appraisal>(&given, merge(-1, 40, at())), "appraisal.score_range");
    assert_eq!(refused::<Appraisal>(&given, merge(100_001, 40, at())), "appraisal.score_range");
    let system = at().by(Role::System, "reaction:any");
    assert_eq!(refused::<Appraisal>(&given, merge(9000, 40, system)), "appraisal.human_needed");
    let merged = then(given, merge(9000, 40, at()));
    assert_eq!(ask::<Appraisal>(&merged, merge(9000, 40, at())), Ok(vec![]));
    assert_eq!(refused::<Appraisal>(&merged, merge(9100, 40, at())), "appraisal.merged_otherwise");
    assert!(ask::<Appraisal>(&merged, merge(9100, 40, at().because("单位更正考评"))).is_ok());
}

proptest! {
    /// D3: the merged score lies between the two scores, is exact to half a hundredth, and equals either at its full weight.
    #[test]
    fn a_merged_score_is_exact_to_half_a_hundredth(total in 0_i64..200, unit in 0_i64..20_000, percent in 0_u32..=100) {
        let merged = merged_hundredths(total, unit, percent);
        let exact = total * 100 * i64::from(percent) + unit * (100 - i64::from(percent));
        prop_assert!((merged * 100 - exact).abs() <= 50);
        prop_assert!(merged >= unit.min(total * 100) && merged <= unit.max(total * 100));
        prop_assert_eq!(merged_hundredths(total, unit, 100), total * 100);
        prop_assert_eq!(merged_hundredths(total, unit, 0), unit);
    }
}

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::circumstance::Circumstance;
use crate::ids::Term;
use crate::policy::{CardHolderKind, ClauseKind, percent_of};
use crate::sample::{demand, liupanshui, member, on, phoenix, term};

fn opened(at: &Circumstance) -> Cards {
    let mut cards = Cards::default();
    if let Some(opening) = cards.opening(at) {
        cards.open(&opening);
    }
    cards
}

fn service<'a>(community: &'a crate::ids::CommunityCode, of: &'a crate::ids::DemandId) -> LineWanted<'a> {
    LineWanted {
        clause: term("service"),
        work: Work::Voluntary,
        community,
        demand: Some(of),
        shared_with: None,
        share_of: None,
    }
}

fn add(cards: &mut Cards, points: i64, at: &Circumstance) -> Term {
    let (community, of) = (phoenix(), demand("d-1"));
    let line = cards.line(points, service(&community, &of), at).expect("a line");
    cards.add(&line);
    line.line
}

fn bonus(cards: &Cards, clause: &str, at: &Circumstance) -> Result<PointLine, crate::Refusal> {
    let (kind, holder) = (ClauseKind::Bonus, CardHolderKind::Member);
    cards.clause_line(&term(clause), kind, holder, Work::Duty, &phoenix(), at)
}

/// D1: a card opens with the base of the year's policy, once, and every year has a card of its own.
#[test]
fn a_card_opens_once_a_year_with_the_base_of_its_policy() {
    let mut cards = opened(&on("2026-03-02"));
    assert_eq!(cards.of(2026).map(Card::total), Some(80));
    assert_eq!(cards.opening(&on("2026-12-31")), None);
    let ninety = on("2027-01-01").under(|policy| policy.card.base.value = 90);
    cards.open(&cards.opening(&ninety).expect("a new year's card"));
    assert_eq!(cards.of(2027).map(Card::total), Some(90));
    assert_eq!(cards.of(2026).map(Card::total), Some(80));
}

/// D1: the year is that of the act's business time in the zone of the field, not of its recording.
#[test]
fn a_line_belongs_to_the_year_of_the_act() {
    let mut new_year = on("2027-01-01");
    new_year.at = chrono::DateTime::parse_from_rfc3339("2026-12-31T16:30:00Z").expect("a moment");
    let (community, of) = (phoenix(), demand("d-1"));
    let line = Cards::default().line(1, service(&community, &of), &new_year).expect("a line");
    assert_eq!((line.year, line.line.as_str()), (2027, "2027-1"));
}

/// D1: floor and cap bind what the card shows, not its lines: taking a line back restores what was shown before.
#[test]
fn floor_and_cap_bind_the_total_only() {
    let at = on("2026-03-02");
    let mut cards = opened(&at);
    let deep = add(&mut cards, -500, &at);
    assert_eq!(cards.of(2026).map(Card::total), Some(0));
    add(&mut cards, 3, &at);
    assert_eq!(cards.of(2026).map(Card::total), Some(0));
    cards.take_back(&cards.reversal(2026, &deep, &at).expect("a reversal"));
    assert_eq!(cards.of(2026).map(Card::total), Some(83));
    let high = add(&mut cards, 500, &at);
    assert_eq!(cards.of(2026).map(Card::total), Some(120));
    cards.take_back(&cards.reversal(2026, &high, &at).expect("a reversal"));
    let figures = cards.of(2026).map(Card::figures).expect("a card");
    assert_eq!((figures.base, figures.awarded, figures.deducted, figures.total), (80, 3, 0, 83));
    assert_eq!((figures.lines, figures.reversed), (3, 2));
}

/// D1: the last entry under a clause gets what is left of the yearly most, and the next is refused; a reversed entry
/// makes room again, and another year starts anew.
#[test]
fn a_clause_gives_no_more_than_its_yearly_most() {
    let at = on("2026-03-02").under(|policy| {
        for clause in &mut policy.card.clauses {
            clause.points.value = 3;
            if let Some(most) = &mut clause.yearly_max {
                most.value = 8;
            }
        }
    });
    let mut cards = opened(&at);
    let mut given = vec![];
    for _ in 0..3 {
        let line = bonus(&cards, "excellent_service", &at).expect("a bonus");
        given.push(line.points);
        cards.add(&line);
    }
    assert_eq!(given, [3, 3, 2]);
    assert_eq!(
        bonus(&cards, "excellent_service", &at).map_err(|no| no.code).err().as_deref(),
        Some("points.clause_used_up")
    );
    cards.take_back(&cards.reversal(2026, &term("2026-1"), &at).expect("a reversal"));
    assert_eq!(bonus(&cards, "excellent_service", &at).map(|line| line.points), Ok(3));
    let next_year = Circumstance { at: on("2027-02-01").at, ..at };
    assert_eq!(bonus(&cards, "excellent_service", &next_year).map(|line| line.points), Ok(3));
}

/// D1: a clause is for the kind of line and of card that the policy names.
#[test]
fn a_clause_serves_only_its_kind_of_line_and_card() {
    let (at, cards) = (on("2026-03-02"), Cards::default());
    let ask = |clause: &str, kind: ClauseKind, holder: CardHolderKind| {
        let line = cards.clause_line(&term(clause), kind, holder, Work::Duty, &phoenix(), &at);
        line.map(|line| line.points).map_err(|no| no.code.into_owned())
    };
    let not_for = Err("points.clause_not_for".to_owned());
    assert_eq!(ask("duty_missed", ClauseKind::Penalty, CardHolderKind::Member), Ok(-3));
    assert_eq!(ask("duty_missed", ClauseKind::Penalty, CardHolderKind::Unit), not_for);
    assert_eq!(ask("duty_missed", ClauseKind::Bonus, CardHolderKind::Member), not_for);
    assert_eq!(
        ask("no_such_clause", ClauseKind::Bonus, CardHolderKind::Member),
        Err("points.unknown_clause".to_owned())
    );
}

/// D1: a line is taken back once; what is not there cannot be taken back.
#[test]
fn a_line_is_taken_back_once() {
    let at = on("2026-03-02");
    let mut cards = opened(&at);
    let line = add(&mut cards, 5, &at);
    let code = |cards: &Cards, line: &Term| cards.reversal(2026, line, &at).err().map(|no| no.code);
    cards.take_back(&cards.reversal(2026, &line, &at).expect("a reversal"));
    assert_eq!(code(&cards, &line).as_deref(), Some("points.reversed_already"));
    assert_eq!(code(&cards, &term("2026-9")).as_deref(), Some("points.unknown_line"));
}

/// D1: a unit's share is taken back with its member's line only, and with that line's share alone.
#[test]
fn a_share_goes_with_its_members_line() {
    let at = on("2026-03-02");
    let mut cards = opened(&at);
    let (community, of) = (phoenix(), demand("d-1"));
    let share = |who: &str| ShareOf { member: member(who), line: term("2026-1") };
    for who in ["m-1", "m-2"] {
        let about = LineWanted { share_of: Some(share(who)), ..service(&community, &of) };
        cards.add(&cards.line(1, about, &at).expect("a share"));
    }
    let by_hand = cards.reversal(2026, &term("2026-1"), &at);
    assert_eq!(by_hand.err().map(|no| no.code).as_deref(), Some("points.share_follows"));
    let back = cards.reversals_of_share(&share("m-2"), &at).expect("reversals");
    assert_eq!(back.iter().map(|back| back.line.as_str()).collect::<Vec<_>>(), ["2026-2"]);
}

/// D2: a filed year takes no line and no reversal, unless two people stand behind it; other years are free.
#[test]
fn a_filed_year_is_corrected_by_two_people_only() {
    let at = on("2026-12-20");
    let mut cards = opened(&at);
    let line = add(&mut cards, 5, &at);
    cards.file(&Filing {
        year: 2026,
        community: phoenix(),
        revision: 1,
        total: 85,
        grade: crate::policy::Grade::Good,
        award_eligible: true,
    });
    let (community, of) = (phoenix(), demand("d-1"));
    let write =
        |at: &Circumstance| cards.line(1, service(&community, &of), at).err().map(|no| no.code.into_owned());
    let closed = Some("points.card_filed".to_owned());
    assert_eq!(write(&at), closed);
    assert_eq!(write(&on("2026-12-20").because("漏记")), closed);
    assert_eq!(write(&on("2026-12-20").approved("w-2")), None);
    assert_eq!(write(&on("2027-01-04")), None);
    let take_back = |at: &Circumstance| cards.reversal(2026, &line, at).err().map(|no| no.code.into_owned());
    assert_eq!(take_back(&on("2027-01-04")), closed);
    assert_eq!(take_back(&on("2027-01-04").approved("w-2")), None);
    let reopened = cards.reversals_of(&demand("d-1"), &on("2027-01-04"));
    assert_eq!(reopened.err().map(|no| no.code.into_owned()), closed);
}

/// C5: percentages round half away from zero, so that a bad rating takes what a good one would give.
#[test]
fn percentages_round_half_away_from_zero() {
    let cases = [(3, 50, 2), (-3, 50, -2), (1, 49, 0), (1, 50, 1), (5, -50, -3), (0, 80, 0), (7, 100, 7)];
    for (amount, percent, expected) in cases {
        assert_eq!(percent_of(amount, percent), expected, "{percent} % of {amount}");
    }
}

#[derive(Debug, Clone)]
enum Step {
    Service(i64),
    Bonus,
    Penalty,
    Reverse(usize),
    File,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => (-20_i64..40).prop_map(Step::Service),
        3 => Just(Step::Bonus),
        2 => Just(Step::Penalty),
        3 => (0_usize..40).prop_map(Step::Reverse),
        1 => Just(Step::File),
    ];
    proptest::collection::vec(step, 0..60)
}

/// A plain account kept beside the card: every line ever written with its points, and whether it stands.
#[derive(Default)]
struct Account(Vec<(Term, i64, bool)>);

impl Account {
    fn total(&self) -> i64 {
        let sum: i64 = self.0.iter().filter(|(.., stands)| *stands).map(|(_, points, _)| points).sum();
        let policy = liupanshui();
        (policy.card.base.value + sum)
            .min(policy.card.cap.value.unwrap_or(i64::MAX))
            .max(policy.card.floor.value)
    }
}

proptest! {
    /// D1, C5: whatever happens to a card, its total is base plus the sum of its standing lines within floor and cap, its
    /// line names never repeat, no clause gives more than its yearly most, and a filed year stands still.
    #[test]
    fn the_total_is_the_sum_of_the_standing_lines(steps in steps()) {
        let at = on("2026-03-02");
        let mut cards = opened(&at);
        let mut account = Account::default();
        for step in steps {
            let clause = |cards: &Cards, name: &str, kind: ClauseKind| {
                cards.clause_line(&term(name), kind, CardHolderKind::Member, Work::Duty, &phoenix(), &at)
            };
            let (community, of) = (phoenix(), demand("d-1"));
            let before = cards.of(2026).map(Card::figures);
            let line = match step {
                Step::Service(points) => cards.line(points, service(&community, &of), &at),
                Step::Bonus => clause(&cards, "excellent_service", ClauseKind::Bonus),
                Step::Penalty => clause(&cards, "bad_service", ClauseKind::Penalty),
                Step::Reverse(which) => {
                    let name = term(&format!("2026-{which}"));
                    if let Ok(back) = cards.reversal(2026, &name, &at) {
                        let kept = account.0.iter_mut().find(|(had, ..)| *had == name).expect("a known line");
                        prop_assert!(kept.2);
                        prop_assert_eq!(back.points, -kept.1);
                        kept.2 = false;
                        cards.take_back(&back);
                    }
                    continue;
                }
                Step::File => {
                    cards.file(&Filing {
                        year: 2026,
                        community: phoenix(),
                        revision: 1,
                        total: account.total(),
                        grade: crate::policy::Grade::Fair,
                        award_eligible: true,
                    });
                    continue;
                }
            };
            if let Ok(line) = line {
                prop_assert!(!cards.is_filed(2026));
                account.0.push((line.line.clone(), line.points, true));
                cards.add(&line);
            } else {
                prop_assert_eq!(before, cards.of(2026).map(Card::figures));
            }
            prop_assert_eq!(cards.of(2026).map(Card::total), Some(account.total()));
        }
        let names: BTreeSet<&Term> = account.0.iter().map(|(name, ..)| name).collect();
        prop_assert_eq!(names.len(), account.0.len());
        let figures = cards.of(2026).map(Card::figures).expect("a card");
        prop_assert_eq!(figures.total, account.total());
        prop_assert_eq!(figures.lines as usize, account.0.len());
    }

    /// D1: taking a line back restores exactly what the card would show had it never been written.
    #[test]
    fn a_reversal_restores(points in proptest::collection::vec(-60_i64..60, 1..12), which in 0_usize..12) {
        let at = on("2026-03-02");
        let which = which % points.len();
        let (mut with, mut without) = (opened(&at), opened(&at));
        for (place, amount) in points.iter().enumerate() {
            add(&mut with, *amount, &at);
            if place != which {
                add(&mut without, *amount, &at);
            }
        }
        let name = term(&format!("2026-{}", which + 1));
        with.take_back(&with.reversal(2026, &name, &at).expect("a reversal"));
        let shown = |cards: &Cards| cards.of(2026).map(Card::figures).map(|it| (it.awarded, it.deducted, it.total));
        prop_assert_eq!(shown(&with), shown(&without));
    }

    /// C5: what a rating takes and what it gives mirror each other, and more stars never earn less.
    #[test]
    fn rounding_mirrors(amount in 0_i64..10_000, percent in 0_i64..200) {
        prop_assert_eq!(percent_of(amount, -percent), -percent_of(amount, percent));
        prop_assert!((percent_of(amount, percent) * 100 - amount * percent).abs() <= 50);
    }
}

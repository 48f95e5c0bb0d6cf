use super::*;
use crate::sample::{ask, on, refused, state, term, then, unit};

fn street() -> DivisionCode {
    DivisionCode::new("520203001").expect("a street")
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

fn agree(
    division: &'static str,
    percent: u32,
    items: &'static [&'static str],
    from: &'static str,
    at: Circumstance,
) -> impl FnOnce(&Agreement) -> Decision<Agreement> + Send {
    move |agreement| {
        let items: Vec<Term> = items.iter().map(|item| term(item)).collect();
        let division = DivisionCode::new(division).expect("a division");
        agreement.agree_weight(&division, &unit("u-jobs"), percent, &items, day(from), &at)
    }
}

const ITEMS: &[&str] = &["mediation", "counselling", "job_advice"];

/// D3: the weight that 九龙街道 agreed on holds from its day on, until another is agreed on.
#[test]
fn an_agreed_weight_holds_from_its_day_on() {
    let given = then(vec![], agree("520203001", 40, ITEMS, "2026-01-01", on("2026-01-05")));
    let Some(AgreementEvent::WeightAgreed { division, percent, items, .. }) = given.first() else {
        panic!("{given:?}")
    };
    assert_eq!((division, *percent, items.len()), (&street(), 40, 3));
    let given = then(given, agree("520203001", 50, ITEMS, "2027-01-01", on("2027-01-05")));
    let agreement = state::<Agreement>(&given);
    let weights = ["2025-12-31", "2026-12-31", "2027-01-01"].map(|on| agreement.weight_on(day(on)));
    assert_eq!(weights, [None, Some(40), Some(50)]);
}

/// D3: shares beyond the whole, agreements without items or by a county, and silent changes are refused.
#[test]
fn a_wrong_weight_is_refused() {
    let at = || on("2026-01-05");
    let no = |act| refused::<Agreement>(&[], act);
    assert_eq!(no(agree("520203001", 101, ITEMS, "2026-01-01", at())), "agreement.percent_range");
    assert_eq!(
        refused::<Agreement>(&[], agree("520203", 40, ITEMS, "2026-01-01", at())),
        "agreement.division_level"
    );
    assert_eq!(
        refused::<Agreement>(&[], agree("520203001", 40, &[], "2026-01-01", at())),
        "agreement.items_needed"
    );
    let twice = agree("520203001", 40, &["mediation", "mediation"], "2026-01-01", at());
    assert_eq!(refused::<Agreement>(&[], twice), "agreement.items_needed");
    let given = then(vec![], agree("520203001", 40, ITEMS, "2026-01-01", at()));
    assert_eq!(ask::<Agreement>(&given, agree("520203001", 40, ITEMS, "2026-01-01", at())), Ok(vec![]));
    let changed = agree("520203001", 30, ITEMS, "2026-01-01", at());
    assert_eq!(refused::<Agreement>(&given, changed), "agreement.agreed_otherwise");
    let told = agree("520203001", 30, ITEMS, "2026-01-01", at().because("补充协议"));
    assert!(ask::<Agreement>(&given, told).is_ok());
}

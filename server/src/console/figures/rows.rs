//! The rows that a figure counts: from a figure to the sheet that shows them, and from there to the events.

use super::super::interface::written;

/// A figure, its sheet, what narrows it, and the column of the period.
type Counted = (&'static str, &'static str, &'static [(&'static str, &'static str)], Option<&'static str>);

/// Figures, the sheet of what they count, what else narrows it, and the column that the period is of.
const SHEETS: &[Counted] = &[
    ("demands_placed", "demands", &[], Some("placed_at")),
    ("placed_order", "demands", &[("kind", "order")], Some("placed_at")),
    ("placed_micro_dream", "demands", &[("kind", "micro_dream")], Some("placed_at")),
    ("placed_micro_wish", "demands", &[("kind", "micro_wish")], Some("placed_at")),
    ("placed_micro_appeal", "demands", &[("kind", "micro_appeal")], Some("placed_at")),
    ("placed_issue", "demands", &[("kind", "issue")], Some("placed_at")),
    ("placed_petition", "demands", &[("kind", "petition")], Some("placed_at")),
    ("channel_online", "demands", &[("channel", "online")], Some("placed_at")),
    ("channel_window", "demands", &[("channel", "window")], Some("placed_at")),
    ("channel_telephone", "demands", &[("channel", "telephone")], Some("placed_at")),
    ("channel_home_visit", "demands", &[("channel", "home_visit")], Some("placed_at")),
    ("channel_grid_officer", "demands", &[("channel", "grid_officer")], Some("placed_at")),
    ("referred", "demands", &[("phase", "referred")], None),
    ("withdrawn", "demands", &[("phase", "withdrawn")], None),
    ("completed", "demands", &[("phase", "completed")], None),
    ("unit_links", "unit-links", &[], None),
    ("units_enrolled", "units", &[], None),
    ("members_enrolled", "members", &[], None),
    ("grids_base", "grids", &[("kind", "base")], None),
    ("grids_emergency", "grids", &[("kind", "emergency")], None),
    ("grids_dedicated", "grids", &[("kind", "dedicated")], None),
    ("posts_duty", "posts", &[], None),
    ("posts_voluntary", "posts", &[], None),
    ("duties_done", "duties", &[("state", "done")], None),
    ("pairs", "help-pairs", &[], None),
    ("households_registered", "households", &[], None),
    ("praises", "praise", &[], None),
    ("disqualifications", "disqualifications", &[], None),
    ("misconduct", "disqualifications", &[], None),
    ("opinions_requested", "opinions", &[], None),
    ("opinions_given", "opinions", &[], None),
];
/// Sheets whose place is a unit's or a member's, not of a column that figures go by.
const PLACELESS: [&str; 2] = ["units", "members"];

/// The address of the rows, narrowed to place and period.
pub(super) fn behind(
    measure: &str,
    division: Option<&str>,
    from: Option<&str>,
    before: Option<&str>,
) -> Option<String> {
    let (_, sheet, narrowed, period) = SHEETS.iter().find(|(known, ..)| *known == measure)?;
    let mut query = narrowed.to_vec();
    if !PLACELESS.contains(sheet) {
        query.extend(division.map(|division| ("community", division)));
    }
    let first = from.map(|from| format!("{from}-01"));
    if *period == Some("placed_at") {
        query.extend(first.as_deref().map(|first| ("placed_at_from", first)));
        query.extend(before.map(|before| ("placed_at_before", before)));
    }
    if query.is_empty() {
        Some(format!("/sheets/{sheet}"))
    } else {
        Some(format!("/sheets/{sheet}?{}", written(&query)))
    }
}

#[cfg(test)]
mod tests {
    use projections::{Measure, sheets};

    use super::*;

    #[test]
    fn figures_lead_to_rows_of_their_place_and_period() {
        let path = behind("placed_issue", Some("520201"), Some("2026-03"), Some("2026-06-01")).unwrap();
        assert_eq!(
            path,
            "/sheets/demands?kind=issue&community=520201&placed_at_from=2026-03-01&placed_at_before=2026-06-01"
        );
        assert_eq!(behind("members_enrolled", Some("5202"), None, None).unwrap(), "/sheets/members");
        assert_eq!(behind("minutes_duty", None, None, None), None);
    }

    /// What is linked to is there: the figure, the sheet, and every column that narrows it.
    #[test]
    fn every_sheet_has_the_columns_that_narrow_it() {
        for (measure, sheet, narrowed, period) in SHEETS {
            assert!(Measure::ALL.iter().any(|known| known.name() == *measure), "{measure}");
            let resource = sheets::resources().iter().find(|one| one.name == *sheet).unwrap();
            for column in narrowed.iter().map(|(column, _)| column).chain(period) {
                assert!(resource.sheet.columns.contains(column), "{sheet} {column}");
            }
            assert!(PLACELESS.contains(sheet) || resource.sheet.columns.contains(&"community"), "{sheet}");
        }
    }
}

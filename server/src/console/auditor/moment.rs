//! Moments as people write them: a position, a time, or a time of day on the spot.

use chrono::NaiveDateTime;

/// As the interface takes it: a position, or a time with its zone. What is neither goes as it is, and is refused there.
pub(super) fn of(text: &str) -> String {
    let text = text.trim();
    let local = text.replace(' ', "T");
    let forms = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"];
    let read = forms.iter().find_map(|form| NaiveDateTime::parse_from_str(&local, form).ok());
    // A day is meant with all that was recorded on it.
    let day = chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
    let read = read.or_else(|| day.and_then(|day| day.and_hms_opt(23, 59, 59)));
    read.map_or_else(|| text.to_owned(), |read| read.format("%Y-%m-%dT%H:%M:%S+08:00").to_string())
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn a_time_of_day_on_the_spot_is_of_the_business_zone() {
        assert_eq!(of("2026-03-01T09:30"), "2026-03-01T09:30:00+08:00");
        assert_eq!(of(" 2026-03-01 09:30:05 "), "2026-03-01T09:30:05+08:00");
        assert_eq!(of("2026-03-01"), "2026-03-01T23:59:59+08:00");
        for as_it_is in ["17", "2026-03-01T09:30:00Z", "soon"] {
            assert_eq!(of(as_it_is), as_it_is);
        }
    }
}

//! Plots: numbers as geometry, drawn as SVG by the templates. The same numbers stand in a table beside each.

use serde_json::{Value, json};

use super::super::visit::Visit;
use super::places::Place;
use super::{title, titled};

const WIDE: i64 = 720;
const HIGH: i64 = 220;
/// Room for the numbers of the axis, and for the months below.
const LEFT: i64 = 48;
const BELOW: i64 = 28;
const ABOVE: i64 = 12;
/// Of a bar that lies.
const ROW: i64 = 30;
const LABELS: i64 = 190;
const NUMBERS: i64 = 70;

/// Bars by month, one beside the other for each figure.
pub(super) fn by_month(visit: &Visit, statistics: &Value, measures: &[&str]) -> Value {
    let parts = statistics["parts"].as_array().map(Vec::as_slice).unwrap_or_default();
    let value = |part: &Value, measure: &str| part["figures"][measure].as_i64().unwrap_or_default();
    let highest =
        parts.iter().flat_map(|part| measures.iter().map(|measure| value(part, measure))).max().unwrap_or(0);
    let top = round_up(highest);
    let months = i64::try_from(parts.len()).unwrap_or(1).max(1);
    let slot = (WIDE - LEFT) / months;
    let bars = i64::try_from(measures.len()).unwrap_or(1).max(1);
    let wide = (slot * 7 / 10 / bars).clamp(2, 36);
    let floor = HIGH - BELOW;
    let high = |value: i64| value.max(0).saturating_mul(floor - ABOVE) / top;
    let mut drawn = vec![];
    let mut labels = vec![];
    // Labels that would lie on one another are left out.
    let every = (months - 1) / 6 + 1;
    for (number, part) in (0_i64..).zip(parts) {
        let begin = LEFT + number * slot + (slot - wide * bars) / 2;
        for (series, measure) in (0_i64..).zip(measures) {
            let value = value(part, measure);
            let high = high(value);
            drawn.push(json!({ "x": begin + series * wide, "y": floor - high, "width": wide - 1, "height": high, "series": series }));
        }
        if number % every == 0 {
            labels.push(json!({ "x": LEFT + number * slot + slot / 2, "text": part["key"] }));
        }
    }
    let rows: Vec<Value> = parts
        .iter()
        .map(|part| json!({ "key": part["key"], "values": measures.iter().map(|measure| value(part, measure)).collect::<Vec<_>>() }))
        .collect();
    let ticks = [0, top / 2, top].map(|value| json!({ "y": floor - high(value), "value": value }));
    json!({
        "width": WIDE, "height": HIGH, "left": LEFT, "floor": floor,
        "series": measures.iter().filter_map(|measure| Some(title(visit, titled(statistics, measure)?))).collect::<Vec<_>>(),
        "ticks": ticks,
        "bars": drawn, "labels": labels, "rows": rows,
    })
}

/// Bars that lie, one for each division within.
pub(super) fn by_place(
    visit: &Visit,
    statistics: &Value,
    measure: &str,
    place: &Place,
    here: &impl Fn(&str) -> String,
) -> Value {
    let parts = statistics["parts"].as_array().map(Vec::as_slice).unwrap_or_default();
    let value = |part: &Value| part["figures"][measure].as_i64().unwrap_or_default();
    let top = parts.iter().map(value).max().unwrap_or(0).max(1);
    let mut bars = vec![];
    for (number, part) in (0_i64..).zip(parts) {
        let code = part["key"].as_str().unwrap_or_default();
        let is_own = place.code.as_deref() == Some(code);
        bars.push(json!({
            "code": code,
            "name": place.name_within(code).unwrap_or(code),
            "href": (!is_own).then(|| here(code)),
            "value": value(part),
            "y": number * ROW,
            "width": value(part).max(0).saturating_mul(WIDE - LABELS - NUMBERS) / top,
        }));
    }
    let rows = i64::try_from(bars.len()).unwrap_or_default();
    json!({
        "width": WIDE, "height": rows * ROW, "left": LABELS, "row": ROW,
        "title": titled(statistics, measure).map(|figure| title(visit, figure)),
        "bars": bars,
    })
}

/// A number at the top of an axis: 1, 2 or 5 and noughts, and even.
fn round_up(value: i64) -> i64 {
    let mut step = 2_i64;
    loop {
        for factor in [1, 2, 5] {
            let top = step.saturating_mul(factor);
            if top >= value {
                return top;
            }
        }
        step = step.saturating_mul(10);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_ends_at_a_round_number() {
        assert_eq!([0, 2, 3, 9, 11, 150, 999].map(round_up), [2, 2, 4, 10, 20, 200, 1000]);
        assert!(round_up(i64::MAX) >= i64::MAX - 1);
    }
}

//! What a run found: a table for people, and a line of JSON for each peer.

use std::fmt::Write as _;

use serde_json::json;

use crate::rounds::{Figures, Line};

/// One object a line: each peer against ours.
pub fn json(line: &Line) -> String {
    let Some((ours, peers)) = line.figures.split_first() else { return String::new() };
    let mut text = String::new();
    for peer in peers {
        let object = json!({
            "name": line.name, "clients": line.clients, "unit": line.unit, "peer_name": peer.name,
            "ours": round(ours.median.rate), "peer": round(peer.median.rate), "ratio": round(peer.ratio),
            "ours_cpu_us": cpu(ours), "peer_cpu_us": cpu(peer),
        });
        let _ = writeln!(text, "{object}");
    }
    text
}

/// Processor time a unit of work, client and server together, microseconds.
fn cpu(figures: &Figures) -> Option<f64> {
    Some(round(figures.median.client? + figures.median.server?))
}

fn round(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

/// The lines as a table of Markdown, which terminals show well enough.
pub fn table(lines: &[Line]) -> String {
    let mut text = String::from(
        "| row | clients | who | rate, median (min–max) | p50 ms | p99 ms | CPU µs, client + server | ours to it |\n|---|---|---|---|---|---|---|---|\n",
    );
    for line in lines {
        for (n, figures) in line.figures.iter().enumerate() {
            row(&mut text, line, n, figures);
        }
    }
    text
}

fn row(text: &mut String, line: &Line, n: usize, figures: &Figures) {
    let name = match (n, line.note.as_str()) {
        (0, "") => line.name.to_owned(),
        (0, note) => format!("{}, {note}", line.name),
        _ => String::new(),
    };
    let clients = line.clients.filter(|_| n == 0).map(|clients| clients.to_string()).unwrap_or_default();
    let who = if n == 0 { format!("**{}**", figures.name) } else { figures.name.clone() };
    let sample = &figures.median;
    let (slowest, fastest) = figures.range;
    let rate =
        format!("{} ({}–{}) {}", thousands(sample.rate), thousands(slowest), thousands(fastest), line.unit);
    let time = |value: Option<f64>| value.map_or("–".to_owned(), |value| format!("{value:.2}"));
    let cpu = match (sample.client, sample.server) {
        (Some(client), Some(server)) => format!("{client:.1} + {server:.1}"),
        _ => "–".to_owned(),
    };
    let ratio = if n == 0 { String::new() } else { format!("{:.2}×", figures.ratio) };
    let _ = writeln!(
        text,
        "| {name} | {clients} | {who} | {rate} | {} | {} | {cpu} | {ratio} |",
        time(sample.p50),
        time(sample.p99)
    );
}

/// A number as people read it: 12,345; small ones with a decimal.
pub fn thousands(value: f64) -> String {
    if value < 100.0 {
        return format!("{value:.1}");
    }
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number on an axis.
pub fn short(value: f64) -> String {
    if value < 10.0 {
        format!("{value:.1}")
    } else {
        thousands(value.round()).trim_end_matches(".0").to_owned()
    }
}

//! What a department head wants to know of the season, told from the projections.

use aggregates::ids::DivisionCode;
use comfy_table::Table;
use comfy_table::presets::UTF8_FULL_CONDENSED;
use projections::ports::{Condition, Find};
use projections::{Feed, PointCard, PointCards, Projection, Question, Shelf, Statistics};
use serde::Serialize;
use serde_json::{Value, json};

use super::{City, Driven, Stage};
use crate::http::language::Language;

/// Figures of the table, by the names of their measures, under a heading.
const SECTIONS: &[(&str, &str, &[&str])] = &[
    (
        "报到",
        "reports",
        &[
            "units_enrolled",
            "unit_links",
            "unit_reports",
            "members_enrolled",
            "reports_unit_linked",
            "reports_residence",
        ],
    ),
    (
        "网格",
        "grids",
        &["grids_base", "grids_emergency", "grids_filed", "posts_duty", "posts_voluntary", "duties_done"],
    ),
    (
        "点单与认领",
        "demands",
        &[
            "demands_placed",
            "screened",
            "referred",
            "claimed_by_members",
            "dispatched",
            "accepted_by_members",
            "declined",
        ],
    ),
    (
        "办结与评单",
        "services",
        &[
            "completed",
            "on_time",
            "service_times",
            "minutes_voluntary",
            "minutes_duty",
            "rated",
            "satisfied",
            "reopened",
            "issues_solved",
        ],
    ),
    (
        "走访与反馈",
        "visits and cards",
        &[
            "households_registered",
            "pairs",
            "visits_monthly",
            "cards_excellent",
            "cards_good",
            "cards_fair",
            "cards_poor",
        ],
    ),
];

/// The summary of a demonstration.
#[derive(Debug, Serialize)]
pub struct Summary {
    city: &'static str,
    commands: u64,
    events: u64,
    seconds: f64,
    refused_as_meant: std::collections::BTreeMap<String, u64>,
    refused_otherwise: std::collections::BTreeMap<String, u64>,
    statistics: Statistics,
}

impl Stage {
    /// Reads the summary from the projections.
    pub async fn summary(&self, city: &City, driven: Driven) -> anyhow::Result<Summary> {
        let question =
            Question { division: Some(DivisionCode::new(city.code)?), from: None, to: None, by: None };
        let (statistics, _) = projections::statistics(self.store.as_ref(), &question).await?;
        Ok(Summary {
            city: city.title,
            commands: driven.accepted,
            events: self.store.head().await?,
            seconds: driven.took.as_secs_f64(),
            refused_as_meant: driven.refused,
            refused_otherwise: driven.surprises,
            statistics,
        })
    }
}

/// Cards looked at for an example.
const LOOKED_AT: usize = 2000;

impl Stage {
    /// A member whose card has something to explain: of those looked at, the one with most lines on a card that is not closed yet, so that
    /// there is still something to be done.
    pub async fn example_member(&self) -> anyhow::Result<Option<String>> {
        let find = Find {
            conditions: vec![Condition::Is("holder_kind", "member".to_owned())],
            limit: LOOKED_AT,
            ..Find::default()
        };
        let (found, _) = self.store.find(&PointCards::sheet(), &find).await?;
        let cards: Vec<PointCard> =
            found.iter().map(|row| serde_json::from_str(&row.body)).collect::<Result<_, _>>()?;
        Ok(cards
            .into_iter()
            .max_by_key(|card| (card.closed_at_position.is_none(), card.lines.len()))
            .map(|card| card.holder))
    }
}

impl Summary {
    /// As JSON.
    pub fn json(&self) -> Value {
        json!(self)
    }

    /// As a table with a heading, in a language.
    pub fn table(&self, language: Language) -> String {
        let mut table = Table::new();
        table.load_style(UTF8_FULL_CONDENSED).set_header(match language {
            Language::Zh => ["", "指标", "数量"],
            Language::En => ["", "figure", "count"],
        });
        for (zh, en, names) in SECTIONS {
            let mut heading = language.pick(zh, en).to_owned();
            for name in *names {
                let Some(figure) =
                    self.statistics.figures.iter().find(|figure| figure.measure.name() == *name)
                else {
                    continue;
                };
                let title = language.pick(&figure.title, &figure.title_en).to_owned();
                table.add_row([std::mem::take(&mut heading), title, figure.value.to_string()]);
            }
        }
        let mut heading = language.pick("比率", "rates").to_owned();
        for rate in &self.statistics.rates {
            let Some(permille) = rate.permille else { continue };
            let title = language.pick(&rate.title, &rate.title_en).to_owned();
            // More than one of each: a mean, not a share.
            let share = if rate.share > rate.of {
                format!("{}.{:02} ({}/{})", permille / 1000, permille % 1000 / 10, rate.share, rate.of)
            } else {
                format!("{}.{} % ({}/{})", permille / 10, permille % 10, rate.share, rate.of)
            };
            table.add_row([std::mem::take(&mut heading), title, share]);
        }
        format!("{}\n{table}\n{}", self.heading(language), self.refusals(language))
    }

    fn heading(&self, language: Language) -> String {
        let (city, commands, events) = (self.city, self.commands, self.events);
        let speed = f64::from(u32::try_from(commands).unwrap_or(u32::MAX)) / self.seconds.max(0.001);
        match language {
            Language::Zh => format!(
                "{city}：{commands} 条命令入账，{events} 个事件，用时 {:.1} 秒（每秒 {speed:.0} 条，含全部查询数据）",
                self.seconds
            ),
            Language::En => format!(
                "{city}: {commands} commands recorded as {events} events in {:.1} s ({speed:.0} a second, all projections included)",
                self.seconds
            ),
        }
    }

    fn refusals(&self, language: Language) -> String {
        let list = |refused: &std::collections::BTreeMap<String, u64>| {
            refused.iter().map(|(code, count)| format!("{code} × {count}")).collect::<Vec<_>>().join(", ")
        };
        let mut told = format!(
            "{}{}",
            language.pick(
                "规则拒绝（演示有意为之）：",
                "refused by the rules, as the demonstration means to show: "
            ),
            list(&self.refused_as_meant)
        );
        if !self.refused_otherwise.is_empty() {
            told.push('\n');
            told.push_str(language.pick("另有拒绝：", "refused besides: "));
            told.push_str(&list(&self.refused_otherwise));
        }
        told
    }
}

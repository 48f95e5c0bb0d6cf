//! What is said of a record: one outcome, in plain words, with every reason.

use std::fmt::Write as _;

use super::{Told, Totals};

/// How it came out. The later, the worse, except that a record which contradicts what the reader kept is worse than one that lacks
/// something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// Everything holds.
    Valid,
    /// Everything holds, and something is worth knowing.
    ValidWithWarnings,
    /// Events are missing.
    Incomplete,
    /// It is proved, yet contradicts a checkpoint that the reader kept: the ledger has shown two histories.
    Diverged,
    /// Something does not hold.
    Invalid,
}

impl Outcome {
    /// The exit code of a program that verifies.
    pub fn code(self) -> u8 {
        match self {
            Self::Valid => 0,
            Self::ValidWithWarnings => 10,
            Self::Incomplete => 20,
            Self::Diverged => 30,
            Self::Invalid => 40,
        }
    }

    /// One word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::ValidWithWarnings => "valid-with-warnings",
            Self::Incomplete => "incomplete",
            Self::Diverged => "diverged",
            Self::Invalid => "invalid",
        }
    }

    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Valid => ("核验通过", "VALID"),
            Self::ValidWithWarnings => ("核验通过，但请注意以下事项", "VALID, with warnings"),
            Self::Incomplete => ("不完整：有事件未列入", "INCOMPLETE: events are missing"),
            Self::Diverged => (
                "自相矛盾：账本曾出示另一种历史，请保留两份文件并报告",
                "DIVERGED: the ledger has shown another history; keep both files and report it",
            ),
            Self::Invalid => ("核验不通过", "INVALID"),
        }
    }
}

/// A reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What it makes of the record.
    pub outcome: Outcome,
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

impl Finding {
    pub(super) fn new(outcome: Outcome, zh: &str, en: &str) -> Self {
        Self { outcome, zh: zh.to_owned(), en: en.to_owned() }
    }
}

/// What is said of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The worst of the findings.
    pub outcome: Outcome,
    /// All reasons.
    pub findings: Vec<Finding>,
    /// Whose record it is: kind and id. None where it cannot be read.
    pub subject: Option<(String, String)>,
    /// What its statement says of itself; none where there is none, or it cannot be read.
    pub statement: Option<Told>,
    /// How many events it shows.
    pub events: usize,
    /// What they come to, added up anew.
    pub totals: Totals,
    /// Events in the ledger when it was made; none where the checkpoint is not believed.
    pub size: Option<u64>,
    /// Who cosigned, and when, in seconds since 1970.
    pub witnessed: Vec<(String, u64)>,
}

impl Verdict {
    pub(super) fn new(findings: Vec<Finding>) -> Self {
        let outcome = findings.iter().map(|finding| finding.outcome).max().unwrap_or(Outcome::Valid);
        Self {
            outcome,
            findings,
            subject: None,
            statement: None,
            events: 0,
            totals: Totals::default(),
            size: None,
            witnessed: vec![],
        }
    }

    /// In plain words, Chinese or English.
    pub fn text(&self, is_chinese: bool) -> String {
        let pick = |zh: &str, en: &str| if is_chinese { zh.to_owned() } else { en.to_owned() };
        let (zh, en) = self.outcome.words();
        let mut text = pick(zh, en);
        if let Some((kind, id)) = &self.subject {
            let _ = write!(text, "\n{kind} {id}: {} {}", self.events, pick("个事件", "events"));
        }
        for finding in &self.findings {
            let _ = write!(text, "\n- {}", pick(&finding.zh, &finding.en));
        }
        // Of a record that does not hold nothing is repeated that somebody might quote.
        if self.outcome <= Outcome::ValidWithWarnings {
            self.tell_statement(&mut text, is_chinese);
            self.tell_totals(&mut text, is_chinese);
        }
        text
    }

    fn tell_statement(&self, text: &mut String, is_chinese: bool) {
        let Some(told) = &self.statement else { return };
        let (number, by, of) = if is_chinese {
            ("证明编号", "记录单位", "姓名")
        } else {
            ("certificate", "issued by", "name")
        };
        let _ = write!(text, "\n{number}: {} ({})\n{by}: {}", told.certificate, told.issued_on, told.issuer);
        if let Some(name) = &told.name {
            let _ = write!(text, "\n{of}: {name}");
        }
    }

    fn tell_totals(&self, text: &mut String, is_chinese: bool) {
        let totals = &self.totals;
        let hours = |minutes: u64| format!("{}:{:02}", minutes / 60, minutes % 60);
        let lines = [
            ("志愿服务", "voluntary service", totals.voluntary),
            ("职责任务", "duty", totals.duty),
            ("走访", "visits", totals.visits),
        ];
        for (zh, en, counted) in lines {
            let name = if is_chinese { zh } else { en };
            let _ = write!(text, "\n{name}: {} × , {} h", counted.times, hours(counted.minutes));
        }
        if let Some(mean) = (totals.stars * 10).checked_div(totals.rated) {
            let name = if is_chinese { "评价" } else { "ratings" };
            let _ = write!(text, "\n{name}: {}, {}.{} / 5", totals.rated, mean / 10, mean % 10);
        }
        for (year, card) in &totals.cards {
            let name = if is_chinese { "积分卡" } else { "point card" };
            let _ = write!(
                text,
                "\n{name} {year}: {} ({} + {} - {})",
                card.total, card.base, card.awarded, card.deducted
            );
        }
        for year in &totals.disqualified {
            let name = if is_chinese { "取消评优资格" } else { "disqualified" };
            let _ = write!(text, "\n{name}: {year}");
        }
    }
}

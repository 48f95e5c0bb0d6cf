//! What is measured of one ledger where it happens. Its labels are made once, so that measuring an append or a command allocates
//! nothing; what can be looked up is looked up by `/metrics`.

use std::collections::HashMap;

use commands::{Reply, Trouble, registry};
use metrics::{Key, Label, Level, Metadata, with_recorder};

use crate::signin::OUTCOMES as OUTCOMES_OF_SIGN_INS;
use crate::store::LedgerName;

const ABOUT: Metadata<'static> = Metadata::new(module_path!(), Level::INFO, Some(module_path!()));

/// What may become of a command, as its label tells it.
const OUTCOMES: [&str; 6] = ["stored", "repeated", "refused", "key_reused", "conflict", "failed"];

/// One series of one ledger. It is looked up by its key each time: the recorder may come after it.
pub(crate) struct Series(Key);

impl Series {
    fn of(ledger: &LedgerName, name: &'static str, others: &[(&'static str, &'static str)]) -> Self {
        let others = others.iter().map(|(name, value)| Label::from_static_parts(name, value));
        let labels: Vec<Label> =
            std::iter::once(Label::new("ledger", ledger.label())).chain(others).collect();
        Self(Key::from_parts(name, labels))
    }

    /// Counts one more.
    pub(crate) fn count(&self) {
        with_recorder(|recorder| recorder.register_counter(&self.0, &ABOUT)).increment(1);
    }

    /// Records a value of a histogram.
    pub(crate) fn record(&self, value: f64) {
        with_recorder(|recorder| recorder.register_histogram(&self.0, &ABOUT)).record(value);
    }
}

/// The series of one ledger.
pub struct Measures {
    pub(crate) ledger: LedgerName,
    pub(crate) batch_appends: Series,
    pub(crate) batch_seconds: Series,
    pub(crate) conflicts: Series,
    pub(crate) outcomes_unknown: Series,
    pub(crate) overloaded: Series,
    pub(crate) went_back: Series,
    pub(crate) projector_troubles: Series,
    pub(crate) reaction_troubles: Series,
    pub(crate) publish_troubles: Series,
    pub(crate) lines: Series,
    pub(crate) lines_seconds: Series,
    commands: HashMap<&'static str, OfCommand>,
}

struct OfCommand {
    seconds: Series,
    outcomes: [Series; OUTCOMES.len()],
}

impl Measures {
    /// Those of the ledger of this name.
    pub fn new(ledger: &LedgerName) -> Self {
        let of = |name| Series::of(ledger, name, &[]);
        let of_command = |command| OfCommand {
            seconds: Series::of(ledger, "baodao_command_seconds", &[("command", command)]),
            outcomes: OUTCOMES.map(|outcome| {
                Series::of(ledger, "baodao_commands_total", &[("command", command), ("outcome", outcome)])
            }),
        };
        Self {
            ledger: ledger.clone(),
            batch_appends: of("baodao_journal_batch_appends"),
            batch_seconds: of("baodao_journal_batch_seconds"),
            conflicts: of("baodao_journal_conflicts_total"),
            outcomes_unknown: of("baodao_journal_outcomes_unknown_total"),
            overloaded: of("baodao_journal_overloaded_total"),
            went_back: of("baodao_journal_went_back_total"),
            projector_troubles: of("baodao_projector_troubles_total"),
            reaction_troubles: of("baodao_reaction_troubles_total"),
            publish_troubles: of("baodao_log_publish_troubles_total"),
            lines: of("baodao_batch_lines"),
            lines_seconds: of("baodao_batch_seconds"),
            commands: registry::NAMES.iter().map(|name| (*name, of_command(*name))).collect(),
        }
    }

    /// Tells what should not happen as 0 from the start, so that an alarm sees the first one.
    pub(crate) fn begin(&self) {
        for trouble in [
            &self.conflicts,
            &self.outcomes_unknown,
            &self.overloaded,
            &self.went_back,
            &self.projector_troubles,
            &self.reaction_troubles,
            &self.publish_troubles,
        ] {
            with_recorder(|recorder| recorder.register_counter(&trouble.0, &ABOUT)).absolute(0);
        }
        for outcome in OUTCOMES_OF_SIGN_INS {
            metrics::counter!("baodao_sign_ins_total", "ledger" => self.ledger.label(), "outcome" => outcome)
                .absolute(0);
        }
        metrics::counter!("baodao_broken_glass_total", "ledger" => self.ledger.label()).absolute(0);
    }

    /// Counts a command by what became of it.
    pub(crate) fn command(&self, name: &str, outcome: &Result<Reply, Trouble>) {
        let told = match outcome {
            Ok(Reply { repeat: false, .. }) => 0,
            Ok(Reply { repeat: true, .. }) => 1,
            Err(Trouble::Refused(_)) => 2,
            Err(Trouble::KeyReused(_)) => 3,
            Err(Trouble::Conflict(_)) => 4,
            Err(Trouble::Journal(_)) => 5,
        };
        if let Some(series) = self.commands.get(name).and_then(|command| command.outcomes.get(told)) {
            series.count();
        }
    }

    /// Records how long a command took.
    pub(crate) fn command_seconds(&self, name: &str, seconds: f64) {
        if let Some(command) = self.commands.get(name) {
            command.seconds.record(seconds);
        }
    }
}

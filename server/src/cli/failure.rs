//! How a command fails: what went wrong, and what to do next.

use std::io::{self, Write};
use std::process::ExitCode;

use commands::Trouble;
use projections::StoreError;
use serde_json::json;

use super::language;
use crate::app::ledgers::{ListError, NotOpened, WhyNot};
use crate::http::problem::Problem;
use crate::signin::NotSet;
use crate::store::{LedgerName, OpenError};
use crate::tlog::home::HomeError;
use crate::tlog::signing::SigningError;

/// A failure of a command.
#[derive(Debug)]
pub struct Failure {
    what: String,
    next: String,
    code: Option<String>,
    /// The exit code.
    exit: u8,
    /// Whoever reads our output went away: nothing is wrong.
    is_quiet: bool,
}

impl Failure {
    /// What went wrong, and what to do next (may be empty).
    pub fn new(what: impl Into<String>, next: impl Into<String>) -> Self {
        Self { what: what.into(), next: next.into(), code: None, exit: 1, is_quiet: false }
    }

    /// The same with another exit code.
    pub(super) fn with_code(self, exit: u8) -> Self {
        Self { exit, ..self }
    }

    /// Everything is told already; only the exit code is left.
    pub(super) fn told(exit: u8) -> Self {
        Self { exit, is_quiet: true, ..Self::new("", "") }
    }

    /// A problem, in the language of the environment.
    pub fn of(problem: &Problem) -> Self {
        let body = problem.body(language());
        let next = match &*body.code {
            "policy.none_in_force" => "baodao policy adopt liupanshui",
            _ => "",
        };
        Self { code: Some(body.code), ..Self::new(body.detail, next) }
    }

    /// Tells it on standard error.
    pub(super) fn tell(self, json: bool) -> ExitCode {
        if self.is_quiet {
            return ExitCode::from(self.exit);
        }
        let mut told = String::new();
        if json {
            let value = json!({"error": self.what, "code": self.code, "next": self.next});
            told.push_str(&value.to_string());
        } else {
            let (error, next) = language().pick_pair(("错误：", "下一步："), ("error: ", "next: "));
            told.push_str(error);
            told.push_str(&self.what);
            if !self.next.is_empty() {
                told.push('\n');
                told.push_str(next);
                told.push_str(&self.next);
            }
        }
        let _ = writeln!(io::stderr(), "{told}");
        ExitCode::from(self.exit)
    }
}

impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Self {
        Self::new(error.to_string(), "name the ledger with --database, or in BAODAO_DATABASE")
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::new(error.to_string(), "try again; `baodao verify` tells whether the ledger is sound")
    }
}

impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Self {
        Self::of(&Problem::from(trouble))
    }
}

impl From<crate::app::StartError> for Failure {
    fn from(error: crate::app::StartError) -> Self {
        match error {
            crate::app::StartError::Open(error) => error.into(),
            crate::app::StartError::Vault(error) => error.into(),
            crate::app::StartError::Erasures(error) => error.into(),
            crate::app::StartError::Store(error) => error.into(),
            crate::app::StartError::Signing(error) => error.into(),
        }
    }
}

impl From<NotSet> for Failure {
    fn from(error: NotSet) -> Self {
        match error {
            NotSet::Trouble(trouble) => trouble.into(),
            NotSet::Store(error) => error.into(),
            NotSet::NoAccess(_) => Self::new(error.to_string(), "baodao login add LOGIN --role ROLE"),
            NotSet::Weak(_) => Self::new(error.to_string(), ""),
        }
    }
}

impl From<SigningError> for Failure {
    fn from(error: SigningError) -> Self {
        Self::new(error.to_string(), "look at --log-key, --log-signer and --log-policy")
    }
}

impl From<HomeError> for Failure {
    fn from(error: HomeError) -> Self {
        Self::new(error.to_string(), "")
    }
}

impl From<ListError> for Failure {
    fn from(error: ListError) -> Self {
        Self::new(error.to_string(), "baodao serve --ledger qianxinan=sqlite://qianxinan.db")
    }
}

impl From<NotOpened> for Failure {
    fn from(error: NotOpened) -> Self {
        match error.why {
            WhyNot::Genesis(_) => Self::new(error.to_string(), "baodao policy list"),
            // Whoever serves one ledger need not know that it has a name.
            WhyNot::Start(why) if error.name == LedgerName::default() => why.into(),
            WhyNot::Start(_) => Self::new(error.to_string(), "name it with --ledger, or leave it out"),
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        let is_quiet = error.kind() == io::ErrorKind::BrokenPipe;
        Self { is_quiet, exit: u8::from(!is_quiet), ..Self::new(error.to_string(), "") }
    }
}

/// Writes a line to standard output.
pub(super) fn out(text: &str) -> Result<(), Failure> {
    Ok(writeln!(io::stdout().lock(), "{text}")?)
}

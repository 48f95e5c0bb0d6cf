//! What of signing in is told to those who watch over the house: a line in the log, and a count (ASVS 16.3.1). Never a secret; a login is
//! quoted, so that nobody writes lines of his own.

use std::net::IpAddr;

use super::SignIn;

/// What may become of an attempt, as the count's label tells it.
pub(crate) const OUTCOMES: [&str; 4] = ["in", "wrong", "too_many", "no_access"];

/// By what somebody proves who he is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// A password.
    Password,
    /// The word of an identity provider.
    Provider,
}

impl SignIn {
    /// An attempt, and what became of it.
    pub(super) fn tell(&self, login: &str, proof: Proof, from: IpAddr, outcome: &'static str) {
        let ledger = self.store.name().label();
        let login = short(login);
        if outcome == "in" {
            tracing::info!(target: "server::security", %ledger, login, ?proof, %from, "signed in");
        } else {
            tracing::warn!(target: "server::security", %ledger, login, ?proof, %from, outcome, "not signed in");
        }
        metrics::counter!("baodao_sign_ins_total", "ledger" => ledger, "outcome" => outcome).increment(1);
    }

    /// Something that happened to a login.
    pub(super) fn note(&self, login: &str, what: &'static str) {
        let ledger = self.store.name().label();
        tracing::info!(target: "server::security", %ledger, login = short(login), what, "a login changed");
    }
}

/// As long as a login is at most.
fn short(login: &str) -> &str {
    login.char_indices().nth(64).map_or(login, |(end, _)| login.get(..end).unwrap_or_default())
}

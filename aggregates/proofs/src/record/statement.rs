//! What the recording organisation states of a record, under its own signature (谁记录谁证明: Ministry's order 67, and 民发〔2015〕149 for
//! its four blocks: whom it is of, the services, who issues it, number and date). Everything in it that the events tell is held against them.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::facts::{Facts, Period};
use super::sd_jwt::{self, DIGESTS, Disclosure, SdJwt};
use super::verdict::{Finding, Outcome};
use super::{Record, Totals};
use crate::note::Signer;
use crate::policy::Policy;
use crate::{Checkpoint, Hash};

/// What is stated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claims {
    /// The name of the key.
    pub iss: String,
    /// When it was signed, in seconds since 1970.
    pub iat: i64,
    /// Until when it may be used, in seconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exp: Option<i64>,
    /// The member or unit.
    pub sub: String,
    /// `member` or `unit`.
    pub kind: String,
    /// The member's unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// First and last day of service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<Period>,
    /// What was served, and the points of each year.
    pub totals: Totals,
    /// Who issues it, as it is called.
    pub issuer: String,
    /// Number of the certificate.
    pub certificate: String,
    /// The business day on which it was issued.
    pub issued_on: String,
    /// What it is for.
    pub purpose: String,
    /// Anything that the issuer adds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
    /// Name of the log.
    pub ledger: String,
    /// SHA-256 of the text of the checkpoint that it rests on.
    pub checkpoint: Hash,
    /// Digests of claims that can be withheld.
    #[serde(rename = "_sd")]
    pub withheld: Vec<String>,
    /// How they are made.
    #[serde(rename = "_sd_alg")]
    pub digests: String,
}

impl Claims {
    /// Of a record with these facts and this checkpoint; who issues it, number, days and notes are for the issuer to put in.
    pub fn of(record: &Record, facts: &Facts, checkpoint: &Checkpoint) -> Self {
        Self {
            iss: String::new(),
            iat: 0,
            exp: None,
            sub: record.id.clone(),
            kind: record.kind.clone(),
            unit: facts.unit.clone(),
            period: facts.period(),
            totals: facts.totals.clone(),
            issuer: String::new(),
            certificate: String::new(),
            issued_on: String::new(),
            purpose: record.purpose.clone(),
            notes: None,
            ledger: checkpoint.origin.clone(),
            checkpoint: Hash::of(checkpoint.to_string().as_bytes()),
            withheld: vec![],
            digests: DIGESTS.to_owned(),
        }
    }

    /// Names that no claim shown beside these may have: it would say otherwise than what is signed in the open.
    const NAMES: [&str; 19] = [
        "iss",
        "iat",
        "exp",
        "sub",
        "kind",
        "unit",
        "period",
        "totals",
        "issuer",
        "certificate",
        "issued_on",
        "purpose",
        "notes",
        "ledger",
        "checkpoint",
        "_sd",
        "_sd_alg",
        "...",
        "cnf",
    ];
}

/// Signs a statement, with claims that its holder may withhold. None where the key is not one for statements.
pub fn issue(mut claims: Claims, shown: &[Disclosure], key: &Signer) -> Option<String> {
    key.verifier().name().clone_into(&mut claims.iss);
    claims.withheld.extend(shown.iter().map(Disclosure::digest));
    // Their order tells nothing of which is which.
    claims.withheld.sort_unstable();
    sd_jwt::sign(&claims, shown, key)
}

/// What a statement says, and what is shown beside it: nothing of it is verified. None where it cannot be read.
pub fn stated(statement: &str) -> Option<(Claims, Vec<Disclosure>)> {
    let jwt = SdJwt::parse(statement)?;
    Some((serde_json::from_slice(&jwt.payload).ok()?, jwt.disclosures))
}

/// What a statement says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Number of the certificate.
    pub certificate: String,
    /// When it was issued.
    pub issued_on: String,
    /// By whom.
    pub issuer: String,
    /// The member's name, where it is shown.
    pub name: Option<String>,
    /// Whether a key that the reader believes has signed it.
    pub is_signed: bool,
    /// All that is stated in the open.
    pub claims: Claims,
}

/// What a statement is held against.
pub(super) struct Against<'a> {
    pub record: &'a Record,
    pub policy: &'a Policy,
    /// In seconds since 1970.
    pub now: u64,
    /// None where it is not believed.
    pub checkpoint: Option<&'a Checkpoint>,
    /// None where events are missing, or none is proved.
    pub facts: Option<&'a Facts>,
}

/// What came of it.
#[derive(Default)]
pub(super) struct Stated {
    pub findings: Vec<Finding>,
    pub told: Option<Told>,
}

impl Stated {
    fn add(&mut self, outcome: Outcome, zh: &str, en: &str) {
        self.findings.push(Finding::new(outcome, zh, en));
    }
}

/// Holds the statement of a record against everything that was proved.
pub(super) fn check(against: &Against<'_>) -> Stated {
    let mut stated = Stated::default();
    let Some(text) = &against.record.statement else {
        stated.add(
            Outcome::ValidWithWarnings,
            "未附记录单位的证明声明：仅事件本身得到核验",
            "no statement of the recording organisation is in it: only the events are proved",
        );
        return stated;
    };
    let read = SdJwt::parse(text).and_then(|jwt| {
        let claims: Claims = serde_json::from_slice(&jwt.payload).ok()?;
        (claims.digests == DIGESTS).then_some((jwt, claims))
    });
    let Some((jwt, claims)) = read else {
        stated.add(Outcome::Invalid, "证明声明无法读取", "the statement is none that can be read");
        return stated;
    };
    let is_signed = signed(&jwt, &claims, against.policy, &mut stated);
    let name = disclosed(&jwt.disclosures, &claims, &mut stated);
    contents(&claims, against, &mut stated);
    if claims.exp.is_some_and(|until| until < i64::try_from(against.now).unwrap_or(i64::MAX)) {
        stated.add(
            Outcome::ValidWithWarnings,
            "证明声明已过有效期：请重新开具",
            "the statement has expired: ask for a new one",
        );
    }
    stated.told = Some(Told {
        certificate: claims.certificate.clone(),
        issued_on: claims.issued_on.clone(),
        issuer: claims.issuer.clone(),
        name,
        is_signed,
        claims,
    });
    stated
}

/// Whether a key that the policy names has signed it.
fn signed(jwt: &SdJwt<'_>, claims: &Claims, policy: &Policy, stated: &mut Stated) -> bool {
    if policy.issuers().is_empty() {
        stated.add(
            Outcome::ValidWithWarnings,
            "证明声明的签名未核验：未告知可信的记录单位（策略中的 issuer 行）",
            "the statement's signature was not checked: no issuer was told (a line `issuer KEY` of the policy)",
        );
        return false;
    }
    let named = |key: &&crate::note::Verifier| format!("{}+{}", key.name(), key.number()) == jwt.key;
    let Some(key) = policy.issuers().iter().find(named) else {
        stated.add(
            Outcome::Invalid,
            &format!("证明声明由 {} 签署，策略未列此记录单位", jwt.key),
            &format!("the statement is signed by {}, whom the policy does not name", jwt.key),
        );
        return false;
    };
    let is_signed = key.has_stated(jwt.message, &jwt.signature) && claims.iss == key.name();
    if !is_signed {
        stated.add(Outcome::Invalid, "证明声明的签名不符", "the statement's signature is wrong");
    }
    is_signed
}

/// Every claim that is shown is one that was signed; tells the name.
fn disclosed(shown: &[Disclosure], claims: &Claims, stated: &mut Stated) -> Option<String> {
    let (mut digests, mut names) = (HashSet::new(), HashSet::new());
    let of: HashSet<&String> = claims.withheld.iter().collect();
    let fits = of.len() == claims.withheld.len()
        && shown.iter().all(|one| {
            let digest = one.digest();
            of.contains(&digest)
                && digests.insert(digest)
                && names.insert(&one.name)
                && !Claims::NAMES.contains(&one.name.as_str())
        });
    if !fits {
        stated.add(
            Outcome::Invalid,
            "所出示的个人信息不是声明所签署的",
            "what is shown beside the statement is not what was signed",
        );
        return None;
    }
    let name = shown.iter().find(|one| one.name == "name")?;
    name.value.as_str().map(str::to_owned)
}

/// What is stated is what was proved.
fn contents(claims: &Claims, against: &Against<'_>, stated: &mut Stated) {
    let record = against.record;
    let mut told = |is_so: bool, zh: &str, en: &str| {
        if !is_so {
            stated.add(
                Outcome::Invalid,
                &format!("证明声明与核验结果不符：{zh}"),
                &format!("the statement is false: {en}"),
            );
        }
    };
    told(
        (&claims.kind, &claims.sub) == (&record.kind, &record.id),
        "它不是此成员或单位的",
        "it is of somebody else",
    );
    told(claims.purpose == record.purpose, "用途不同", "it is for another purpose");
    if let Some(now) = against.checkpoint {
        let is_of = claims.ledger == now.origin && claims.checkpoint == Hash::of(now.to_string().as_bytes());
        told(is_of, "它依据另一检查点", "it rests on another checkpoint");
    }
    let Some(facts) = against.facts else { return };
    told(facts.totals.agrees(&claims.totals), "合计不同", "its totals are not what the events come to");
    let is_so = claims.unit == facts.unit && claims.period == facts.period();
    told(is_so, "所在单位或服务期间不同", "the unit or the period is not that of the events");
}

impl Told {
    /// For programs.
    pub fn json(&self) -> Value {
        serde_json::json!({"certificate": self.certificate, "issued_on": self.issued_on, "issuer": self.issuer,
            "name": self.name, "signed": self.is_signed, "claims": self.claims})
    }
}

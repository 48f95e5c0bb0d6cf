//! 《家庭居住地台账》 (A4): by estate, by building, and the community's own.
//!
//! Three rows of ledgers and one of totals for each community, and a row for each estate and building in it. Excluded and
//! retired members are in no figure (A5).

use std::collections::BTreeMap;

use aggregates::estate::EstateEvent;
use aggregates::ids::{CommunityCode, EstateId};
use aggregates::member::{DwellingKind, LedgerKind, Standing};
use aggregates::policy::ReportKind;
use aggregates::{LedgerEvent, Recorded};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smol_str::{SmolStr, format_smolstr};

use crate::projection::Projection;

/// A line of the residence ledger.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ResidenceLedgerRow {
    /// `community` (totals), `ledger` (one of the three) or `estate` (an estate or building).
    pub scope: String,
    /// The community.
    pub community: String,
    /// Which of the three ledgers; none in the totals.
    pub ledger: Option<LedgerKind>,
    /// The estate or building.
    pub estate: Option<String>,
    /// Its public name, while it is registered in this community.
    pub name: Option<String>,
    /// What kind of dwelling it is.
    pub kind: Option<DwellingKind>,
    /// Estates and buildings registered here.
    pub estates: i64,
    /// Members who live here and count.
    pub members: i64,
    /// Those of them who owe a report to the community lived in.
    pub due: i64,
    /// Those who have made it.
    pub reported: i64,
    /// Those who have not.
    pub missing: i64,
    /// Members by kind of dwelling; kinds with none are left out.
    pub by_dwelling: BTreeMap<DwellingKind, i64>,
}

/// The projection.
pub struct ResidenceLedger;

/// Totals, ledger and estate: the rows that a home is told in.
fn keys_of(community: &CommunityCode, ledger: LedgerKind, estate: Option<&EstateId>) -> Vec<SmolStr> {
    let within = format_smolstr!("{community}/{}", ledger.name());
    let of_estate = estate.map(|estate| format_smolstr!("{within}/{estate}"));
    [community.as_str().into(), within].into_iter().chain(of_estate).collect()
}

#[derive(Clone, Copy)]
struct Share {
    dwelling: DwellingKind,
    due: i64,
    reported: i64,
}

fn share(standing: &Standing) -> Option<(Vec<SmolStr>, Share)> {
    let home = standing.residence.as_ref().filter(|_| standing.counts())?;
    let due = standing.owes(ReportKind::Residence);
    let reported = due && standing.has_made(ReportKind::Residence);
    let share = Share { dwelling: home.dwelling, due: i64::from(due), reported: i64::from(reported) };
    Some((keys_of(&home.community, home.ledger, home.estate.as_ref()), share))
}

impl ResidenceLedgerRow {
    fn name(&mut self, key: &str) {
        let mut parts = key.splitn(3, '/');
        parts.next().unwrap_or_default().clone_into(&mut self.community);
        let ledger = parts.next();
        self.ledger = [LedgerKind::Estate, LedgerKind::Building, LedgerKind::Community]
            .into_iter()
            .find(|kind| ledger == Some(kind.name()));
        self.estate = parts.next().map(str::to_owned);
        let scope = match (&self.ledger, &self.estate) {
            (None, _) => "community",
            (Some(_), None) => "ledger",
            (Some(_), Some(_)) => "estate",
        };
        scope.clone_into(&mut self.scope);
    }

    fn count(&mut self, share: Share, sign: i64) {
        self.members += sign;
        self.due += sign * share.due;
        self.reported += sign * share.reported;
        self.missing = self.due - self.reported;
        let living = self.by_dwelling.entry(share.dwelling).or_default();
        *living += sign;
        if *living == 0 {
            self.by_dwelling.remove(&share.dwelling);
        }
    }

    fn build(&mut self, key: &str, fact: &EstateEvent) {
        let here = |community: &CommunityCode| {
            key == community.as_str() || key.starts_with(&format!("{community}/"))
        };
        match fact {
            EstateEvent::EstateRegistered { name, kind, .. } => self.stand(name, *kind),
            EstateEvent::EstateCorrected { name, .. } => {
                if self.estate.is_some() {
                    self.name = Some(name.clone());
                }
            }
            EstateEvent::EstateMovedToCommunity { to, name, kind, .. } if here(to) => self.stand(name, *kind),
            EstateEvent::EstateMovedToCommunity { .. } => {
                self.estates -= 1;
                self.name = None;
            }
            EstateEvent::EstateMemberAssigned { .. } | EstateEvent::EstateMemberLeft { .. } => {}
        }
    }

    fn stand(&mut self, name: &str, kind: DwellingKind) {
        self.estates += 1;
        if self.estate.is_some() {
            self.name = Some(name.to_owned());
            self.kind = Some(kind);
        }
    }
}

impl Projection for ResidenceLedger {
    const NAME: &'static str = "residence_ledger";
    const VERSION: u32 = 1;
    const RESOURCE: Option<&'static str> = Some("residence-ledgers");
    const COLUMNS: &'static [&'static str] = &["community", "scope", "ledger", "estate"];
    type Row = ResidenceLedgerRow;

    fn keys(event: &Recorded) -> Vec<SmolStr> {
        let mut keys = Vec::new();
        Self::fold_all(event, |key, _| keys.push(key));
        keys
    }

    fn fold(key: &str, row: &mut ResidenceLedgerRow, event: &Recorded) {
        Self::fold_all(event, |touched, fold| {
            if touched == key {
                fold(key, row);
            }
        });
    }

    fn fold_all(
        event: &Recorded,
        mut on: impl FnMut(SmolStr, &mut dyn FnMut(&str, &mut ResidenceLedgerRow)),
    ) {
        match &event.event {
            LedgerEvent::Member(fact) => {
                let Some((before, after)) = fact.standings() else { return };
                let shares = [(share(&before), -1), (share(&after), 1)];
                let touched = shares.iter().filter_map(|(share, _)| share.as_ref());
                for key in sorted(touched.flat_map(|(keys, _)| keys.clone())) {
                    on(key, &mut |key, row| {
                        row.name(key);
                        for (share, sign) in &shares {
                            if let Some((keys, share)) = share
                                && keys.iter().any(|touched| touched == key)
                            {
                                row.count(*share, *sign);
                            }
                        }
                    });
                }
            }
            LedgerEvent::Estate(fact) => {
                for key in sorted(estate_keys(&event.stream_id, fact)) {
                    on(key, &mut |key, row| {
                        row.name(key);
                        row.build(key, fact);
                    });
                }
            }
            _ => {}
        }
    }

    fn columns(_key: &str, row: &ResidenceLedgerRow) -> Vec<Option<String>> {
        vec![
            Some(row.community.clone()),
            Some(row.scope.clone()),
            row.ledger.map(|ledger| ledger.name().to_owned()),
            row.estate.clone(),
        ]
    }

    fn is_gone(row: &ResidenceLedgerRow) -> bool {
        row.members == 0 && row.estates == 0 && row.estate.is_some()
    }
}

fn sorted(keys: impl IntoIterator<Item = SmolStr>) -> Vec<SmolStr> {
    let mut keys: Vec<SmolStr> = keys.into_iter().collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

fn estate_keys(estate: &str, fact: &EstateEvent) -> Vec<SmolStr> {
    let Ok(estate) = EstateId::new(estate) else { return vec![] };
    match fact {
        EstateEvent::EstateRegistered { community, ledger, .. } => keys_of(community, *ledger, Some(&estate)),
        EstateEvent::EstateCorrected { community, ledger, .. } => {
            keys_of(community, *ledger, Some(&estate)).into_iter().skip(2).collect()
        }
        EstateEvent::EstateMovedToCommunity { from, to, ledger, .. } => {
            let mut keys = keys_of(from, *ledger, Some(&estate));
            keys.extend(keys_of(to, *ledger, Some(&estate)));
            keys
        }
        EstateEvent::EstateMemberAssigned { .. } | EstateEvent::EstateMemberLeft { .. } => vec![],
    }
}

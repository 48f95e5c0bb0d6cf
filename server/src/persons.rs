//! Reading what is personal: details of a person, words of a demand, and everything that is held about somebody. Whoever asks is held against
//! [`commands::authority::personal`] first.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use aggregates::demand::{Demand, DemandWords, Phase, Taker};
use aggregates::household::Household;
use aggregates::ids::{ActorId, CommunityCode, Sealed, UnitId};
use aggregates::member::Member;
use aggregates::person::{ConsentPurpose, ErasureGround, Person};
use aggregates::{Actor, Role, StoredEvent, Subject, SubjectKind};
use commands::authority::personal::{self, Sight};
use commands::{Desk, Trouble, VaultError};
use projections::ports::Feed;
use projections::{Askers, HistoryLine, StoreError};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::http::query;
use crate::store::Store;
use crate::vault::{LedgerVault, Opened};

/// Demands of one person told at most.
const DEMANDS_MAX: usize = 10_000;

/// How something personal stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It is kept and told.
    Kept,
    /// It is kept, and not for whoever asks.
    Masked,
    /// It was forgotten.
    Forgotten,
}

/// Something personal.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
pub struct Told {
    /// The field.
    pub field: String,
    /// How it stands.
    pub state: State,
    /// What it says, where it is kept and told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

/// A person as the vault knows them.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
pub struct PersonView {
    /// `member:m-1`.
    pub subject: Subject,
    /// Why the person was erased, if so.
    pub erased: Option<ErasureGround>,
    /// The details that are kept.
    pub details: Vec<Told>,
    /// What was agreed to, and whether it still is.
    pub consents: BTreeMap<ConsentPurpose, bool>,
}

/// What was said about a demand, or of visits to a household.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
pub struct WordsView {
    /// Whom it is kept under: `demand:d-1`.
    pub subject: Subject,
    /// What was said, in its order.
    pub words: Vec<Told>,
}

/// Everything that is held about somebody.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
pub struct PersonFile {
    /// The person.
    #[serde(flatten)]
    pub person: PersonView,
    /// What was said about the demands that the person placed.
    pub words: Vec<WordsView>,
    /// The events of the person's streams.
    pub events: Vec<HistoryLine>,
}

/// Why nothing is read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It is not for whoever asks.
    #[error("that is not for whoever asks")]
    Forbidden,
    /// Nothing of the kind is known.
    #[error("there is no {0}")]
    Unknown(String),
    /// The vault cannot be opened.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The ledger cannot be read.
    #[error(transparent)]
    Trouble(#[from] Trouble),
    /// The rows cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Whoever reads for others.
pub struct Reading<'a> {
    /// The ledger.
    pub store: &'a Arc<Store>,
    /// For the states of streams.
    pub desk: &'a Desk,
    /// What is kept.
    pub vault: &'a LedgerVault,
}

impl Reading<'_> {
    /// Details and consents of a person.
    pub async fn person(&self, actor: &Actor, subject: &Subject) -> Result<PersonView, ReadError> {
        let unit = self.unit(subject).await?;
        let sight = personal::sees_details(actor, subject, unit.as_ref(), &self.communities(subject).await?);
        allowed(sight)?;
        self.view(subject, sight).await
    }

    /// A member's name, for what is written about the member: nobody's where none is kept, or the vault is closed. Whoever asks must have
    /// been allowed to.
    pub async fn name(&self, member: &str) -> Option<String> {
        let subject = Subject::new(SubjectKind::Member, member).ok()?;
        let house = Actor { id: ActorId::new("records").ok()?, role: Role::System, organisation: None };
        let view = self.person(&house, &subject).await.ok()?;
        view.details.into_iter().find(|told| told.field == "name")?.value
    }

    /// What was said about a demand.
    pub async fn words(&self, actor: &Actor, demand: &str) -> Result<WordsView, ReadError> {
        let state = self.desk.look_anew::<Demand>(demand).await?;
        let unit = match state.phase() {
            Phase::Taken { taker: Taker::Member(member), .. } => {
                self.desk.look_anew::<Member>(member.as_str()).await?.unit().cloned()
            }
            _ => None,
        };
        let sight = personal::sees_words(actor, &state, unit.as_ref());
        if sight.is_nothing() {
            return Err(ReadError::Forbidden);
        }
        let subject = subject(SubjectKind::Demand, demand)?;
        if state.community().is_none() {
            return Err(ReadError::Unknown(subject.to_string()));
        }
        let of = |field: &str| match field {
            "text" => sight.text,
            "comment" => sight.comments,
            "note" | "photo" => sight.notes,
            _ => sight.contact,
        };
        let words = self.told(&said(&state), of).await?;
        Ok(WordsView { subject, words })
    }

    /// What was noted of visits to a household.
    pub async fn visits(&self, actor: &Actor, household: &str) -> Result<WordsView, ReadError> {
        let subject = subject(SubjectKind::Household, household)?;
        let state = self.desk.look_anew::<Household>(household).await?;
        let id = household.parse().map_err(|_| ReadError::Unknown(subject.to_string()))?;
        let community = state.community(&id).map_err(|_| ReadError::Unknown(subject.to_string()))?;
        let is_helper = state.helpers().keys().any(|member| member.as_str() == actor.id.as_str());
        let sight = personal::sees_visit_notes(actor, community, is_helper);
        allowed(sight)?;
        let notes: Vec<_> = state.notes().map(|note| ("note".to_owned(), note.clone())).collect();
        Ok(WordsView { subject, words: self.told(&notes, |_| sight).await? })
    }

    /// Everything that is held about somebody (PIPL art. 45).
    pub async fn file(&self, actor: &Actor, subject: &Subject) -> Result<PersonFile, ReadError> {
        if !personal::exports(actor, subject, &self.communities(subject).await?) {
            return Err(ReadError::Forbidden);
        }
        let person = self.view(subject, Sight::Plain).await?;
        let demands = self.demands(subject).await?;
        let mut words = vec![];
        let mut streams = vec![("person", subject.to_string())];
        match subject.kind {
            SubjectKind::Member => streams.push(("member", subject.id.to_string())),
            SubjectKind::Household => streams.push(("household", subject.id.to_string())),
            _ => {}
        }
        for demand in demands {
            let state = self.desk.look_anew::<Demand>(&demand).await?;
            let told = self.told(&said(&state), |_| Sight::Plain).await?;
            words.push(WordsView { subject: self::subject(SubjectKind::Demand, &demand)?, words: told });
            streams.push(("demand", demand));
        }
        let until = self.store.head().await?;
        let mut events = vec![];
        for (kind, id) in streams {
            events.extend(self.store.stream(kind, &id, until).await?);
        }
        events.sort_by_key(|event| event.position);
        let line = |event: &StoredEvent| query::line(event, actor.role);
        let events = events.iter().map(line).collect::<Result<_, _>>()?;
        Ok(PersonFile { person, words, events })
    }

    async fn view(&self, subject: &Subject, sight: Sight) -> Result<PersonView, ReadError> {
        let state = self.desk.look_anew::<Person>(&subject.to_string()).await?;
        let kept: Vec<_> = state
            .details()
            .iter()
            .map(|(detail, sealed)| (detail.name().to_owned(), sealed.clone()))
            .collect();
        Ok(PersonView {
            subject: subject.clone(),
            erased: state.erased(),
            details: self.told(&kept, |_| sight).await?,
            consents: state.consents().clone(),
        })
    }

    /// What these digests stand for, as far as it is to be seen.
    async fn told(
        &self,
        fields: &[(String, Sealed)],
        sight: impl Fn(&str) -> Sight,
    ) -> Result<Vec<Told>, ReadError> {
        let wanted = fields.iter().filter(|(field, _)| sight(field) == Sight::Plain);
        let wanted: Vec<Sealed> = wanted.map(|(_, sealed)| sealed.clone()).collect();
        let opened: HashMap<Sealed, Opened> = self.vault.opened(&wanted).await?;
        let told = |(field, sealed): &(String, Sealed)| {
            let (state, value) = match (sight(field), opened.get(sealed)) {
                (Sight::Nothing, _) => return None,
                (Sight::Masked, _) => (State::Masked, None),
                (Sight::Plain, Some(opened)) => (State::Kept, Some(opened.value.to_string())),
                (Sight::Plain, None) => (State::Forgotten, None),
            };
            Some(Told { field: field.clone(), state, value })
        };
        Ok(fields.iter().filter_map(told).collect())
    }

    async fn unit(&self, subject: &Subject) -> Result<Option<UnitId>, ReadError> {
        Ok(match subject.kind {
            SubjectKind::Member => self.desk.look_anew::<Member>(subject.id.as_str()).await?.unit().cloned(),
            _ => None,
        })
    }

    /// Where the person reports, asked, or lives.
    async fn communities(&self, subject: &Subject) -> Result<Vec<CommunityCode>, ReadError> {
        let id = subject.id.as_str();
        Ok(match subject.kind {
            SubjectKind::Member => self.desk.look_anew::<Member>(id).await?.reported_to().cloned().collect(),
            SubjectKind::Worker => vec![],
            SubjectKind::Household => {
                let state = self.desk.look_anew::<Household>(id).await?;
                let known = id.parse().ok().and_then(|id| state.community(&id).ok().cloned());
                known.into_iter().collect()
            }
            SubjectKind::Resident | SubjectKind::Demand => {
                let mut found = vec![];
                for demand in self.demands(subject).await? {
                    found.extend(self.desk.look_anew::<Demand>(&demand).await?.community().cloned());
                }
                found.sort();
                found.dedup();
                found
            }
        })
    }

    /// The demands that the subject placed, or is.
    async fn demands(&self, subject: &Subject) -> Result<Vec<String>, ReadError> {
        Ok(match subject.kind {
            SubjectKind::Demand => vec![subject.id.to_string()],
            SubjectKind::Resident => {
                let placed = Askers::of(self.store.as_ref(), subject.id.as_str(), DEMANDS_MAX).await?;
                placed.into_iter().map(|asker| asker.demand).collect()
            }
            _ => vec![],
        })
    }
}

/// Everything that was said about a demand, by field. What was forgotten is told as such.
fn said(demand: &Demand) -> Vec<(String, Sealed)> {
    let words: Option<&DemandWords> = demand.first_words();
    let words = words.into_iter().flat_map(DemandWords::told);
    words
        .map(|(field, sealed)| (field.to_owned(), sealed.clone()))
        .chain(demand.remarks().iter().cloned())
        .collect()
}

fn subject(kind: SubjectKind, id: &str) -> Result<Subject, ReadError> {
    Subject::new(kind, id).map_err(|_| ReadError::Unknown(kind.name().to_owned()))
}

fn allowed(sight: Sight) -> Result<(), ReadError> {
    if sight == Sight::Nothing { Err(ReadError::Forbidden) } else { Ok(()) }
}

//! Feedback cards, agreed weights and merged evaluations (D2, D3, E10).

mod accept_card;
mod agree_weight;
mod answer_objection;
mod draft_card;
mod file_card;
mod merge_evaluation;
mod object_to_card;
mod sign_card;

pub use accept_card::AcceptCard;
pub use agree_weight::AgreeWeight;
pub use answer_objection::AnswerObjection;
pub use draft_card::DraftCard;
pub use file_card::FileCard;
pub use merge_evaluation::MergeEvaluation;
pub use object_to_card::ObjectToCard;
pub use sign_card::SignCard;

use std::sync::Arc;

use aggregates::appraisal::{self, Appraisal, Findings, Recipient};
use aggregates::ids::{CommunityCode, UnitId};
use aggregates::member::Member;
use aggregates::points::{Cards, Figures, Holder};
use aggregates::policy::Policy;
use aggregates::rulebook::{self, Rulebook};
use aggregates::unit::Unit;
use chrono::NaiveDate;

use crate::sitting::Opened;
use crate::{Sitting, Trouble};

/// What the holder's own stream and the register tell about a year's card.
struct Found {
    belongs: bool,
    figures: Option<Figures>,
    sequence: u64,
    award_eligible: bool,
    recipients: Vec<Recipient>,
    policy: Arc<Policy>,
}

/// The opened stream of a holder's appraisal.
async fn open(sitting: &mut Sitting<'_>, holder: &Holder, year: i32) -> Result<Opened<Appraisal>, Trouble> {
    sitting.open::<Appraisal>(&appraisal::stream(holder, year)).await
}

/// The policy of a card's year: in force on its last day, or today while the year runs.
async fn policy_of(sitting: &mut Sitting<'_>, year: i32) -> Result<Arc<Policy>, Trouble> {
    let at = sitting.at()?;
    let last = NaiveDate::from_ymd_opt(year, 12, 31).unwrap_or(NaiveDate::MAX).min(at.date());
    let book = sitting.look::<Rulebook>(rulebook::STREAM).await?;
    Ok(book.policy_on(last).unwrap_or(&at.policy).clone())
}

/// The holder's cards and whether the year's awards are open to the holder; refused when the holder is not known.
async fn cards(sitting: &mut Sitting<'_>, holder: &Holder, year: i32) -> Result<(Cards, bool), Trouble> {
    Ok(match holder {
        Holder::Member(id) => {
            let member = sitting.look::<Member>(id.as_str()).await?;
            if !member.is_enrolled() {
                return Err(aggregates::member::refusal::unknown(id).into());
            }
            (member.cards().clone(), !member.is_disqualified(year))
        }
        Holder::Unit(id) => {
            let unit = sitting.look::<Unit>(id.as_str()).await?;
            unit.must_be_enrolled(id)?;
            (unit.cards().clone(), true)
        }
    })
}

/// Figures and eligibility of a year, as they stand.
async fn figures(
    sitting: &mut Sitting<'_>,
    holder: &Holder,
    year: i32,
) -> Result<(Option<Figures>, bool), Trouble> {
    let (cards, eligible) = cards(sitting, holder, year).await?;
    Ok((cards.of(year).map(aggregates::points::Card::figures), eligible))
}

/// Everything that a draft tells. A holder who still belongs to the community from an earlier year on has a card at its
/// base even when nothing happened in the year: it is opened.
async fn find(
    sitting: &mut Sitting<'_>,
    holder: &Holder,
    year: i32,
    community: &CommunityCode,
) -> Result<Found, Trouble> {
    let policy = policy_of(sitting, year).await?;
    let (had, _) = cards(sitting, holder, year).await?;
    let began = had.began_before(year);
    let of_year = Arc::clone(&policy);
    let (unit, belongs, sequence) = match holder {
        Holder::Member(id) => {
            let member = sitting.open::<Member>(id.as_str()).await?;
            let belongs = sitting.see(member).has_reported_to(community);
            if began && belongs {
                sitting.record(member, move |member| Ok(member.open_card_of(year, &of_year))).await?;
            }
            (sitting.see(member).unit().cloned(), belongs, sitting.sequence(member))
        }
        Holder::Unit(id) => {
            let unit = sitting.open::<Unit>(id.as_str()).await?;
            let belongs = sitting.see(unit).is_linked_to(community);
            if began && belongs {
                sitting.record(unit, move |unit| Ok(unit.open_card_of(year, &of_year))).await?;
            }
            (Some(id.clone()), belongs, sitting.sequence(unit))
        }
    };
    let (figures, award_eligible) = figures(sitting, holder, year).await?;
    let recipients = recipients(sitting, unit.as_ref(), community).await?;
    Ok(Found { belongs, figures, sequence, award_eligible, recipients, policy })
}

/// The three recipients (D2): the unit's upper organisation, the unit, and the organisation department of the county-level
/// division of the community.
async fn recipients(
    sitting: &mut Sitting<'_>,
    unit: Option<&UnitId>,
    community: &CommunityCode,
) -> Result<Vec<Recipient>, Trouble> {
    let mut found = vec![];
    if let Some(id) = unit {
        let unit = sitting.look::<Unit>(id.as_str()).await?;
        found.extend(match (unit.upper(), unit.division()) {
            (Some(upper), _) => Some(Recipient::UpperOrganisation(upper.clone())),
            (None, Some(division)) => Some(Recipient::UpperDivision(division.clone())),
            (None, None) => None,
        });
        found.push(Recipient::OwnUnit(id.clone()));
    }
    found.push(Recipient::OrganisationDepartment(community.county()));
    Ok(found)
}

impl Found {
    fn findings<'a>(&'a self, holder: &'a Holder, year: i32, community: &'a CommunityCode) -> Findings<'a> {
        Findings {
            holder,
            year,
            community,
            belongs: self.belongs,
            figures: self.figures,
            holder_sequence: self.sequence,
            award_eligible: self.award_eligible,
            recipients: self.recipients.clone(),
            policy: &self.policy,
        }
    }
}

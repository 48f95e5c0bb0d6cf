//! Adopting a policy or a catalogue.

use chrono::NaiveDate;

use super::{DutyCatalogue, Rulebook, RulebookEvent};
use crate::decider::Decision;
use crate::policy::Policy;

crate::refusals! { "policy";
    /// No policy speaks of the date.
    none_in_force(date: NaiveDate) Rule:
        "{date} 没有生效的办法，请先采纳一个办法（baodao policy adopt）",
        "no policy is in force on {date}; adopt one first (baodao policy adopt)";
    /// The same name and version was adopted with other content.
    version_taken(label: String) Rule at "policy":
        "办法 {label} 已采纳，内容不同；请使用新的版本号",
        "policy {label} was adopted with other content; give it a new version";
    /// The same catalogue version was adopted with other content.
    catalogue_version_taken(version: String) Rule at "catalogue":
        "职责清单 {version} 已采纳，内容不同；请使用新的版本号",
        "duty catalogue {version} was adopted with other content; give it a new version";
}

impl Rulebook {
    /// Adopts a policy from its effective date on. The very same policy again is nothing to do.
    pub fn adopt(&self, policy: &Policy, digest: &str) -> Decision<Self> {
        if let Some(adopted) = self.policies().iter().find(|one| one.label() == policy.label()) {
            return if **adopted == *policy { Ok(vec![]) } else { Err(version_taken(policy.label())) };
        }
        Ok(vec![RulebookEvent::PolicyAdopted { policy: Box::new(policy.clone()), digest: digest.to_owned() }])
    }

    /// Adopts a duty catalogue from its effective date on (C4).
    pub fn adopt_catalogue(&self, catalogue: &DutyCatalogue, digest: &str) -> Decision<Self> {
        if let Some(adopted) = self.catalogues().iter().find(|one| one.version == catalogue.version) {
            return if **adopted == *catalogue {
                Ok(vec![])
            } else {
                Err(catalogue_version_taken(catalogue.version.to_string()))
            };
        }
        Ok(vec![RulebookEvent::DutyCatalogueAdopted {
            catalogue: catalogue.clone(),
            digest: digest.to_owned(),
        }])
    }
}

//! What the words of the interface are called on pages: fields, words of the field, names of a policy. The texts are in `words.ftl`;
//! what a policy or a duty catalogue names, it names itself, in both languages.

use std::collections::HashMap;
use std::sync::LazyLock;

use aggregates::policy::{self, PRESETS};
use aggregates::rulebook::{SHIPPED_CATALOGUES, read_catalogue};

use super::texts;
use crate::http::language::Language;

/// Fields whose words are names within a policy or a duty catalogue, with the list that they stand in.
const NAMED_BY_POLICY: [(&str, &str); 15] = [
    ("slot", "slot"),
    ("template", "template"),
    ("duty_roles", "duty-role"),
    ("role", "duty-role"),
    ("difficulty", "difficulty"),
    ("clause", "clause"),
    ("policy", "policy"),
    ("category", "category"),
    ("categories", "category"),
    ("items", "category"),
    ("skills", "category"),
    ("skilled_in", "category"),
    ("uncovered", "category"),
    ("needs", "category"),
    ("resources", "category"),
];

/// Titles in Chinese and English, by list and name.
type Titles = HashMap<(&'static str, String), (String, String)>;

/// Of the policies and catalogues that ship with the program. A city's own names show as they are, where nothing here has them.
static TITLES: LazyLock<Titles> = LazyLock::new(|| {
    let mut titles = Titles::new();
    let mut put = |list, name: &str, zh: &str, en: &str| {
        titles.entry((list, name.to_owned())).or_insert_with(|| (zh.to_owned(), en.to_owned()));
    };
    for policy in PRESETS.iter().filter_map(|(_, text)| policy::read(text).ok()) {
        put("policy", policy.name.as_str(), &policy.title, &policy.title_en);
        for template in &policy.grids.templates {
            put("template", template.name.as_str(), &template.title, &template.title_en);
            for slot in &template.slots {
                put("slot", slot.name.as_str(), &slot.title, &slot.title_en);
            }
        }
        for role in &policy.grids.duty_roles {
            put("duty-role", role.name.as_str(), &role.title, &role.title_en);
        }
        for one in &policy.demand.difficulties {
            put("difficulty", one.name.as_str(), &one.title, &one.title_en);
        }
        for clause in &policy.card.clauses {
            put("clause", clause.name.as_str(), &clause.title, &clause.title_en);
        }
    }
    for catalogue in SHIPPED_CATALOGUES.iter().filter_map(|(_, text)| read_catalogue(text).ok()) {
        for entry in &catalogue.entries {
            put("category", entry.code.as_str(), &entry.title, &entry.title_en);
        }
    }
    titles
});

/// A name as the keys of texts have it.
fn kebab(name: &str) -> String {
    name.replace(['_', '.'], "-")
}

/// What a field is called. A figure that is counted is the field of a row, too.
pub(super) fn label(language: Language, name: &str) -> Option<String> {
    let own = |name: &str| {
        ["field", "term-measure", "term"]
            .iter()
            .find_map(|family| texts::text(language, &format!("{family}-{}", kebab(name)), None))
    };
    // `words.contact_phone` is `contact_phone` within something.
    own(name).or_else(|| own(name.rsplit('.').next()?))
}

/// What a word is called where it stands in a field `of`: `fair` of `grade`. None for what is no such word.
pub(super) fn term(language: Language, word: &str, of: Option<&str>) -> Option<String> {
    let of = of.map(|of| of.rsplit('.').next().unwrap_or(of));
    let special = || texts::text(language, &format!("term-{}-{}", kebab(of?), kebab(word)), None);
    special()
        .or_else(|| titled(language, word, of?))
        .or_else(|| texts::text(language, &format!("term-{}", kebab(word)), None))
}

/// What a policy or a catalogue calls it.
fn titled(language: Language, word: &str, of: &str) -> Option<String> {
    let (_, list) = NAMED_BY_POLICY.iter().find(|(field, _)| *field == of)?;
    // A policy is told with its version: `qianxinan@2025.1`.
    let (name, version) = word.split_once('@').map_or((word, ""), |(name, version)| (name, version));
    let (zh, en) = TITLES.get(&(*list, name.to_owned()))?;
    let title = language.pick(zh, en);
    Some(if version.is_empty() { title.to_owned() } else { format!("{title} {version}") })
}

#[cfg(test)]
mod tests;

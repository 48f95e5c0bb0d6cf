//! Every text that pages show, in both languages (Fluent): `assets/console/texts`.

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use rust_embed::RustEmbed;
use serde_json::Value;

use crate::http::language::Language;

#[derive(RustEmbed)]
#[folder = "assets/console/texts"]
struct Files;

type Texts = FluentBundle<FluentResource>;

static ZH: LazyLock<Texts> = LazyLock::new(|| read("zh", "zh-CN"));
static EN: LazyLock<Texts> = LazyLock::new(|| read("en", "en"));

fn read(folder: &str, tag: &str) -> Texts {
    let mut texts = Texts::new_concurrent(tag.parse().into_iter().collect());
    // Marks around what is filled in would be in the way of searching and copying.
    texts.set_use_isolating(false);
    for name in Files::iter().filter(|name| name.starts_with(folder)) {
        let Some(file) = Files::get(&name) else { continue };
        let text = String::from_utf8_lossy(&file.data).into_owned();
        let resource = FluentResource::try_new(text).unwrap_or_else(|(resource, errors)| {
            tracing::error!(file = %name, ?errors, "texts that cannot be read");
            resource
        });
        if let Err(errors) = texts.add_resource(resource) {
            tracing::error!(file = %name, ?errors, "texts under a name that is taken");
        }
    }
    texts
}

/// The text of this key, if there is one.
pub(super) fn text(language: Language, key: &str, args: Option<&FluentArgs<'_>>) -> Option<String> {
    let texts: &Texts = match language {
        Language::Zh => &ZH,
        Language::En => &EN,
    };
    let pattern = texts.get_message(key)?.value()?;
    let mut errors = vec![];
    let text = texts.format_pattern(pattern, args, &mut errors).into_owned();
    if !errors.is_empty() {
        tracing::error!(key, ?errors, "a text that cannot be filled in");
    }
    Some(text)
}

/// What people call a field or a resource; its own name where there is no other.
pub(crate) fn called(language: Language, family: &str, name: &str) -> String {
    let key = format!("{family}-{}", name.replace(['_', '.'], "-"));
    text(language, &key, None).unwrap_or_else(|| name.to_owned())
}

/// A value in words: terms by their name, days and times as people write them.
pub(crate) fn worded(language: Language, field: &str, value: &Value) -> String {
    let word = match value {
        Value::Null => return String::new(),
        Value::String(word) => word.clone(),
        Value::Bool(is_so) => is_so.to_string(),
        other => return other.to_string(),
    };
    if word.contains('T') && word.len() >= 20 {
        return super::when::time(language, &word);
    }
    let (name, of) = (word.replace('_', "-"), field.replace('_', "-"));
    let of_field = text(language, &format!("term-{of}-{name}"), None);
    of_field.or_else(|| text(language, &format!("term-{name}"), None)).unwrap_or(word)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// Each key with the names of what is filled in.
    fn keys(folder: &str) -> BTreeMap<String, Vec<String>> {
        let mut keys = BTreeMap::new();
        for name in Files::iter().filter(|name| name.starts_with(folder)) {
            let text = String::from_utf8(Files::get(&name).unwrap().data.into_owned()).unwrap();
            FluentResource::try_new(text.clone()).unwrap_or_else(|(_, errors)| panic!("{name}: {errors:?}"));
            let mut last = String::new();
            for line in text.lines().filter(|line| !line.starts_with('#')) {
                if let Some((key, _)) = line.split_once(" =").filter(|_| !line.starts_with(' ')) {
                    last = key.to_owned();
                    assert!(keys.insert(last.clone(), vec![]).is_none(), "{name}: {last} stands there twice");
                }
                let filled = line.split('$').skip(1).map(|rest| {
                    rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                        .next()
                        .unwrap_or_default()
                        .to_owned()
                });
                if let Some(names) = keys.get_mut(&last) {
                    names.extend(filled);
                    names.sort();
                    names.dedup();
                }
            }
        }
        keys
    }

    /// Issue 5: Chinese first with an English twin.
    #[test]
    fn both_languages_say_the_same_things() {
        let (zh, en) = (keys("zh"), keys("en"));
        assert!(zh.len() > 100, "{}", zh.len());
        for (key, filled) in &zh {
            assert_eq!(en.get(key), Some(filled), "{key}");
        }
        assert_eq!(en.keys().find(|key| !zh.contains_key(*key)), None);
    }

    /// What is filled in stands bare in the text.
    #[test]
    fn a_text_is_filled_in() {
        let mut args = FluentArgs::new();
        args.set("what", "认领");
        assert_eq!(text(Language::Zh, "done", Some(&args)).unwrap(), "已办理：认领");
        assert_eq!(text(Language::Zh, "there-is-no-such-text", None), None);
    }
}

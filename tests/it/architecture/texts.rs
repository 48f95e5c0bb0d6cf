//! Pages say nothing of their own: what people read stands in `texts/`, in both languages (issue 5). Templates and the console's code
//! have keys.

use super::{File, code, ends_in, none, tracked};

/// Words that may stand in a template: the names of formats, of keys, and of languages, each in its own language.
const SAME_IN_BOTH: [&str; 9] = ["CSV", "Excel", "PDF", "JSON", "SVG", "English", "中文", "QR", "Enter"];

/// Code that writes a day or a time as each language does: a form, as those of numbers are.
const FORMS: [&str; 1] = ["server/src/console/when.rs"];

/// Code that knows the checks of an audit by the names that the audit gives them.
const NAMES_CHECKS: &str = "server/src/console/auditor/audits.rs";

/// Attributes that people read or hear.
const READ_OUT: [&str; 5] = ["title", "alt", "aria-label", "placeholder", "aria-description"];

fn is_han(c: char) -> bool {
    ('\u{3400}'..='\u{9fff}').contains(&c)
}

/// Letters that make a word: two of them, of any script.
fn words_of(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphabetic()).filter(|word| word.chars().count() > 1)
}

/// A text without what stands between two marks.
fn without(text: &str, open: &str, close: &str) -> String {
    let (mut left, mut rest) = (String::new(), text);
    while let Some((before, after)) = rest.split_once(open) {
        left.push_str(before);
        // What follows is on its own.
        left.push(' ');
        rest = after.split_once(close).map_or("", |(_, after)| after);
    }
    left + rest
}

/// A template without what the program fills in.
fn unfilled(template: &str) -> String {
    // The width of a page is a class of its style.
    let spoken = without(&without(template, "{#", "#}"), "{% block width %}", "{% endblock %}");
    // So are the attributes that a macro of this name adds to a field; and a sign may have a name of its own.
    let shown = without(&spoken.replace("{%-", "{%"), "{% macro marks(f)", "{% endmacro %}")
        .replace("&lt;", "<")
        .replace("&gt;", ">");
    without(&without(&shown, "{%", "%}"), "{{", "}}")
}

/// The values of an attribute in a template that nothing is filled into.
fn values<'a>(template: &'a str, name: &str) -> Vec<&'a str> {
    template
        .match_indices(name)
        .filter(|(at, _)| template[..*at].ends_with(char::is_whitespace))
        .filter_map(|(at, name)| template[at + name.len()..].strip_prefix("=\""))
        .filter_map(|rest| rest.split('"').next())
        .collect()
}

/// Words of people's languages in a template.
fn said_by_template(file: &File) -> Vec<String> {
    let bare = unfilled(&file.text);
    let text = without(&bare, "<", ">");
    let aloud = READ_OUT.iter().flat_map(|name| values(&bare, name));
    let mut found: Vec<&str> =
        aloud.chain([text.as_str()]).flat_map(words_of).filter(|word| !SAME_IN_BOTH.contains(word)).collect();
    let filled = without(&file.text, "{#", "#}");
    found.extend(words_of(&filled).filter(|word| word.contains(is_han) && !SAME_IN_BOTH.contains(word)));
    found.sort_unstable();
    found.dedup();
    found.into_iter().map(|word| format!("{}: says '{word}' instead of a key", file.path)).collect()
}

/// The texts of a line of Rust.
fn literals(line: &str) -> impl Iterator<Item = &str> {
    line.split('"').skip(1).step_by(2)
}

/// Whether somebody would read it as a sentence: three words in a row.
fn is_sentence(literal: &str) -> bool {
    let spoken = without(literal, "{", "}");
    let word = |text: &&str| {
        text.chars().count() > 1
            && text.trim_end_matches(['.', ',', ':', '?', '!']).chars().all(char::is_alphabetic)
    };
    spoken.split(' ').collect::<Vec<_>>().windows(3).any(|three| three.iter().all(word))
}

/// Sentences and Chinese in the console's code. What it logs, and why a lint is off, no visitor reads; a problem is told in both languages
/// wherever it is told.
fn said_by_code(file: &File) -> Vec<String> {
    let mut found = vec![];
    let mut aside = false;
    for (number, line) in file.text.lines().enumerate() {
        if line.starts_with("#[cfg(test)]") {
            break;
        }
        aside = aside
            || ["tracing::", "#[expect(", "#[allow(", "reason =", "Problem::new("]
                .iter()
                .any(|mark| line.contains(mark));
        // What is wrong with a template is for whoever writes it.
        if !aside && !line.contains("Error::new(") {
            let said = |literal: &&str| {
                (is_sentence(literal) && file.path != NAMES_CHECKS)
                    || (literal.contains(is_han) && !FORMS.contains(&file.path.as_str()))
            };
            found.extend(
                literals(code(line)).filter(said).map(|literal| {
                    format!("{}:{}: says '{literal}' instead of a key", file.path, number + 1)
                }),
            );
        }
        aside = aside && !line.trim_end().ends_with([';', ']']);
    }
    found
}

/// Chinese in what browsers run.
fn said_by_script(file: &File) -> Vec<String> {
    let lines = file.text.lines().enumerate().filter(|(_, line)| code(line).contains(is_han));
    lines.map(|(number, _)| format!("{}:{}: a text in a script", file.path, number + 1)).collect()
}

fn findings(files: &[File]) -> Vec<String> {
    let mut found = vec![];
    for file in files {
        if file.path.starts_with("server/assets/console/templates/") {
            found.extend(said_by_template(file));
        } else if file.path.starts_with("server/assets/console/static/") && !ends_in(&file.path, "css") {
            found.extend(said_by_script(file));
        } else if file.path.starts_with("server/src/console/") && file.is_rust() && !is_test(&file.path) {
            found.extend(said_by_code(file));
        }
    }
    found
}

fn is_test(path: &str) -> bool {
    path.ends_with("/tests.rs") || path.contains("/tests/")
}

#[test]
fn pages_have_keys_where_people_read_texts() {
    let files = tracked();
    assert!(
        files.iter().filter(|file| file.path.starts_with("server/assets/console/templates/")).count() > 10
    );
    none(&findings(&files));
}

#[test]
fn a_text_in_a_template_is_found() {
    let said =
        |text: &str| said_by_template(&File::new("server/assets/console/templates/x.html", text)).len();
    assert_eq!(
        said(
            r#"<p class="soft big">{{ t("done", what="claim") }} · <a href="/x">CSV</a> {# why it is so #}</p>"#
        ),
        0
    );
    assert_eq!(said("<p>Done</p>"), 1);
    assert_eq!(said("<p>办理</p>"), 1);
    assert_eq!(said(r#"<input placeholder="Type here">"#), 2);
    assert_eq!(said(r#"<img alt="{{ t("map") }}" title="">"#), 0);
    assert_eq!(said(r#"{{ "满意" if good else t("bad") }}"#), 1);
}

#[test]
fn a_text_in_the_console_s_code_is_found() {
    let said = |text: &str| said_by_code(&File::new("server/src/console/x.rs", text)).len();
    assert_eq!(said("let key = \"menu-home\"; // \"a comment says much\""), 0);
    assert_eq!(said("let text = \"You may not do this\";"), 1);
    assert_eq!(said("let text = \"不能办理\";"), 1);
    assert_eq!(said("tracing::error!(\n    \"a page cannot be shown\"\n);\nlet a = \"one two three\";"), 1);
    assert_eq!(said("#[cfg(test)]\nmod tests { const A: &str = \"不能办理\"; }"), 0);
    assert_eq!(said_by_script(&File::new("a.js", "say('没有') // 注释")).len(), 1);
    assert_eq!(said_by_script(&File::new("a.js", "say(text) // 注释")).len(), 0);
}

//! Templates to pages (`assets/console/templates`). A template that asks for what is not there is an error, not a gap on the page.

use std::sync::LazyLock;

use aggregates::Role;
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};
use commands::authority;
use fluent_bundle::FluentArgs;
use minijinja::value::{Kwargs, Serde, Value};
use minijinja::{
    AutoEscape, Environment, Error, ErrorKind, HtmlEscape, Output, State, UndefinedBehavior, escape_formatter,
};
use rust_embed::RustEmbed;
use serde_json::{Map, Value as Json, json};

use super::visit::Visit;
use super::{menu, texts, undo, words};
use crate::http::language::Language;
use crate::http::problem::Problem;
use crate::http::{House, caller};

#[derive(RustEmbed)]
#[folder = "assets/console/templates"]
struct Templates;

#[derive(RustEmbed)]
#[folder = "assets/console/static"]
pub(super) struct Statics;

static ENVIRONMENT: LazyLock<Environment<'static>> = LazyLock::new(environment);

fn environment() -> Environment<'static> {
    let mut all = Environment::new();
    all.set_undefined_behavior(UndefinedBehavior::SemiStrict);
    all.set_auto_escape_callback(|_| AutoEscape::Html);
    all.set_loader(|name| {
        Ok(Templates::get(name).map(|file| String::from_utf8_lossy(&file.data).into_owned()))
    });
    all.set_formatter(escaped);
    all.add_function("t", t);
    all.add_function("link", link);
    all.add_function("asset", asset);
    all.add_function("new_key", super::form::new_key);
    all.add_function("may_do", may_do);
    all.add_filter("term", term);
    all.add_filter("label", label);
    all.add_filter("command", |state: &State<'_, '_>, name: &str| named(state, "command", name));
    all.add_filter("event", |state: &State<'_, '_>, name: &str| named(state, "event", name));
    all.add_filter("resource", |state: &State<'_, '_>, name: &str| named(state, "resource", name));
    all.add_filter("day", |state: &State<'_, '_>, value: Value| {
        super::when::day(language(state), &text_of(&value))
    });
    all.add_filter("time", |state: &State<'_, '_>, value: Value| {
        super::when::time(language(state), &text_of(&value))
    });
    all.add_filter("grouped", |value: i64| super::when::grouped(value));
    all
}

/// Whether a page of this name is there.
pub(super) fn has_template(name: &str) -> bool {
    Templates::get(name).is_some()
}

fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn language(state: &State<'_, '_>) -> Language {
    match state.lookup("lang") {
        Some(lang) if lang.as_str() == Some("en") => Language::En,
        _ => Language::Zh,
    }
}

/// A text by its key: `{{ t("done", what=name) }}`.
#[expect(clippy::needless_pass_by_value, reason = "as minijinja calls it")]
fn t(state: &State<'_, '_>, key: &str, given: Kwargs) -> Result<String, Error> {
    let mut args = FluentArgs::new();
    for name in given.args() {
        let value: Value = given.get(name)?;
        match (value.as_i64().filter(|_| value.is_number()), value.as_str()) {
            (Some(number), _) => args.set(name.to_owned(), number),
            (None, Some(text)) => args.set(name.to_owned(), text.to_owned()),
            (None, None) => args.set(name.to_owned(), value.to_string()),
        }
    }
    texts::text(language(state), key, Some(&args))
        .ok_or_else(|| Error::new(ErrorKind::UndefinedError, format!("there is no text {key}")))
}

fn named(state: &State<'_, '_>, family: &str, name: &str) -> String {
    texts::text(language(state), &format!("{family}-{name}"), None).unwrap_or_else(|| name.to_owned())
}

/// A word of the field by its name in the interface: `excellent`, `community-worker`. What is no such word stays as it is, and a
/// value that is not there is nothing.
#[expect(clippy::needless_pass_by_value, reason = "as minijinja calls it")]
fn term(state: &State<'_, '_>, value: Value, given: Kwargs) -> Result<String, Error> {
    let of: Option<String> = given.get("of")?;
    if value.is_undefined() || value.is_none() {
        return Ok(String::new());
    }
    let name = text_of(&value);
    Ok(words::term(language(state), &name, of.as_deref()).unwrap_or(name))
}

/// Whether the visitor's role may submit a command: what it may not has no button.
fn may_do(state: &State<'_, '_>, command: &str) -> bool {
    let role = state.lookup("me").and_then(|me| me.get_attr("role").ok());
    let role = role.as_ref().and_then(Value::as_str).and_then(Role::named);
    role.is_some_and(|role| authority::may(role, command))
}

/// What a field is called.
fn label(state: &State<'_, '_>, name: &str) -> String {
    words::label(language(state), name).unwrap_or_else(|| name.to_owned())
}

/// An address of the house: `{{ link("/demands/" ~ row.demand) }}`.
fn link(state: &State<'_, '_>, path: &str) -> String {
    let prefix = state.lookup("prefix").unwrap_or_default();
    format!("{}{path}", prefix.as_str().unwrap_or_default())
}

/// Values within HTML, also within the quotes of an attribute. Unlike minijinja's own it leaves strokes as they are: pages are full of
/// addresses.
fn escaped(out: &mut Output<'_>, state: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    match value.as_str() {
        Some(text) if !value.is_safe() && matches!(state.auto_escape(), AutoEscape::Html) => {
            let escaped = HtmlEscape(text).to_string().replace("&#x2f;", "/");
            out.write_str(&escaped).map_err(Error::from)
        }
        _ => escape_formatter(out, state, value),
    }
}

/// The address of a file of the pages. It changes with the file, so that browsers may keep it.
fn asset(state: &State<'_, '_>, name: &str) -> Result<String, Error> {
    let file = Statics::get(name)
        .ok_or_else(|| Error::new(ErrorKind::UndefinedError, format!("there is no file {name}")))?;
    let hash = file.metadata.sha256_hash();
    Ok(link(state, &format!("/static/{name}?v={:02x}{:02x}{:02x}{:02x}", hash[0], hash[1], hash[2], hash[3])))
}

fn rendered(name: &str, context: Map<String, Json>) -> Result<String, Error> {
    let context = Value::from(Serde(Json::Object(context)));
    if cfg!(debug_assertions) {
        // Templates are files then, and whoever writes them sees at once what changed.
        return environment().get_template(name)?.render(context);
    }
    ENVIRONMENT.get_template(name)?.render(context)
}

/// Both; what both say is as the first has it.
pub(crate) fn with(first: Json, second: Json) -> Json {
    match (first, second) {
        (Json::Object(first), Json::Object(mut second)) => {
            second.extend(first);
            Json::Object(second)
        }
        (first, _) => first,
    }
}

/// What every page knows of the house.
fn of_house(house: &House, language: Language) -> Json {
    json!({
        "lang": language.pick("zh", "en"),
        "lang_tag": language.tag(),
        "prefix": house.prefix,
        "ledger": (!house.prefix.is_empty()).then(|| house.name().to_string()),
        "signs_in": house.settings.callers == caller::Callers::SignedIn,
        "home": house.link("/"),
        "other_ledgers": house.others.iter().map(|other| json!({ "name": other.name().to_string(), "home": other.link("/") })).collect::<Vec<_>>(),
    })
}

impl Visit {
    /// The page of a template. `context` is what the page is about.
    pub(super) fn show(&self, name: &str, context: Json) -> Result<Response, Problem> {
        let house = &self.console.house;
        let frame = json!({
            "me": {
                "id": self.actor.id.as_str(),
                "role": self.actor.role.name(),
                "body": self.body(),
                "login": self.login,
                "is_nobody": self.is_nobody,
            },
            "menu": menu::of(self),
            "address": self.address,
            "done": self.asked("done"),
            "undo": undo::offer(self),
            "at_least": self.at_least,
        });
        answer(name, with(context, with(frame, of_house(house, self.language))))
    }
}

fn answer(name: &str, context: Json) -> Result<Response, Problem> {
    let Json::Object(context) = context else { return Err(Problem::internal()) };
    match rendered(name, context) {
        Ok(html) => Ok(([(header::CACHE_CONTROL, "private, no-store")], Html(html)).into_response()),
        Err(error) => {
            tracing::error!(page = name, error = format!("{error:#}"), detail = %error.display_debug_info(), "a page cannot be shown");
            Err(Problem::internal())
        }
    }
}

/// The page of the door, which the house shows before anybody is known.
pub(crate) fn sign_in_page(house: &House, language: Language, context: Json) -> Result<Response, Problem> {
    let nobody = json!({
        "me": { "is_nobody": true, "role": "public" },
        "menu": [],
        "at_least": null,
        "done": null,
        "undo": null,
        "address": "/sign-in",
    });
    answer("sign-in.html", with(context, with(nobody, of_house(house, language))))
}

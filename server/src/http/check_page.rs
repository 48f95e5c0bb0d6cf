//! `/check`: a page that verifies a record in the reader's browser. Nothing is sent anywhere, and its policy lets nothing be sent.

use std::fmt::Write as _;

use axum::extract::Path;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

use super::language::Language;
use super::problem::Problem;
use super::query::Parameters;

macro_rules! scripts {
    ($($name:literal)+) => {
        /// The scripts of the page.
        pub(super) const SCRIPTS: &[&str] = &[$($name),+];

        fn text_of(name: &str) -> Option<&'static str> {
            match name {
                $($name => Some(include_str!(concat!("../../assets/check/", $name))),)+
                _ => None,
            }
        }
    };
}

scripts! {
    "attached.mjs" "bytes.mjs" "facts.mjs" "json.mjs" "late.mjs" "note.mjs" "page.mjs" "policy.mjs" "statement.mjs" "tree.mjs"
    "verdict.mjs" "verify.mjs"
}

/// Its own scripts and style, and no connection to anywhere, not even to where it came from.
const ALONE: (HeaderName, HeaderValue) = (
    header::CONTENT_SECURITY_POLICY,
    HeaderValue::from_static(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    ),
);

/// Nobody verifies with the script of an older version.
const FRESH: (HeaderName, HeaderValue) = (header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));

/// A script of the page.
pub(super) async fn script(Path(name): Path<String>) -> Result<Response, Problem> {
    let text = text_of(&name).ok_or_else(|| Problem::of_status(StatusCode::NOT_FOUND))?;
    let media = (header::CONTENT_TYPE, HeaderValue::from_static("text/javascript; charset=utf-8"));
    Ok(([media, FRESH], text).into_response())
}

/// Its style.
pub(super) async fn style() -> Response {
    let media = (header::CONTENT_TYPE, HeaderValue::from_static("text/css; charset=utf-8"));
    ([media, FRESH], include_str!("../../assets/check/check.css")).into_response()
}

/// The page, in the language asked for.
pub(super) async fn page(asked: Language, mut given: Parameters) -> Result<Response, Problem> {
    let chosen = given.read("lang", "应为 zh 或 en", "expected zh or en", |text| match text {
        "zh" => Some(Language::Zh),
        "en" => Some(Language::En),
        _ => None,
    });
    given.done(|| "lang".to_owned())?;
    let html = html(chosen.unwrap_or(asked));
    Ok(([ALONE, (header::VARY, HeaderValue::from_static("Accept-Language"))], Html(html)).into_response())
}

fn html(language: Language) -> String {
    let say = |zh, en| language.pick(zh, en);
    let mut html = String::new();
    let _ = write!(
        html,
        "<!doctype html><html lang=\"{lang}\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>{title}</title><link rel=\"stylesheet\" href=\"check/style.css\"><link rel=\"icon\" href=\"data:,\">\
         <script type=\"module\" src=\"check/page.mjs\"></script>\
         <main><h1>{title}</h1><p>{what} <a href=\"?lang={other}\" lang=\"{other}\">{other_name}</a></p>\
         <noscript><p>{noscript}</p><pre>baodao-verify RECORD POLICY [KNOWN-HEAD]</pre></noscript><form id=\"form\">",
        lang = language.tag(),
        title = say("服务记录核验", "Check a service record"),
        what = say(
            "记录只在本浏览器内核验，不会发送到任何地方。",
            "The record is checked in this browser and sent nowhere."
        ),
        other = say("en", "zh"),
        other_name = say("English", "中文"),
        noscript = say(
            "本页需要 JavaScript。不使用浏览器时，请用独立核验程序：",
            "This page needs JavaScript. Without it, use the program that verifies alone:"
        ),
    );
    let _ = write!(
        html,
        "<div id=\"drop\"><label for=\"record\">{record}</label><input type=\"file\" id=\"record\" accept=\".json,.pdf,application/json,application/pdf\" required>\
         <small>{record_hint}</small></div>\
         <div class=\"field\"><label for=\"policy\">{policy}</label><input type=\"file\" id=\"policy\">\
         <small>{policy_hint}</small></div>\
         <div class=\"field\"><label for=\"policy-text\">{text}</label><textarea id=\"policy-text\" spellcheck=\"false\" autocomplete=\"off\"></textarea></div>\
         <div class=\"field\"><label for=\"known\">{known}</label><input type=\"file\" id=\"known\"><small>{known_hint}</small></div>\
         <div class=\"field\"><label for=\"max-age\">{age}</label><input type=\"number\" id=\"max-age\" min=\"1\" max=\"36500\"></div>\
         <button type=\"submit\">{button}</button></form>\
         <section id=\"result\" aria-live=\"polite\" tabindex=\"-1\" hidden></section></main></html>",
        record =
            say("记录文件（JSON，或附有记录的 PDF）", "The record (JSON, or a PDF that one is attached to)"),
        record_hint = say("可将文件拖放到此处", "You can drop the file here"),
        policy = say("信任策略文件", "Policy file"),
        policy_hint = say(
            "您从可靠渠道取得的策略：信任谁的签名。切勿使用随记录一并送来的文件。",
            "Whose signatures you believe, as you were given it by a way you trust: never from whoever gave you the record."
        ),
        text = say("或在此粘贴策略，或账本公钥", "or paste the policy, or the log's public key"),
        known = say("您留存的检查点（可选）", "A checkpoint that you kept (optional)"),
        known_hint = say("记录必须延续它", "The record must continue it"),
        age = say("见证签名最多多少天（可选）", "Witnesses' signatures at most so many days old (optional)"),
        button = say("核验", "Check"),
    );
    html
}

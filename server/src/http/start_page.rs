//! `/`: a plain page that links to what there is.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::extract::State;
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};
use commands::registry;
use projections::ports::Feed;
use projections::sheets;

use super::language::Language;
use super::{House, events};

const STYLE: &str = "body{font:16px/1.6 system-ui,'Noto Sans CJK SC','PingFang SC','Microsoft YaHei',sans-serif;margin:0;color:#222;background:#fafaf8}\
main{max-width:52rem;margin:0 auto;padding:2rem 1.25rem}h1{margin:0;font-size:1.7rem}h2{margin:1.8rem 0 .4rem;font-size:1.1rem;border-bottom:1px solid #ddd}\
p{margin:.4rem 0}ul{columns:16rem;margin:.4rem 0;padding-left:1.2rem}a{color:#a4161a}input,button{font:inherit;padding:.4rem .6rem;max-width:100%}label{font-weight:600}a.button{display:inline-block;padding:.4rem .9rem;border:1px solid;border-radius:.3rem;text-decoration:none}code{font-size:.9em}small{color:#666}\
@media(prefers-color-scheme:dark){body{color:#ddd;background:#1b1b1b}h2{border-color:#444}a{color:#ff8a80}small{color:#999}}";

/// With the ledger's name, where there are several.
fn title(house: &House, language: Language) -> String {
    let title = language.pick("报到 Baodao", "Baodao 报到");
    if house.prefix.is_empty() { title.to_owned() } else { format!("{title} · {}", house.name()) }
}

/// A small page around a body.
pub(super) fn framed(house: &House, language: Language, body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"{}\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>{title}</title><style>{STYLE}</style><main><h1>{title}</h1>{body}</main></html>",
        language.tag(),
        title = title(house, language),
    )
}

/// A text within HTML, also within the quotes of an attribute.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

/// The page in the caller's language.
pub(super) async fn page(State(house): State<Arc<House>>, language: Language) -> Response {
    let head = house.app.store().head().await.ok();
    let say = |zh, en| language.pick(zh, en);
    let mut html = String::new();
    let _ = write!(
        html,
        "<!doctype html><html lang=\"{}\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>{title}</title><style>{STYLE}</style><main><h1>{title}</h1><p>{what}</p>",
        language.tag(),
        title = title(&house, language),
        what = say(
            "在职党员“编组入网”：报到、点单、认领、办结、评单、积分，一本不可篡改的账。",
            "Members in service join the grids: report, order, claim, serve, rate and score, in one ledger that cannot be altered."
        ),
    );
    let standing = match head {
        Some(head) => format!("{} <code>{head}</code>", say("账本位次", "position of the ledger")),
        None => say("账本暂时不可用", "the ledger is not available").to_owned(),
    };
    let _ = write!(html, "<p><small>{standing}</small></p><h2>{}</h2><ul>", say("查询", "Queries"));
    for resource in sheets::resources() {
        let _ = write!(
            html,
            "<li><a href=\"{link}\">{name}</a> <small><a href=\"{link}?format=csv\">csv</a> <a href=\"{link}?format=xlsx\">xlsx</a></small>",
            name = resource.name,
            link = house.link(&format!("/v1/{}", resource.name)),
        );
    }
    let events = house.link(events::PATH);
    let _ = write!(html, "<li><a href=\"{events}\">events</a></ul><h2>{}</h2><ul>", say("命令", "Commands"));
    for command in registry::descriptions() {
        let _ = write!(html, "<li><code>{}</code> <small>{}</small>", command.name, command.title);
    }
    let _ = write!(html, "</ul><h2>{}</h2><ul>", say("接口与运行", "Interface and operation"));
    for (link, zh, en) in [
        ("/sign-in", "登录与退出", "sign in and out"),
        ("/check", "服务记录核验", "check a service record"),
        ("/docs", "接口文档", "API documentation"),
        ("/v1/openapi.json", "OpenAPI 描述", "OpenAPI description"),
        ("/readyz", "就绪状态", "readiness"),
        ("/healthz", "存活状态", "liveness"),
        ("/metrics", "运行指标", "metrics"),
    ] {
        let _ = write!(html, "<li><a href=\"{}\">{}</a>", house.link(link), say(zh, en));
    }
    if !house.others.is_empty() {
        let _ = write!(html, "</ul><h2>{}</h2><ul>", say("其他账本", "Other ledgers"));
        for other in &house.others {
            let _ = write!(html, "<li><a href=\"{}\">{}</a>", other.link("/"), other.name());
        }
    }
    html.push_str("</ul></main></html>");
    ([(header::VARY, "Accept-Language")], Html(html)).into_response()
}

//! The answers of an operation, when all goes well and when not.

use axum::http::StatusCode;
use projections::resource::Resource;
use serde_json::{Map, Value, json};

use super::components::Components;
use super::operation::Subject;
use crate::app::auditing::AuditRun;
use crate::exchange::Imported;
use crate::http::batch::{JSON_LINES, ReceiptLine};
use crate::http::events::{CLOUDEVENTS_BATCH, CloudEvent};
use crate::http::health::Readiness;
use crate::http::ledgers::LedgerList;
use crate::http::problem::{PROBLEM_JSON, Problem};
use crate::http::query::HistoryPage;
use crate::http::query::format::XLSX;
use crate::http::record::PDF;
use crate::http::route::{Answer, Route};
use crate::http::session::Session;
use crate::http::trials::TrialState;
use crate::persons::{PersonFile, PersonView, WordsView};

const POSITION: &str = "#/components/headers/Baodao-Position";
const LINK: &str = "#/components/headers/Link";

/// The answers when all goes well, by status.
#[expect(clippy::too_many_lines, reason = "a table")]
pub(super) fn answers(route: &Route, subject: &Subject, components: &mut Components) -> Map<String, Value> {
    let mut answers = Map::new();
    let ok = match route.doc.answer {
        Answer::Receipt => {
            let receipt = json_of(&components.of::<commands::Receipt>());
            answers.insert("201".to_owned(), positioned("已入账 Stored: the receipt.", &receipt));
            positioned("重复提交 Stored before under the same key: the first receipt again.", &receipt)
        }
        Answer::ReceiptLines => {
            let line = components.of::<ReceiptLine>();
            let content = json!({JSON_LINES: {"schema": {"type": "string"}, "x-line-schema": line}});
            json!({"description": "回执 A ReceiptLine for each line, in the same order.", "content": content})
        }
        Answer::Imported => {
            let imported = json_of(&components.of::<Imported>());
            answers.insert("201".to_owned(), positioned("已入库 Recorded as a whole.", &imported));
            json!({"description": "试运行或重复导入 A dry run, or recorded before: nothing new was stored.", "content": imported})
        }
        Answer::File => file(),
        Answer::Page => match subject {
            Subject::Resource(resource) => page(&components.add(&resource.schema)),
            _ => Value::Null,
        },
        Answer::DueVisits => page(&components.of::<projections::DueVisitRow>()),
        Answer::OwnRow | Answer::Row(_) => {
            let row =
                row_of(route, subject).map(|resource| components.add(&resource.schema)).unwrap_or_default();
            positioned("一条 The row.", &json_of(&row))
        }
        Answer::History => positioned("流水 The history.", &json_of(&components.of::<HistoryPage>())),
        Answer::SuggestedTakers => positioned(
            "可派对象 Who could be asked, and why.",
            &json_of(&components.of::<projections::SuggestedTakers>()),
        ),
        Answer::EmergencyRoster => positioned(
            "应急名册 Who is due and who is there.",
            &json_of(&components.of::<projections::EmergencyRoster>()),
        ),
        Answer::Mode => positioned(
            "平急状态 The mode, and what is in force.",
            &json_of(&components.of::<projections::ModeOfPlace>()),
        ),
        Answer::Statistics => {
            let content = with_files(json_of(&components.of::<projections::Statistics>()));
            positioned("统计 The figures; as a file a line for each of them.", &content)
        }
        Answer::DutyCatalogue => {
            let catalogue = json_of(&components.of::<aggregates::rulebook::DutyCatalogue>());
            json!({"description": "清单 The catalogue.", "content": catalogue})
        }
        Answer::CloudEvents => {
            let event = components.of::<CloudEvent>();
            let content = json!({CLOUDEVENTS_BATCH: {"schema": {"type": "array", "items": event}}});
            linked("事件 A CloudEvents batch.", &content)
        }
        Answer::JournalEntry => {
            positioned("事件 The event.", &json_of(&components.of::<crate::http::journal::JournalEntry>()))
        }
        Answer::Replay => positioned(
            "重演 The stream, played again.",
            &json_of(&components.of::<crate::http::query::ReplayPage>()),
        ),
        Answer::LogState => positioned(
            "日志状态 Where the log stands.",
            &json_of(&components.of::<crate::http::log::LogState>()),
        ),
        Answer::AuditBegun => {
            let run = json_of(&components.of::<AuditRun>());
            answers.insert("202".to_owned(), json!({"description": "已开始 Begun.", "content": run}));
            return answers;
        }
        Answer::AuditRun => {
            let run = json_of(&components.of::<AuditRun>());
            json!({"description": "审计 The audit.", "content": run})
        }
        Answer::AuditRuns => {
            let runs = json_of(&components.of::<crate::http::audits::AuditRuns>());
            json!({"description": "审计记录 The audits.", "content": runs})
        }
        Answer::EventStream => text("推送 Server-sent events.", "text/event-stream"),
        Answer::Readiness => {
            let state = json_of(&components.of::<Readiness>());
            answers.insert("503".to_owned(), json!({"description": "未就绪 Not ready.", "content": state}));
            json!({"description": "就绪 Ready.", "content": state})
        }
        Answer::Record => {
            json!({"description": "核验记录 The record: docs/auditing.md tells its parts.", "content": record()})
        }
        Answer::Session => {
            let session = json_of(&components.of::<Session>());
            json!({"description": "登录身份 Who one is; after signing in with the session\'s cookie.", "content": session})
        }
        Answer::Done => {
            answers.insert("204".to_owned(), json!({"description": "已办理 Done."}));
            return answers;
        }
        Answer::Moved => {
            answers.insert("303".to_owned(), json!({"description": "转到另一地址 See another address."}));
            let page = || text("页面 The page again, with what was wrong.", "text/html");
            for status in ["400", "401", "429"] {
                answers.insert(status.to_owned(), page());
            }
            answers.insert("4XX".to_owned(), components.problem(403));
            return answers;
        }
        Answer::Person => {
            let person = json_of(&components.of::<PersonView>());
            json!({"description": "个人信息 The person.", "content": person})
        }
        Answer::PersonFile => {
            let file = json_of(&components.of::<PersonFile>());
            json!({"description": "所持有的全部信息 Everything that is held.", "content": file})
        }
        Answer::Words => {
            let words = json_of(&components.of::<WordsView>());
            json!({"description": "内容 What was said.", "content": words})
        }
        Answer::Trial => {
            let trial = json_of(&components.of::<TrialState>());
            answers.insert(
                "202".to_owned(),
                json!({"description": "正在试算 It runs; ask again at the Location.", "content": trial}),
            );
            json!({"description": "试算 The trial, with its result once it is done.", "content": trial})
        }
        Answer::Away => {
            answers.insert("303".to_owned(), json!({"description": "转到另一地址 See another address."}));
            let page = || text("页面 A page that says why not.", "text/html");
            for status in ["400", "403", "503"] {
                answers.insert(status.to_owned(), page());
            }
            answers.insert("4XX".to_owned(), components.problem(404));
            return answers;
        }
        Answer::Ledgers => {
            let list = json_of(&components.of::<LedgerList>());
            json!({"description": "账本 The ledgers.", "content": list})
        }
        Answer::OpenApi => {
            json!({"description": "接口描述 This document.", "content": json_of(&json!({"type": "object"}))})
        }
        Answer::Text(media) => text("文本 Text.", media),
    };
    answers.insert("200".to_owned(), ok);
    answers
}

/// A file; a template reflects nothing.
fn file() -> Value {
    let content = json!({
        "text/csv": {"schema": {"type": "string"}},
        XLSX: {"schema": {"type": "string", "format": "binary"}},
    });
    let position = json!({
        "description": "账本位次 The ledger's position that the file reflects; absent with a template.",
        "schema": {"type": "integer", "minimum": 0},
    });
    json!({"description": "文件 The file.", "content": content, "headers": {"Baodao-Position": position}})
}

/// A record, or the certificate that carries it.
fn record() -> Value {
    let mut content =
        json_of(&json!({"type": "object", "required": ["format", "kind", "id", "events", "checkpoint"]}));
    content[PDF] = json!({"schema": {"type": "string", "format": "binary"}});
    content
}

fn json_of(schema: &Value) -> Value {
    json!({"application/json": {"schema": schema}})
}

fn text(description: &str, media: &str) -> Value {
    json!({"description": description, "content": {media: {"schema": {"type": "string"}}}})
}

fn positioned(description: &str, content: &Value) -> Value {
    json!({"description": description, "content": content, "headers": {"Baodao-Position": {"$ref": POSITION}}})
}

fn linked(description: &str, content: &Value) -> Value {
    let headers = json!({"Baodao-Position": {"$ref": POSITION}, "Link": {"$ref": LINK}});
    json!({"description": description, "content": content, "headers": headers})
}

fn page(row: &Value) -> Value {
    let page = json!({
        "type": "object",
        "required": ["items", "next", "position"],
        "additionalProperties": false,
        "properties": {
            "items": {"type": "array", "items": row, "description": "The rows."},
            "next": {"type": ["string", "null"], "description": "Link to the next page; none when there is no more."},
            "position": {"type": "integer", "minimum": 0, "description": "The position that the rows reflect."},
        },
    });
    linked("一页 A page.", &with_files(json_of(&page)))
}

/// The same as a table.
fn with_files(mut content: Value) -> Value {
    if let Some(content) = content.as_object_mut() {
        content.insert("text/csv".to_owned(), json!({"schema": {"type": "string"}}));
        for media in [XLSX, PDF] {
            content.insert(media.to_owned(), json!({"schema": {"type": "string", "format": "binary"}}));
        }
    }
    content
}

fn row_of(route: &Route, subject: &Subject) -> Option<Resource> {
    match (route.doc.answer, subject) {
        (_, Subject::Resource(resource)) => Some(resource.as_ref().clone()),
        (Answer::Row(name), _) => {
            projections::sheets::resources().iter().find(|one| one.name == name).cloned()
        }
        _ => None,
    }
}

/// What a problem of this status means.
pub(super) fn problem(status: u16) -> Value {
    let meaning = match status {
        401 => "未登录 Who calls has not signed in, or with what does not hold.".to_owned(),
        403 => "无权办理 The actor may not do this.".to_owned(),
        409 => "规则不允许或并发冲突 Refused by a rule, or by a conflict with others.".to_owned(),
        422 => "内容有误或幂等键重用 A field is invalid, or the key was used for other content.".to_owned(),
        429 => "请求过多 Too many at the same time.".to_owned(),
        500 => "服务器错误 The server failed.".to_owned(),
        503 => "暂时不可用 Not available now; nothing was stored.".to_owned(),
        504 => "结果未知 The outcome is unknown: retry with the same Idempotency-Key.".to_owned(),
        other => {
            let told = Problem::of_status(StatusCode::from_u16(other).unwrap_or_default());
            format!("{} {}", told.zh, told.en)
        }
    };
    let mut answer = json!({
        "description": meaning,
        "content": {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    });
    if matches!(status, 429 | 503)
        && let Some(fields) = answer.as_object_mut()
    {
        fields.insert(
            "headers".to_owned(),
            json!({"Retry-After": {"$ref": "#/components/headers/Retry-After"}}),
        );
    }
    answer
}

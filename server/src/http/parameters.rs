//! The parameters that routes take, as the API description tells them.

use aggregates::ledger::STREAM_TYPES;

use super::route::{Kind, Parameter, Place};

const fn parameter(
    place: Place,
    name: &'static str,
    kind: Kind,
    title: &'static str,
    summary: &'static str,
) -> Parameter {
    Parameter { name, place, kind, title, summary }
}

/// Everybody but the system itself.
const ACTORS: &str = "^(public|resident|member|community-worker|unit|organisation-department|auditor|promotion-review|operator)/[A-Za-z0-9._:-]{1,64}(@[A-Za-z0-9._:-]{1,64})?$";

pub(super) const ID: Parameter = parameter(Place::Path, "id", Kind::Text, "编号", "Opaque id or code.");
pub(super) const KIND: Parameter =
    parameter(Place::Path, "kind", Kind::OneOf(crate::exchange::kinds::NAMES), "文件类别", "Kind of file.");
pub(super) const SUBJECT_KIND: Parameter = parameter(
    Place::Path,
    "kind",
    Kind::OneOf(&["member", "resident", "worker", "demand", "household"]),
    "主体类别",
    "What sort of subject.",
);
pub(super) const PLACE: Parameter = parameter(
    Place::Path,
    "place",
    Kind::Like(r"^([0-9]{1,2}|entries)(/x[0-9]{3})*/[0-9]{3}(\.p/[0-9]{1,3})?$", "0/000.p/1"),
    "数据块位置",
    "Level (or `entries`) and number of a tile, with its width if it is partial.",
);
pub(super) const TRIAL: Parameter = parameter(Place::Path, "id", Kind::Uuid, "试算编号", "Id of the trial.");
pub(super) const POSITION: Parameter =
    parameter(Place::Path, "position", Kind::Number(1, u64::MAX), "账本位次", "A position of the ledger.");
pub(super) const PURPOSE: Parameter =
    parameter(Place::Query, "purpose", Kind::Text, "用途", "What the record is for; it is written into it.");
pub(super) const OPINION: Parameter = parameter(
    Place::Query,
    "opinion",
    Kind::Text,
    "征求意见编号",
    "The request for an opinion under which the record is pulled; a review needs one. Each pull is recorded.",
);
pub(super) const RECORD_FORMAT: Parameter = parameter(
    Place::Query,
    "format",
    Kind::OneOf(&["json", "pdf"]),
    "格式",
    "The record as JSON, or as a certificate that carries it; goes before Accept.",
);
pub(super) const LANG: Parameter = parameter(
    Place::Query,
    "lang",
    Kind::OneOf(&["zh", "en"]),
    "语言",
    "Language of the page; goes before Accept-Language.",
);
pub(super) const CHECK_FILE: Parameter =
    parameter(Place::Path, "file", Kind::OneOf(super::check_page::SCRIPTS), "文件", "A script of the page.");
pub(super) const SINCE: Parameter = parameter(
    Place::Query,
    "since",
    Kind::Number(0, u64::MAX),
    "留存检查点的位次",
    "Size of a checkpoint that the reader kept: the record proves that it continues it.",
);
pub(super) const EVERYWHERE: Parameter = parameter(
    Place::Query,
    "everywhere",
    Kind::OneOf(&["true", "false"]),
    "所有会话",
    "End all sessions of the login, not only this one.",
);
pub(super) const NEXT: Parameter = parameter(
    Place::Query,
    "next",
    Kind::Like("^/", "/v1/members"),
    "登录后转到",
    "Where to go after signing in, within this ledger's addresses; its start page when absent.",
);
pub(super) const BACK: [Parameter; 3] = [
    parameter(Place::Query, "state", Kind::Text, "登录过程", "Which sign-in the provider answers."),
    parameter(Place::Query, "code", Kind::Text, "授权码", "What the provider gives an ID token for, once."),
    parameter(Place::Query, "error", Kind::Text, "错误", "Why the provider proved nobody."),
];
pub(super) const DRY_RUN: Parameter = parameter(
    Place::Query,
    "dry_run",
    Kind::OneOf(&["true", "false"]),
    "试运行",
    "Decide everything, tell what would be recorded, and store nothing.",
);
pub(super) const FILE_FORMAT: Parameter = parameter(
    Place::Query,
    "format",
    Kind::OneOf(&["csv", "xlsx"]),
    "格式",
    "Format of the file; goes before Accept.",
);
pub(super) const TEMPLATE: Parameter = parameter(
    Place::Query,
    "template",
    Kind::OneOf(&["true", "false"]),
    "模板",
    "An empty file to fill in; the workbook explains its columns on a second sheet.",
);
pub(super) const STREAM_TYPE: Parameter =
    parameter(Place::Path, "type", Kind::OneOf(STREAM_TYPES), "流水类别", "Type of stream.");
pub(super) const YEAR: Parameter = parameter(
    Place::Query,
    "year",
    Kind::Number(1900, 9999),
    "年度",
    "The card's year; the current business year when absent.",
);
pub(super) const DIVISION: Parameter = parameter(
    Place::Query,
    "division",
    Kind::Like("^[0-9]{2}([0-9]{2}([0-9]{2}([0-9A-Z]{3}([0-9A-Z]{3})?)?)?)?$", "5202"),
    "区划代码",
    "The division, of any level: what lies within it is added up. The whole ledger when absent.",
);
pub(super) const VISITS: [Parameter; 7] = [
    parameter(Place::Query, "community", Kind::Text, "社区", "A community, or any division above it."),
    parameter(Place::Query, "member", Kind::Text, "结对成员", "The member who helps."),
    parameter(Place::Query, "household", Kind::Text, "重点户", "The household: opaque."),
    parameter(
        Place::Query,
        "state",
        Kind::OneOf(&["done", "open", "overdue"]),
        "状态",
        "Made, not yet due, or overdue.",
    ),
    parameter(Place::Query, "on", Kind::Date, "查询日", "The day of asking; today when absent."),
    parameter(Place::Query, "from", Kind::Date, "起始日", "First day due; the year's first when absent."),
    parameter(Place::Query, "to", Kind::Date, "截止日", "Last day due; the month's last when absent."),
];
pub(super) const COMMUNITY: Parameter = parameter(
    Place::Query,
    "community",
    Kind::Like("^[0-9]{6}[0-9A-Z]{6}$", "520201016001"),
    "社区代码",
    "Only what is in this community.",
);
const MONTH: Kind = Kind::Like("^[0-9]{4}-(0[1-9]|1[0-2])$", "2026-03");
pub(super) const FROM_MONTH: Parameter = parameter(Place::Query, "from", MONTH, "起始月份", "First month.");
pub(super) const TO_MONTH: Parameter = parameter(Place::Query, "to", MONTH, "截止月份", "Last month.");
pub(super) const BY: Parameter = parameter(
    Place::Query,
    "by",
    Kind::OneOf(&["division", "month"]),
    "分项",
    "Parts by the divisions one level below, or by month.",
);
pub(super) const AS_OF: Parameter = parameter(
    Place::Query,
    "as_of",
    Kind::PositionOrTime,
    "截至",
    "As it stood after this position, or after the last event recorded by this time (RFC 3339).",
);
pub(super) const ON: Parameter = parameter(
    Place::Query,
    "on",
    Kind::Date,
    "日期",
    "The day asked about, as 2026-05-01; it may lie ahead. The day of as_of, or today, when absent.",
);
pub(super) const AT_LEAST: Parameter = parameter(
    Place::Query,
    "at_least",
    Kind::Number(0, u64::MAX),
    "至少反映到",
    "Wait, for a bounded time, until the answer reflects this position: that of a receipt, to read your own writes.",
);
pub(super) const AFTER: Parameter = parameter(
    Place::Query,
    "after",
    Kind::Number(0, u64::MAX),
    "位次之后",
    "Only events after this position.",
);
const ANY: Kind = Kind::Text;
pub(super) const SEARCH: [Parameter; 11] = [
    parameter(
        Place::Query,
        "before",
        Kind::Number(0, u64::MAX),
        "位次之前",
        "Only events before this position.",
    ),
    parameter(
        Place::Query,
        "order",
        Kind::OneOf(&["oldest", "newest"]),
        "顺序",
        "The oldest first, as when it is absent, or the newest.",
    ),
    parameter(Place::Query, "from", Kind::Time, "记录时间起", "Only events recorded at or after this time."),
    parameter(Place::Query, "to", Kind::Time, "记录时间止", "Only events recorded before this time."),
    parameter(Place::Query, "stream_type", ANY, "流水类别", "Only events of streams of this type."),
    parameter(Place::Query, "stream", ANY, "流水编号", "Only events of streams with this id."),
    parameter(Place::Query, "type", ANY, "事件类型", "Only facts of this name."),
    parameter(Place::Query, "actor", ANY, "办理人", "Only what this one did."),
    parameter(Place::Query, "role", ANY, "角色", "Only what was done in this capacity."),
    parameter(Place::Query, "organisation", ANY, "组织", "Only what was done on behalf of this body."),
    parameter(Place::Query, "event_id", ANY, "事件编号", "Only the event with this id."),
];
pub(super) const AT: Parameter = parameter(
    Place::Query,
    "at",
    ANY,
    "时点",
    "Moments that are told: positions or times (RFC 3339) with commas between, at most 50.",
);
pub(super) const WITH: Parameter = parameter(
    Place::Query,
    "with",
    Kind::PositionOrTime,
    "对比时点",
    "A moment that the first of `at` is compared with.",
);
pub(super) const AUDIT: Parameter =
    parameter(Place::Path, "audit", Kind::Text, "审计编号", "Id of an audit.");
pub(super) const CURSOR: Parameter = parameter(
    Place::Query,
    "after",
    Kind::Text,
    "上一页之后",
    "Cursor from the next link of the page before.",
);
pub(super) const LIMIT: Parameter =
    parameter(Place::Query, "limit", Kind::Number(1, 1000), "条数", "At most so many items.");
pub(super) const FORMAT: Parameter = parameter(
    Place::Query,
    "format",
    Kind::OneOf(&["json", "csv", "xlsx", "pdf"]),
    "格式",
    "Format of the answer; goes before Accept.",
);
pub(super) const LAST_EVENT_ID: Parameter = parameter(
    Place::Header,
    "Last-Event-ID",
    Kind::Number(0, u64::MAX),
    "上次事件",
    "Position of the last event received; goes before after.",
);
pub(super) const ACTOR: Parameter = parameter(
    Place::Header,
    super::caller::ACTOR,
    Kind::Like(ACTORS, "community-worker/w-1@520201016001"),
    "办理人",
    "Who calls: role/id[@organisation]; the local operator when absent. Only where callers are trusted; elsewhere they sign in.",
);
pub(super) const ENVELOPE: [Parameter; 4] = [
    parameter(
        Place::Header,
        super::caller::IDEMPOTENCY_KEY,
        Kind::Uuid,
        "幂等键",
        "Made by the client: the same key and content gets the first answer again and is stored once.",
    ),
    parameter(
        Place::Header,
        super::caller::OCCURRED_AT,
        Kind::Time,
        "发生时间",
        "Business time of the act, RFC 3339; now when absent.",
    ),
    parameter(
        Place::Header,
        super::caller::REASON,
        Kind::Text,
        "原因",
        "Why the record is late or a correction: UTF-8 or percent-encoded. Never a person's name.",
    ),
    parameter(
        Place::Header,
        super::caller::APPROVED_BY,
        Kind::Like("^[A-Za-z0-9._:-]{1,64}$", "w-2"),
        "核准人",
        "Opaque id of the second person who approves a late record.",
    ),
];

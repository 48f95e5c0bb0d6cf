//! Who is there, where they belong, and to whom they have reported (A1–A8).

use aggregates::member::MemberEvent;
use aggregates::{LedgerEvent, Recorded};
use serde_json::Value;

use super::places::DWELLINGS;
use super::{Above, Behind, Kind, Makes, same, within};
use crate::exchange::column::{Column, Label, Type};

const CLASSES: &[Label] = &[
    ("organ", "机关"),
    ("state_enterprise", "国有企业"),
    ("public_institution", "事业单位"),
    ("central_or_regional", "中直、区直单位"),
    ("central_enterprise_branch", "央企分支机构"),
];

const RANKS: &[Label] = &[
    ("county_leader", "县级领导干部"),
    ("section_cadre", "科级干部"),
    ("regular_cadre", "正式干部"),
    ("member", "其他在职党员"),
];

/// 单位 (A1).
pub(super) const UNITS: Kind = Kind {
    name: "units",
    title: "单位",
    import: "import-units",
    columns: &[
        Column::needed("unit", "单位编号", Type::Id, "u-0001"),
        Column::needed("name", "单位名称", Type::Text, "钟山区税务局"),
        Column::needed("class", "单位类别", Type::OneOf(CLASSES), "机关"),
        Column::needed("division", "管理区划", Type::Division, "520201"),
        Column::optional("upper", "上级党组织", Type::Id, "u-0000"),
    ],
    key: &["unit"],
    above: Some(Above {
        own: "unit",
        above: |fields| fields.get("upper").and_then(Value::as_str).map(str::to_owned),
    }),
    makes: Makes::One("enrol-unit"),
    projection: "units",
    rows: same,
    ..Kind::PLAIN
};

/// 结对联系 (A2, A7).
pub(super) const UNIT_LINKS: Kind = Kind {
    name: "unit-links",
    title: "单位结对",
    import: "import-unit-links",
    columns: &[
        Column::needed("unit", "单位编号", Type::Id, "u-0001"),
        Column::needed("community", "社区代码", Type::Community, "520201016001"),
        Column::optional("estate", "小区（楼栋）编号", Type::Id, "e-0001"),
    ],
    key: &["unit", "community"],
    makes: Makes::One("link-unit"),
    projection: "unit_links",
    rows: same,
    ..Kind::PLAIN
};

/// 成员 (A1).
pub(super) const MEMBERS: Kind = Kind {
    name: "members",
    title: "成员",
    import: "import-members",
    columns: &[
        Column::needed("member", "成员编号", Type::Id, "m-000001"),
        Column::needed("unit", "单位编号", Type::Id, "u-0001"),
        Column::needed("rank", "职级", Type::OneOf(RANKS), "正式干部"),
        Column::optional("skills", "服务专长", Type::Ids, "legal-aid;tutoring"),
        Column::optional("name", "姓名", Type::Personal, "张三"),
        Column::optional("phone", "电话", Type::Personal, "0858-8000000"),
    ],
    key: &["member"],
    makes: Makes::One("enrol-member"),
    projection: "members",
    rows: in_service,
    ..Kind::PLAIN
};

/// 家庭居住地台账 (A4).
pub(super) const RESIDENCES: Kind = Kind {
    name: "residences",
    title: "居住地",
    import: "import-residences",
    columns: &[
        Column::needed("member", "成员编号", Type::Id, "m-000001"),
        Column::needed("community", "社区代码", Type::Community, "520201016001"),
        Column::needed("dwelling", "住所类型", Type::OneOf(DWELLINGS), "大型小区"),
        Column::optional("estate", "小区（楼栋）编号", Type::Id, "e-0001"),
    ],
    key: &["member"],
    makes: Makes::One("record-residence"),
    projection: "members",
    rows: |body| {
        let members = in_service(body)?;
        Ok(members.iter().filter_map(|member| within(member, "residence", &["member"])).collect())
    },
    ..Kind::PLAIN
};

const REASONS: &[Label] =
    &[("seconded_away", "在外挂职"), ("village_aid", "驻村帮扶"), ("special_post", "特种岗位")];

/// 三类不纳入 (A5): those in force or ahead. Only who may know the reasons gets this file.
pub(super) const EXCLUSIONS: Kind = Kind {
    name: "exclusions",
    title: "不纳入",
    import: "import-exclusions",
    columns: &[
        Column::needed("member", "成员编号", Type::Id, "m-000001"),
        Column::needed("reason", "不纳入情形", Type::OneOf(REASONS), "驻村帮扶"),
        Column::needed("from", "起始日期", Type::Date, "2026-03-01"),
        Column::optional("until", "截止日期", Type::Date, "2028-02-29"),
    ],
    key: &["member"],
    makes: Makes::One("exclude-member"),
    projection: "members",
    rows: |body| {
        let mut rows = in_service(body)?;
        rows.retain(|row| row.get("excluded_from").is_some_and(|day| !day.is_null()));
        for row in &mut rows {
            row["from"] = row["excluded_from"].take();
            row["until"] = row["excluded_until"].take();
        }
        Ok(rows)
    },
    behind: Some(Behind { stream: "member", id: "member", tell: reason }),
    ..Kind::PLAIN
};

/// The row of a member does not tell the reason: the member's own history does.
fn reason(row: &mut Value, history: &[Recorded]) {
    let told = history.iter().rev().find_map(|event| match &event.event {
        LedgerEvent::Member(MemberEvent::MemberExcluded { reason, .. }) => Some(reason),
        _ => None,
    });
    row["reason"] = serde_json::to_value(told).unwrap_or_default();
}

/// A retired member cannot be entered as such; the history of those stays in the ledger that knows them.
pub(super) fn in_service(body: &str) -> Result<Vec<Value>, serde_json::Error> {
    let mut rows = same(body)?;
    rows.retain(|row| row.get("status").is_none_or(|status| status != "retired"));
    Ok(rows)
}

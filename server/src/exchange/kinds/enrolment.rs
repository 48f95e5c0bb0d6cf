//! Who is there, where they belong, and to whom they have reported (A1–A8).

use serde_json::Value;

use super::places::DWELLINGS;
use super::{Above, Kind, Makes, same, within};
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
    above: None,
    makes: Makes::One("link-unit"),
    projection: "unit_links",
    rows: same,
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
    ],
    key: &["member"],
    above: None,
    makes: Makes::One("enrol-member"),
    projection: "members",
    rows: in_service,
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
    above: None,
    makes: Makes::One("record-residence"),
    projection: "members",
    rows: |body| {
        let members = in_service(body)?;
        Ok(members.iter().filter_map(|member| within(member, "residence", &["member"])).collect())
    },
};

/// A retired member cannot be entered as such; the history of those stays in the ledger that knows them.
pub(super) fn in_service(body: &str) -> Result<Vec<Value>, serde_json::Error> {
    let mut rows = same(body)?;
    rows.retain(|row| row.get("status").is_none_or(|status| status != "retired"));
    Ok(rows)
}

//! Who is there, where they belong, and to whom they have reported (A1–A8).

use super::{Above, Kind, Makes, same};
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

const DWELLINGS: &[Label] = &[
    ("large_estate", "大型小区"),
    ("unit_dormitory", "单位宿舍"),
    ("family_building", "家属楼"),
    ("pooled_fund_building", "集资房"),
    ("self_built", "自建房"),
    ("relocation_street", "搬迁街"),
];

const REPORTS_TO: &[Label] = &[("unit_linked", "单位结对社区"), ("residence", "居住地社区")];

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
        above: |fields| fields.get("upper").and_then(serde_json::Value::as_str).map(str::to_owned),
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
    rows: same,
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
    projection: "residences",
    rows: same,
};

/// 报到 (A2, A6).
pub(super) const REPORTS: Kind = Kind {
    name: "reports",
    title: "报到",
    import: "import-reports",
    columns: &[
        Column::needed("member", "成员编号", Type::Id, "m-000001"),
        Column::needed("kind", "报到类型", Type::OneOf(REPORTS_TO), "居住地社区"),
        Column::needed("community", "社区代码", Type::Community, "520201016001"),
        Column::optional("batch", "批次", Type::Id, "b-2026-1"),
    ],
    key: &["member", "kind"],
    above: None,
    makes: Makes::One("report"),
    projection: "members",
    rows: same,
};

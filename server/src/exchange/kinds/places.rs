//! Divisions and what stands in them.

use aggregates::ids::DivisionCode;

use super::{Above, Kind, Makes, same};
use crate::exchange::column::{Column, Label, Type};

/// Kinds of dwellings (A4).
pub(super) const DWELLINGS: &[Label] = &[
    ("large_estate", "大型小区"),
    ("unit_dormitory", "单位宿舍"),
    ("family_building", "家属楼"),
    ("pooled_fund_building", "集资房"),
    ("self_built", "自建房"),
    ("relocation_street", "搬迁街"),
];

/// 区划: the official tree, and local additions to it (gap G6).
pub(super) const DIVISIONS: Kind = Kind {
    name: "divisions",
    title: "区划",
    import: "import-divisions",
    columns: &[
        Column::needed("code", "区划代码", Type::Division, "520201016001"),
        Column::needed("name", "名称", Type::Text, "凤凰社区"),
        Column::optional("aliases", "别名", Type::Texts, "凤凰居委会;老凤凰"),
    ],
    key: &["code"],
    above: Some(Above {
        own: "code",
        above: |fields| {
            let code = fields.get("code")?.as_str()?;
            DivisionCode::new(code).ok()?.parent().map(|parent| parent.to_string())
        },
    }),
    makes: Makes::One("register-division"),
    projection: "divisions",
    rows: same,
    ..Kind::PLAIN
};

/// 小区、单位宿舍楼 (A4).
pub(super) const ESTATES: Kind = Kind {
    name: "estates",
    title: "小区和楼栋",
    import: "import-estates",
    columns: &[
        Column::needed("estate", "小区（楼栋）编号", Type::Id, "e-0001"),
        Column::needed("community", "社区代码", Type::Community, "520201016001"),
        Column::needed("kind", "住所类型", Type::OneOf(DWELLINGS), "大型小区"),
        Column::needed("name", "名称", Type::Text, "凤凰花园"),
        Column::needed("households", "户数", Type::Integer(0, 1_000_000), "1200"),
        Column::optional("buildings", "楼栋数", Type::Integer(0, 100_000), "18"),
    ],
    key: &["estate"],
    makes: Makes::One("register-estate"),
    projection: "estates",
    rows: same,
    ..Kind::PLAIN
};

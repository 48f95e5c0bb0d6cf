//! Key households, by opaque id, and who helps them (C8, C9).

use super::{Kind, Makes, same};
use crate::exchange::column::{Column, Label, Type};

const NEEDS: &[Label] =
    &[("elderly", "老年人"), ("minor", "未成年人"), ("disabled", "残疾人"), ("hardship", "困难家庭")];

/// 重点户.
pub(super) const HOUSEHOLDS: Kind = Kind {
    name: "households",
    title: "重点户",
    import: "import-households",
    columns: &[
        Column::needed("household", "重点户编号", Type::Id, "h-0001"),
        Column::needed("community", "社区代码", Type::Community, "520201016001"),
        Column::optional("grid", "网格编码", Type::Grid, "520201016001001"),
        Column::optional("needs", "需求标签", Type::SomeOf(NEEDS), "老年人;困难家庭"),
        Column::optional("consent", "本人（监护人）同意", Type::YesNo, "是"),
    ],
    key: &["household"],
    makes: Makes::One("register-household"),
    projection: "households",
    rows: same,
    ..Kind::PLAIN
};

/// 结对帮扶.
pub(super) const PAIRS: Kind = Kind {
    name: "pairs",
    title: "结对帮扶",
    import: "import-pairs",
    columns: &[
        Column::needed("household", "重点户编号", Type::Id, "h-0001"),
        Column::needed("member", "成员编号", Type::Id, "m-000001"),
    ],
    key: &["household", "member"],
    makes: Makes::One("pair-household"),
    projection: "help_pairs",
    rows: |body| {
        let mut rows = same(body)?;
        rows.retain(|row| row.get("status").is_none_or(|status| status == "active"));
        Ok(rows)
    },
    ..Kind::PLAIN
};

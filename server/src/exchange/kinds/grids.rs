//! Grids and their rosters (B1, B2, B5–B13).

use serde_json::Value;

use super::{Kind, Makes, same};
use crate::exchange::column::{Column, Label, Type};

const KINDS: &[Label] = &[("base", "基础网格"), ("dedicated", "专属网格"), ("emergency", "应急响应网格")];

const SOURCES: &[Label] = &[
    ("county_leader", "县级领导"),
    ("section_cadre", "县直单位科级干部"),
    ("unit_cadre", "机关企事业单位在职党员、干部"),
    ("street_cadre", "街道干部"),
    ("community_worker", "社区工作者"),
    ("full_time_officer", "专职网格员"),
    ("property_staff", "物业服务企业人员"),
    ("new_employment", "新就业群体"),
    ("estate_member", "小区党员"),
    ("volunteer", "志愿者"),
];

/// 网格 (B1), filed at the prefecture (B2) where the last column says so.
pub(super) const GRIDS: Kind = Kind {
    name: "grids",
    title: "网格",
    import: "import-grids",
    columns: &[
        Column::needed("grid", "网格编码", Type::Grid, "520201016001001"),
        Column::needed("kind", "网格类型", Type::OneOf(KINDS), "基础网格"),
        Column::needed("name", "名称", Type::Text, "凤凰一网格"),
        Column::needed("households", "户数", Type::Integer(0, 1_000_000), "280"),
        Column::optional("estates", "小区（楼栋）编号", Type::Ids, "e-0001;e-0002"),
        Column::optional("template", "岗位模板", Type::Id, "four_plus_n"),
        Column::optional("filed", "已备案", Type::YesNo, "是"),
    ],
    key: &["grid"],
    makes: Makes::Then { first: "define-grid", column: "filed", second: "file-grid", fields: &["grid"] },
    projection: "grid_rosters",
    rows: |body| {
        let mut rows = same(body)?;
        rows.retain(|row| row.get("status").is_none_or(|status| status != "ended"));
        for row in &mut rows {
            row["filed"] = Value::Bool(row.get("filed_on").is_some_and(|day| !day.is_null()));
        }
        Ok(rows)
    },
    ..Kind::PLAIN
};

/// 编组入网 (B6–B13).
pub(super) const POSTS: Kind = Kind {
    name: "posts",
    title: "网格岗位",
    import: "import-posts",
    columns: &[
        Column::needed("grid", "网格编码", Type::Grid, "520201016001001"),
        Column::needed("slot", "岗位", Type::Id, "section_cadre"),
        Column::optional("member", "成员编号", Type::Id, "m-000001"),
        Column::optional("person", "其他人员编号", Type::Id, "p-0001"),
        Column::optional("source", "来源", Type::OneOf(SOURCES), "社区工作者"),
        Column::optional("estate", "小区（楼栋）编号", Type::Id, "e-0001"),
    ],
    key: &["grid", "slot", "member", "person"],
    makes: Makes::One("take-post"),
    projection: "posts",
    rows: |body| {
        let mut rows = same(body)?;
        rows.retain(|row| row.get("until").is_none_or(Value::is_null));
        for row in &mut rows {
            let column = if row["holder_kind"] == "member" { "member" } else { "person" };
            row[column] = row["holder"].take();
        }
        Ok(rows)
    },
    ..Kind::PLAIN
};

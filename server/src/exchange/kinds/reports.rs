//! Reports and the batches that they come in (A2, A6).

use serde_json::Value;

use super::enrolment::in_service;
use super::{Kind, Makes, same};
use crate::exchange::column::{Column, Label, Type};

const REPORTS_TO: &[Label] = &[("unit_linked", "单位结对社区"), ("residence", "居住地社区")];

/// 报到批次 (A6): announced before, reconciled behind.
pub(super) const BATCHES: Kind = Kind {
    name: "batches",
    title: "报到批次",
    import: "import-batches",
    columns: &[
        Column::needed("batch", "批次", Type::Id, "b-2026-1"),
        Column::needed("community", "社区代码", Type::Community, "520201016001"),
        Column::optional("unit", "单位编号", Type::Id, "u-0001"),
        Column::needed("expected", "应到成员", Type::Ids, "m-000001;m-000002"),
    ],
    key: &["batch"],
    makes: Makes::One("open-batch"),
    projection: "batches",
    rows: same,
    ..Kind::PLAIN
};

/// 报到 (A2); a row with a batch arrives in it (A6).
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
    makes: Makes::One("report"),
    projection: "members",
    rows: standing,
    ..Kind::PLAIN
};

/// The reports that stand, of a member in service.
fn standing(body: &str) -> Result<Vec<Value>, serde_json::Error> {
    let mut rows = vec![];
    for member in in_service(body)? {
        let reports = member.get("reports").and_then(Value::as_array).cloned().unwrap_or_default();
        for mut report in reports {
            if report.get("lapsed_on").is_none_or(Value::is_null) {
                report["member"] = member.get("member").cloned().unwrap_or_default();
                rows.push(report);
            }
        }
    }
    Ok(rows)
}

//! Divisions and what stands in them.

use aggregates::ids::DivisionCode;

use super::{Above, Kind, Makes, same};
use crate::exchange::column::{Column, Type};

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
};

//! What residents ask for (C1, C2, C10, C12).

use super::{Kind, Makes, same};
use crate::exchange::column::{Column, Label, Type};

const KINDS: &[Label] = &[
    ("order", "居民点单"),
    ("micro_dream", "微梦想"),
    ("micro_wish", "微心愿"),
    ("micro_appeal", "微诉求"),
    ("issue", "网格问题"),
    ("petition", "百姓说事"),
];

const CHANNELS: &[Label] = &[
    ("online", "线上填单"),
    ("window", "社区窗口"),
    ("telephone", "电话"),
    ("home_visit", "入户走访"),
    ("grid_officer", "网格员上报"),
    ("talk_point", "百姓说事点"),
    ("talk_day", "百姓说事日"),
    ("talk_cloud", "百姓说事云"),
];

const URGENCIES: &[Label] = &[("routine", "一般"), ("urgent", "急办"), ("emergency", "紧急")];

/// 居民需求: orders, wishes, grid issues and petitions.
pub(super) const DEMANDS: Kind = Kind {
    name: "demands",
    title: "居民需求",
    import: "import-demands",
    columns: &[
        Column::optional("demand", "需求编号", Type::Id, "d-000001"),
        Column::needed("kind", "需求类型", Type::OneOf(KINDS), "居民点单"),
        Column::needed("channel", "来源渠道", Type::OneOf(CHANNELS), "社区窗口"),
        Column::needed("category", "事项类别", Type::Id, "elder-care"),
        Column::needed("community", "社区代码", Type::Community, "520201016001"),
        Column::optional("grid", "网格编码", Type::Grid, "520201016001001"),
        Column::optional("estate", "小区（楼栋）编号", Type::Id, "e-0001"),
        Column::optional("household", "重点户编号", Type::Id, "h-0001"),
        Column::optional("placed_by", "提出人编号", Type::Id, "r-0001"),
        Column::needed("urgency", "紧急程度", Type::OneOf(URGENCIES), "一般"),
        Column::optional("text", "需求内容", Type::Personal, "陪同看病"),
        Column::optional("contact_name", "联系人", Type::Personal, "李四"),
        Column::optional("contact_phone", "联系电话", Type::Personal, "0858-8000000"),
        Column::optional("contact_address", "地址", Type::Personal, "3栋2单元"),
    ],
    key: &["demand"],
    makes: Makes::By {
        column: "kind",
        choices: &[
            ("order", "place-order", None),
            ("micro_dream", "post-wish", Some("wish")),
            ("micro_wish", "post-wish", Some("wish")),
            ("micro_appeal", "post-wish", Some("wish")),
            ("issue", "raise-issue", Some("issue")),
            ("petition", "raise-issue", Some("issue")),
        ],
    },
    projection: "demands",
    rows: same,
    ..Kind::PLAIN
};

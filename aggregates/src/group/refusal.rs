//! Why a group says no.

use crate::ids::GroupId;

crate::refusals! { "group";
    /// Never formed.
    unknown(group: &GroupId) Unknown at "group":
        "没有服务组 {group}", "group {group} was not formed";
    /// Formed before, with other particulars.
    formed_otherwise(group: &GroupId) Rule at "group":
        "服务组 {group} 已成立，内容不同", "group {group} was formed already, with other particulars";
    /// Dissolved.
    dissolved(group: &GroupId) Rule at "group":
        "服务组 {group} 已解散", "group {group} was dissolved";
    /// No category, or too many.
    categories(most: usize) Invalid at "categories":
        "服务类别须为 1 至 {most} 项", "1 to {most} categories must be named";
    /// A name is needed, of reasonable length.
    name_length() Invalid at "name":
        "名称应为 1 至 100 字", "the name must have 1 to 100 characters";
    /// Full: one command must be able to dissolve it.
    full(most: usize) Rule at "group":
        "服务组最多 {most} 人", "a group holds at most {most} members";
}

//! Why an emergency says no.

use crate::ids::{EmergencyId, GridCode, MemberId};

crate::refusals! { "emergency";
    /// Never declared.
    unknown(emergency: &EmergencyId) Unknown at "emergency":
        "没有应急响应 {emergency}", "emergency {emergency} was not declared";
    /// Declared before, otherwise.
    declared_otherwise(emergency: &EmergencyId) Rule at "emergency":
        "应急响应 {emergency} 已启动，内容不同", "emergency {emergency} was declared already, with other content";
    /// It has ended.
    over(emergency: &EmergencyId) Rule at "emergency":
        "应急响应 {emergency} 已解除，现为平时", "emergency {emergency} is over; the scope is back to routine";
    /// A place is in emergency already.
    in_force(place: &str, emergency: &EmergencyId) Rule at "scope":
        "{place} 已处于应急状态（{emergency}）", "{place} is in emergency already ({emergency})";
    /// Emergencies are declared for counties and below.
    scope_level() Invalid at "scope":
        "应急范围应为县（区）、街道（乡镇）或社区（村）", "the scope of an emergency is a county, a street or a community";
    /// The plan's title is a public name.
    title_length() Invalid at "title":
        "预案名称应为 1 至 100 字", "the plan's title must have 1 to 100 characters";
    /// So many that one declaration can look at each.
    too_many_grids(most: usize) Invalid at "grids":
        "一次最多列出 {most} 个网格；更多请按社区或街道启动", "at most {most} grids are listed; for more declare the community or street";
    /// A grid stands twice.
    grid_twice(grid: &GridCode) Invalid at "grids":
        "网格 {grid} 重复", "grid {grid} stands twice";
    /// A grid of another place.
    grid_outside(grid: &GridCode) Rule at "grid":
        "网格 {grid} 不在应急范围内", "grid {grid} does not lie in the scope";
    /// The member has nothing to do with the scope.
    not_of_scope(member: &MemberId) Rule at "member":
        "成员 {member} 在应急范围内没有岗位，也未居住或报到", "member {member} holds no post in the scope, does not live there and has not reported there";
    /// Nobody says that somebody else has come, but the community that sees it.
    own_word(member: &MemberId) Forbidden at "member":
        "须由成员 {member} 本人或社区登记到岗", "only member {member} in person, or the community, tells that he has come";
}

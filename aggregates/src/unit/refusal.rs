//! Why a unit says no.

use crate::ids::{CommunityCode, UnitId};

crate::refusals! { "unit";
    /// The unit was never entered.
    unknown(unit: &UnitId) Unknown at "unit":
        "没有单位 {unit} 的登记", "unit {unit} is not enrolled";
    /// Entered before, with other particulars.
    enrolled_otherwise(unit: &UnitId) Rule at "unit":
        "单位 {unit} 已登记，内容不同", "unit {unit} is enrolled already, with other particulars";
    /// The class is outside the policy's scope (A1).
    class_out_of_scope() Rule at "class":
        "该类单位不在办法规定的报到范围内", "units of this class are outside the scope of the policy";
    /// A name is needed, of reasonable length.
    name_length() Invalid at "name":
        "单位名称应为 1 至 100 字", "the unit's name must have 1 to 100 characters";
    /// A unit is not above itself.
    upper_is_itself() Invalid at "upper":
        "上级党组织不能是本单位", "a unit cannot be its own upper organisation";
    /// The unit has no link with the community.
    not_linked(community: &CommunityCode) Rule at "community":
        "该单位未与社区 {community} 结对联系", "the unit is not linked to community {community}";
}

//! Why an estate says no.

use crate::ids::{CommunityCode, EstateId};

crate::refusals! { "estate";
    /// Never entered.
    unknown(estate: &EstateId) Unknown at "estate":
        "没有小区（楼栋）{estate} 的登记", "estate {estate} is not registered";
    /// Entered before, as another kind of dwelling or elsewhere.
    registered_otherwise(estate: &EstateId) Rule at "estate":
        "小区（楼栋）{estate} 已登记，类别或所在社区不同；社区调整请用 move-estate",
        "estate {estate} is registered already, as another kind or in another community; use move-estate when communities are re-cut";
    /// Dwellings of this kind are kept in the community's own ledger.
    kept_by_community() Invalid at "kind":
        "该类居住地记入社区台账，不单独登记", "dwellings of this kind go to the community's ledger and are not registered one by one";
    /// The building ledger is kept building by building.
    one_building() Invalid at "buildings":
        "以楼栋为单位建账的，每栋单独登记（buildings = 1）", "a ledger kept by building registers each building by itself (buildings = 1)";
    /// Nobody lives in no house.
    no_size() Invalid at "households":
        "户数与楼栋数应在 1 至 100000 之间", "households and buildings must be from 1 to 100000";
    /// A name is needed, of reasonable length.
    name_length() Invalid at "name":
        "名称应为 1 至 100 字", "the name must have 1 to 100 characters";
    /// It lies in another community.
    elsewhere(estate: &EstateId, community: &CommunityCode) Rule at "estate":
        "小区（楼栋）{estate} 不在社区 {community}", "estate {estate} does not lie in community {community}";
    /// It is another kind of dwelling.
    other_kind(estate: &EstateId) Rule at "dwelling":
        "小区（楼栋）{estate} 登记的类别与所填居住地类别不符", "estate {estate} is registered as another kind of dwelling";
}

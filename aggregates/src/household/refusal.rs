//! Why a household says no.

use chrono::NaiveDate;

use crate::ids::{DemandId, GridCode, HouseholdId, MemberId};

crate::refusals! { "household";
    /// Never registered.
    unknown(household: &HouseholdId) Unknown at "household":
        "没有重点户 {household} 的登记", "household {household} is not registered";
    /// Registered before, with other content.
    registered_otherwise(household: &HouseholdId) Rule at "household":
        "重点户 {household} 已登记，内容不同；变更需求请用 record-needs", "household {household} is registered with other content; use record-needs to change its needs";
    /// The grid lies in another community.
    grid_elsewhere(grid: &GridCode) Invalid at "grid":
        "网格 {grid} 不属于该社区", "grid {grid} is not in that community";
    /// Sensitive tags need consent (PIPL art. 28).
    consent_needed() Rule at "consent":
        "老年人、未成年人、残疾人标签须取得单独同意", "the tags elderly, minor and disabled need separate consent";
    /// No such pair.
    not_paired(member: &MemberId) Rule at "member":
        "成员 {member} 未与该户结对", "member {member} is not paired with the household";
    /// Nobody helps it, so nobody can come.
    nobody_paired() Rule at "household":
        "该户尚无结对成员", "nobody is paired with the household";
    /// Several help it: one must be named.
    member_needed() Invalid at "member":
        "该户有多名结对成员，请指明由谁走访", "several members are paired with the household: name who is to come";
    /// The request was made before, with other content.
    requested_otherwise(request: &DemandId) Rule at "request":
        "走访请求 {request} 已登记，内容不同", "visit request {request} was made with other content";
    /// On a day to come.
    day_to_come() Invalid at "on":
        "走访日期不能晚于登记日期", "the day of the visit cannot be later than its recording";
    /// Before the pair began.
    before_pair(from: NaiveDate) Invalid at "on":
        "走访日期不能早于结对日期 {from}", "the day of the visit cannot be before {from}, when the pair began";
    /// Longer ago than records may be late.
    day_long_past(days: u32) Rule at "on":
        "走访日期在 {days} 天以前，须写明原因（reason）并由另一人核准（approved_by）", "the visit lies more than {days} days back: that needs a reason and a second approver (reason, approved_by)";
    /// A visit takes time.
    no_minutes() Invalid at "minutes":
        "走访时长至少 1 分钟；未记时长请不填", "a visit takes at least a minute; leave the field out when it was not noted";
    /// The same visit, told otherwise.
    visited_otherwise(on: NaiveDate) Rule at "on":
        "{on} 的同类走访已登记，内容不同", "such a visit on {on} is recorded with other content";
}

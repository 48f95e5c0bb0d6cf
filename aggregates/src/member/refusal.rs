//! Why a member's stream says no.

use chrono::NaiveDate;

use crate::ids::{CommunityCode, DemandId, HouseholdId, MemberId};

crate::refusals! { "member";
    /// Never entered.
    unknown(member: &MemberId) Unknown at "member":
        "没有成员 {member} 的登记", "member {member} is not enrolled";
    /// Entered before, with other particulars.
    enrolled_otherwise(member: &MemberId) Rule at "member":
        "成员 {member} 已登记，内容不同；调动请用 transfer-member", "member {member} is enrolled already, with other particulars; use transfer-member to move";
    /// Retired members owe and do nothing more on duty.
    retired(member: &MemberId) Rule at "member":
        "成员 {member} 已退休", "member {member} has retired";
    /// Excluded members neither report nor stand on rosters (A5).
    excluded(member: &MemberId, date: NaiveDate) Rule at "member":
        "成员 {member} 在 {date} 属于不纳入范围", "member {member} is excluded on {date}";
    /// The reason is not on the policy's closed list (A5).
    reason_not_listed() Rule at "reason":
        "办法的不纳入清单没有这一情形", "the policy's list of exclusions has no such reason";
    /// The last day before the first.
    until_before_from() Invalid at "until":
        "截止日期早于起始日期", "the last day is before the first";
    /// Back before the exclusion began.
    back_too_early(from: NaiveDate) Invalid at "from":
        "恢复日期早于不纳入的起始日期 {from}", "the first day back is before {from}, when the exclusion began";
    /// A day that has not come yet.
    day_ahead(date: NaiveDate) Invalid at "on":
        "日期 {date} 尚未到来，请届时登记", "{date} lies ahead; record it when it has come";
    /// Before the member came to the present unit.
    before_joining(since: NaiveDate) Invalid at "on":
        "日期早于该成员进入现单位的日期 {since}", "the day is before {since}, when the member came to the present unit";
    /// A transfer to where one is.
    same_unit() Invalid at "to":
        "调入单位与调出单位相同", "the member would move to the unit it comes from";
    /// Another exclusion runs.
    excluded_otherwise() Rule at "reason":
        "已有不纳入登记，请先恢复", "another exclusion is on record; reinstate first";
    /// Not excluded.
    not_excluded(member: &MemberId) Rule at "member":
        "成员 {member} 未被列为不纳入", "member {member} is not excluded";
    /// Already of that unit, or not of the unit named.
    not_of_unit(member: &MemberId) Rule at "from":
        "成员 {member} 不在该单位", "member {member} does not belong to that unit";
    /// The unit is not linked to the community (A2).
    unit_not_linked(community: &CommunityCode) Rule at "community":
        "成员所在单位未与社区 {community} 结对联系", "the member's unit is not linked to community {community}";
    /// The residence ledger says otherwise (A2, A4).
    lives_elsewhere(community: &CommunityCode) Rule at "community":
        "居住地台账与社区 {community} 不符，请先登记居住地", "the residence ledger does not place the member in community {community}; record the residence first";
    /// An estate ledger needs the estate, a building ledger the building (A4).
    estate_needed() Invalid at "estate":
        "该类居住地须落到小区或楼栋", "a dwelling of this kind must name its estate or building";
    /// The community's own ledger names no estate.
    estate_not_wanted() Invalid at "estate":
        "该类居住地记入社区台账，不填小区", "a dwelling of this kind goes to the community's ledger and names no estate";
    /// Reported to no community yet.
    not_reported(member: &MemberId) Rule at "member":
        "成员 {member} 尚未到该社区报到", "member {member} has not reported to that community";
    /// At most so many live claims.
    too_many_claims(max: u32) Rule at "member":
        "同时认领不得超过 {max} 件", "no more than {max} live claims at a time";
    /// The day's credit is used up.
    too_many_minutes(left: u32, max: u32) Rule at "minutes":
        "当日服务时长最多 {max} 分钟，还可记 {left} 分钟", "a day holds at most {max} minutes of service, {left} are left";
    /// Its minutes are no longer known, so that no more can be credited.
    day_closed(oldest: NaiveDate) Rule at "on":
        "{oldest} 以前的服务时长已结清", "days before {oldest} take no more minutes of service";
    /// Holds no such task.
    not_taken(demand: &DemandId) Rule at "member":
        "该成员没有承接需求 {demand}", "the member has not taken demand {demand}";
    /// At most so many households (C8).
    too_many_households(max: u32) Rule at "member":
        "每名成员最多结对 {max} 户", "a member pairs with at most {max} households";
    /// Not paired.
    not_paired(household: &HouseholdId) Rule at "household":
        "未与该户 {household} 结对", "the member is not paired with household {household}";
    /// The praise list needs consent (gap G8).
    no_consent(member: &MemberId) Rule at "member":
        "成员 {member} 未同意公开表扬", "member {member} has not consented to be praised in public";
    /// Nobody consents for somebody else.
    own_word_needed() Forbidden at "member":
        "须由成员本人表示同意或撤回", "only the member in person gives or takes back this consent";
    /// Only a good rating of the member's own service is praised.
    not_rated_well(demand: &DemandId) Rule at "demand":
        "需求 {demand} 没有该成员的好评", "demand {demand} has no good rating of a service by this member";
    /// Only a bad rating is a reason to remind.
    no_bad_rating(demand: &DemandId) Rule at "demand":
        "需求 {demand} 没有差评", "demand {demand} has no bad rating";
}

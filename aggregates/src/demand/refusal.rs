//! Why a demand says no.

use chrono::NaiveDate;

use crate::ids::{DemandId, GridCode, Term, UnitId};

crate::refusals! { "demand";
    /// Never placed.
    unknown(demand: &DemandId) Unknown at "demand":
        "没有需求 {demand}", "there is no demand {demand}";
    /// Placed before, with other content.
    placed_otherwise(demand: &DemandId) Rule at "demand":
        "需求 {demand} 已登记，内容不同", "demand {demand} was placed with other content";
    /// The catalogue in force has no such entry.
    unknown_category(category: &Term, catalogue: &Term) Unknown at "category":
        "职责清单 {catalogue} 没有类别 {category}", "duty catalogue {catalogue} has no category {category}";
    /// The policy has no such difficulty.
    unknown_difficulty(difficulty: &Term) Unknown at "difficulty":
        "办法没有难易等级 {difficulty}", "the policy has no difficulty {difficulty}";
    /// A difficulty is needed where the catalogue names none.
    difficulty_needed(category: &Term) Invalid at "difficulty":
        "类别 {category} 没有默认难易等级，请指明", "category {category} has no usual difficulty; name one";
    /// The grid lies in another community.
    grid_elsewhere(grid: &GridCode) Invalid at "grid":
        "网格 {grid} 不属于该社区", "grid {grid} is not in that community";
    /// The household lives in another community.
    household_elsewhere() Invalid at "household":
        "该户不在该社区", "the household is not in that community";
    /// 百姓说事日 is held on the policy's weekday (C10).
    not_the_talk_day(day_zh: &str, day_en: &str) Rule at "channel":
        "百姓说事日为每{day_zh}，其他日子请填写相应渠道", "the talk day is held on {day_en}; on other days name the channel it came by";
    /// No duty shifting (C3): the duty of the community, property company or a department is not members' to do.
    duty_of_owner(entry: &Term, owner_zh: &str, owner_en: &str) Rule at "category":
        "清单条目 {entry} 属于{owner_zh}职责，不得转嫁给在职党员", "catalogue entry {entry} is the duty of {owner_en} and must not be shifted to members";
    /// Not screened yet.
    not_screened() Rule at "demand":
        "该需求尚未由社区受理", "the community has not screened this demand yet";
    /// Not open for claims.
    not_published() Rule at "demand":
        "该需求未公开认领", "this demand is not open for claims";
    /// One live claim only (C2).
    taken_already() Rule at "demand":
        "该需求已被他人承接", "somebody else has taken this demand";
    /// Nobody, or somebody else, has taken it.
    not_taken_by_you() Rule at "demand":
        "该需求不是由此人（单位）承接", "this taker has not taken the demand";
    /// Not completed.
    not_completed() Rule at "demand":
        "该需求尚未办结，办结后方可评单", "this demand is not completed; it can be rated after completion";
    /// Completed already.
    completed_already() Rule at "demand":
        "该需求已办结", "this demand is completed already";
    /// Withdrawn or closed.
    over() Rule at "demand":
        "该需求已撤回或结案", "this demand was withdrawn or closed";
    /// Rated already.
    rated_already(stars: u8) Rule at "stars":
        "该需求已评 {stars} 星", "this demand is rated already, {stars} stars";
    /// 1 to 5.
    stars_range() Invalid at "stars":
        "评分应为 1 至 5 星", "stars must be 1 to 5";
    /// The taker does not rate (two people for every credited service).
    rates_own_work() Forbidden at "rated_by":
        "服务者和办结登记人不得评单", "whoever served, or recorded the completion, may not rate the service";
    /// The resident may still rate.
    resident_first(until: NaiveDate) Rule at "rated_by":
        "{until} 及以前由居民评单，逾期由社区汇总", "until {until} the resident rates; after that the community may";
    /// A resident judges what that resident asked for, nothing else (C5).
    asked_by_another() Forbidden at "demand":
        "只有提出人本人可以评单、要求重办", "only whoever asked for it may rate it or have it done again";
    /// Nobody served.
    nobody_served() Invalid at "served":
        "请填写服务人员和服务分钟数", "name who served and how many minutes";
    /// The same member twice.
    served_twice() Invalid at "served":
        "同一成员只能填写一次", "each member may be named once only";
    /// Only the member who took it, or members of the unit that took it, serve.
    served_by_others() Rule at "served":
        "服务人员应为承接者本人或承接单位的成员", "those who served must be the taker, or members of the unit that took it";
    /// Below the least that counts.
    minutes_least(least: u32) Invalid at "served":
        "服务时长至少 {least} 分钟", "a service takes at least {least} minutes";
    /// On a day to come.
    day_to_come() Invalid at "on":
        "服务日期不能晚于办理日期", "the day of service cannot be later than its completion";
    /// Before it was taken.
    before_taken(since: NaiveDate) Invalid at "on":
        "服务日期不能早于接单日期 {since}", "the day of service cannot be before {since}, when the demand was taken";
    /// Longer ago than records may be late.
    day_long_past(days: u32) Rule at "on":
        "服务日期在 {days} 天以前，须写明原因（reason）并由另一人核准（approved_by）", "the service lies more than {days} days back: that needs a reason and a second approver (reason, approved_by)";
    /// A duty is a grid issue or petition (gap G7).
    duty_not_for_kind() Rule at "work":
        "点单和心愿只能作为志愿服务派单", "orders and wishes are voluntary service; only issues and petitions can be a duty";
    /// A duty goes to a member on a post of the demand's grid (gap G7).
    duty_needs_post() Rule at "work":
        "职责任务只能派给在该网格有职责岗位的成员", "a duty goes only to a member who holds a duty post in the demand's grid";
    /// Declined before: voluntary service is not forced on anybody.
    declined_before() Rule at "demand":
        "对方已谢绝该志愿服务，不得再派", "this taker has declined this voluntary service; it is not offered again";
    /// Nothing offered.
    not_dispatched_to_you() Rule at "demand":
        "该需求没有派给此人（单位）", "this demand is not dispatched to this taker";
    /// The entry is open to members: no duty is shifted.
    no_bodys_duty(entry: &Term) Rule at "category":
        "清单条目 {entry} 属于党员志愿服务，不构成转嫁", "catalogue entry {entry} is members' service, no body's duty";
    /// Only a rated demand is reopened.
    not_rated() Rule at "demand":
        "该需求尚未评单", "this demand is not rated yet";
    /// Only an unsatisfied rating reopens.
    satisfied(stars: u8) Rule at "demand":
        "评价为 {stars} 星，已属满意，不能重办", "it is rated {stars} stars: only an unsatisfied rating reopens a demand";
    /// As often as the policy allows.
    reopened_enough(max: u32) Rule at "demand":
        "已重办 {max} 次，不能再重办", "it has been reopened {max} times, no more is allowed";
    /// Withdrawn by whoever placed it, nobody else.
    not_yours() Forbidden at "demand":
        "只有提出人或登记人可以撤回", "only whoever asked for it or entered it may withdraw it";
    /// No such deadline runs.
    no_deadline() Rule at "stage":
        "该环节没有待届满的时限", "no deadline of this stage is running";
    /// An extension has a reason (C11).
    reason_needed() Invalid at "reason":
        "延期须写明原因（reason）", "an extension needs a reason";
    /// Within the policy's length.
    extension_length(max: u32) Invalid at "workdays":
        "每次延期为 1 至 {max} 个工作日", "an extension takes 1 to {max} working days";
    /// As often as the policy allows.
    extensions_used_up(max: u32) Rule at "demand":
        "最多延期 {max} 次，已用完", "deadlines may be extended {max} times, and that is used up";
    /// Missed deadlines stay missed.
    deadline_past() Rule at "stage":
        "时限已过，不能延期", "the deadline has passed and cannot be extended";
    /// A whistle calls somebody (F15).
    no_department() Invalid at "departments":
        "请写明吹哨的部门", "name the departments that are called";
    /// The policy sets no time to answer for demands of this kind (F15).
    no_answer_term() Rule at "demand":
        "办法没有规定该类需求的部门答复时限，不能吹哨", "the policy sets no time for departments to answer demands of this kind, so none can be called";
    /// Not called (F15).
    not_called(department: &UnitId) Rule at "department":
        "没有就该需求向部门 {department} 吹哨", "department {department} was not called about this demand";
}

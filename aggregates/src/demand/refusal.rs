//! Why a demand says no.

use crate::ids::{DemandId, GridCode, Term};

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
    /// The kind does not go with this verb.
    wrong_kind() Rule at "demand":
        "该类需求不适用此操作", "this verb does not apply to demands of this kind";
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
        "服务者不得为自己评单", "whoever served may not rate the service";
    /// The resident may still rate.
    resident_first(days: u32) Rule at "rated_by":
        "办结后 {days} 日内由居民评单，逾期由社区汇总", "the resident rates within {days} days; after that the community may";
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
}

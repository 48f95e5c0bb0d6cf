//! Why a grid's stream says no.

use chrono::NaiveDate;

use super::Holder;
use crate::ids::{EstateId, GridCode, Term};

crate::refusals! { "grid";
    /// Never defined.
    unknown(grid: &GridCode) Unknown at "grid":
        "没有网格 {grid}", "there is no grid {grid}";
    /// The code is in use, with other particulars (B2: 统一编码).
    code_taken(grid: &GridCode) Rule at "grid":
        "编码 {grid} 已用于另一网格；编码在全州唯一，重划须用新编码", "code {grid} is in use for another grid; codes are unique and a redraw takes new ones";
    /// A name is needed, of reasonable length.
    name_length() Invalid at "name":
        "名称应为 1 至 50 字", "the name must have 1 to 50 characters";
    /// An estate or building named twice.
    estate_twice(estate: &EstateId) Invalid at "estates":
        "小区或楼栋 {estate} 重复", "estate or building {estate} is named twice";
    /// Emergency grids have 30 to 50 households (B5).
    out_of_bounds(households: u32, min: u32, max: u32) Rule at "households":
        "应急响应网格应为 {min} 至 {max} 户，所报为 {households} 户", "an emergency grid has {min} to {max} households, not {households}";
    /// Filing is the prefecture's (B2).
    not_prefecture(grid: &GridCode) Forbidden:
        "网格 {grid} 由市（州）级组织部门备案", "grid {grid} is filed by the prefecture's organisation department";
    /// Unfiled grids have no roster yet (B2).
    not_filed(grid: &GridCode) Rule at "grid":
        "网格 {grid} 尚未在市（州）级备案，不得变动名册", "grid {grid} is not yet filed at the prefecture; its roster cannot change";
    /// The grid has ended, or its end is recorded.
    ended(grid: &GridCode, effective: NaiveDate) Rule at "grid":
        "网格 {grid} 自 {effective} 起不再存在，请在后继网格办理", "grid {grid} ends on {effective}; act on its successors";
    /// The policy has no such template.
    unknown_template(template: &Term) Unknown at "template":
        "办法没有名册模板 {template}", "the policy has no roster template {template}";
    /// No template adopted.
    no_template(grid: &GridCode) Rule at "grid":
        "网格 {grid} 尚未确定名册模板", "grid {grid} has adopted no roster template";
    /// Holders would not fit the new template.
    template_does_not_fit(slot: &Term, holder: &Holder) Rule at "template":
        "岗位 {slot} 的 {holder} 不符合新模板，请先离岗", "{holder} in slot {slot} does not fit the new template; vacate the post first";
    /// The template has no such slot.
    unknown_slot(slot: &Term) Unknown at "slot":
        "名册模板没有岗位 {slot}", "the roster's template has no slot {slot}";
    /// The wrong kind of person (B6–B11).
    wrong_source(slot: &Term, zh: String, en: String) Rule at "slot":
        "岗位 {slot} 只能由 {zh} 担任", "slot {slot} is open to: {en}";
    /// The member is not what the command says.
    not_that_source(zh: &str, en: &str) Rule at "source":
        "登记的职级、单位和居住地表明此人不是{zh}", "rank, unit and residence on record do not make this member: {en}";
    /// The slot has all the holders that it may have.
    slot_full(slot: &Term, max: u32) Rule at "slot":
        "岗位 {slot} 最多 {max} 人，已满", "slot {slot} takes {max} at most and is full";
    /// In the slot already, as something else.
    holds_it_otherwise(slot: &Term, holder: &Holder) Rule at "slot":
        "{holder} 已在岗位 {slot}，登记内容不同", "{holder} is in slot {slot} already, with other particulars";
    /// A and B, or the two heads, are two persons (B6, B8).
    holds_another(slot: &Term, holder: &Holder) Rule at "slot":
        "{holder} 已在本网格固定岗位 {slot}，同一网格的固定岗位须由不同的人担任", "{holder} holds fixed slot {slot} of this grid; its fixed slots go to different persons";
    /// The building is not in this grid (B11).
    estate_elsewhere(estate: &EstateId, grid: &GridCode) Rule at "estate":
        "小区或楼栋 {estate} 不在网格 {grid}", "estate or building {estate} is not in grid {grid}";
    /// Never held the slot.
    not_holder(slot: &Term, holder: &Holder) Rule at "slot":
        "{holder} 不在岗位 {slot}", "{holder} does not hold slot {slot}";
    /// Left before the first day.
    left_before_taken(from: NaiveDate) Invalid at "at":
        "离岗日期早于到岗日期 {from}", "the post was taken on {from} and cannot be left before";
    /// A redraw takes two or more on one side.
    nothing_redrawn() Invalid at "into":
        "拆分、合并或重划须有一方为两个以上网格", "a redraw has two or more grids on one side";
    /// One code twice in a redraw.
    code_twice(grid: &GridCode) Invalid at "into":
        "网格 {grid} 在重划中出现两次", "grid {grid} appears twice in the redraw";
    /// A grid belongs to one community.
    not_one_community() Rule at "into":
        "重划只能在一个社区内进行", "a redraw stays within one community";
    /// Base with base, emergency with emergency.
    not_one_kind() Rule at "grids":
        "重划的网格应为同一类型", "grids redrawn together are of one kind";
    /// Households would be lost or invented (B3).
    households_not_conserved(before: u64, after: u64) Rule at "into":
        "重划前 {before} 户，重划后 {after} 户，户数须一致；户数有变请先重新核定（recount-grid）",
        "{before} households before the redraw and {after} after; they must be the same (recount-grid first if they changed)";
    /// Estates or buildings would be lost or invented (B3).
    estates_not_conserved(estates: String) Rule at "into":
        "重划前后小区、楼栋不一致：{estates}", "estates or buildings lost or added by the redraw: {estates}";
    /// Acts take effect on their business day or later.
    effective_past(date: NaiveDate) Invalid at "effective":
        "生效日期不得早于办理日期 {date}", "the effective day cannot be before the day of the act, {date}";
    /// Ends before it begins.
    not_begun(grid: &GridCode, from: NaiveDate) Rule at "effective":
        "网格 {grid} 自 {from} 起才生效", "grid {grid} begins only on {from}";
    /// A base grid with households cannot just end.
    households_left(households: u32) Rule at "grid":
        "基础网格尚有 {households} 户，请合并到其他网格", "the base grid still has {households} households; merge it into another";
    /// A list needs items.
    no_items() Invalid at "items":
        "任务清单不能为空", "a duty list needs items";
    /// An item named twice.
    item_twice(item: &Term) Invalid at "items":
        "任务 {item} 重复", "item {item} is named twice";
    /// Due before the list is out.
    due_past(item: &Term, date: NaiveDate) Invalid at "items":
        "任务 {item} 的期限早于发布日期 {date}", "item {item} is due before the list is published on {date}";
    /// Published before, with other items.
    list_taken(list: &Term) Rule at "list":
        "清单 {list} 已发布，内容不同", "list {list} was published with other items";
    /// No such list or item.
    unknown_duty(list: &Term, item: &Term) Unknown at "item":
        "没有任务 {list}/{item}", "there is no duty {list}/{item}";
    /// Done by somebody else.
    done_already(item: &Term) Rule at "item":
        "任务 {item} 已由他人完成", "item {item} was done by somebody else";
    /// A day to come.
    not_yet(date: NaiveDate) Invalid at "on":
        "日期晚于办理日期 {date}", "the day is after the day of the act, {date}";
    /// Only holders of the slot do its duties.
    not_their_duty(slot: &Term, holder: &Holder) Rule at "item":
        "{holder} 当日不在岗位 {slot}，此项不是其职责", "{holder} did not hold slot {slot} that day; it is not their duty";
    /// The policy lists no such duty role (B9).
    role_not_listed(role: &Term) Rule at "role":
        "办法没有列明职责角色 {role}", "the policy lists no duty role {role}";
    /// Exactly one of member and person.
    one_of_two() Invalid at "member":
        "请填写 member 或 person 其中之一", "name exactly one of member and person";
    /// Persons outside the ledger say what they are.
    source_needed() Invalid at "source":
        "名册以外人员须写明来源（source）", "a person outside the member ledger must name a source";
    /// Cadres and in-service members are in the ledger.
    source_of_the_ledger(zh: &str, en: &str) Rule at "source":
        "{zh}属于在册成员，请用 member", "those who are {en} are in the member ledger; name a member";
    /// The person is a member.
    person_is_member(holder: &Holder) Rule at "person":
        "{holder} 是在册成员，请用 member", "{holder} is in the member ledger; name a member";
}

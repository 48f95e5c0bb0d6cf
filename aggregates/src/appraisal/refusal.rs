//! Why an appraisal says no.

use chrono::NaiveDate;

crate::refusals! { "appraisal";
    /// No card of this holder and year was drafted.
    unknown(year: i32) Unknown at "year":
        "没有 {year} 年度的反馈卡草稿", "no feedback card of {year} was drafted";
    /// The year has not come.
    year_to_come(year: i32) Invalid at "year":
        "{year} 年度尚未到来", "the year {year} has not come";
    /// The holder has no card in that year and had not reported.
    no_card(year: i32) Rule at "year":
        "{year} 年度没有积分卡：尚未报到", "there is no point card of {year}: the holder had not reported";
    /// Only a community that the holder has reported to, or is linked to, reports on the year.
    not_this_community() Rule at "community":
        "该成员（单位）未向此社区报到，或本年度反馈卡由另一社区出具",
        "the holder has not reported to this community, or another community reports on this year";
    /// An objection waits for its answer.
    objection_open() Rule at "year":
        "有异议待答复", "an objection waits for its answer";
    /// No objection waits.
    no_objection() Rule at "year":
        "没有待答复的异议", "no objection waits for an answer";
    /// The holder in person objects or agrees.
    holder_only() Forbidden:
        "须由本人（本单位）提出", "only the holder may do this";
    /// The period is over.
    objection_late(last: NaiveDate) Rule at "year":
        "异议期已于 {last} 届满", "objections were open until {last}";
    /// One objection to each draft; none after agreeing.
    objection_spent() Rule at "year":
        "对此草稿已提出过异议或已表示同意", "this draft has been objected or agreed to already";
    /// There is no such line on the card.
    no_such_line(line: String) Unknown at "lines":
        "积分卡上没有第 {line} 条", "the card has no line {line}";
    /// A rejection needs its reason; an upheld objection has none.
    reason_for_rejection() Invalid at "reason":
        "不予采纳时须选择原因，采纳时不填", "a rejected objection needs a reason code, an upheld one takes none";
    /// A human signs.
    human_needed() Forbidden:
        "须由社区或组织部门的人员作出，系统不得代为签署", "a person of the community or the organisation department must do this, not the system";
    /// Not the holder.
    own_card() Forbidden:
        "本人（本单位）不得签署自己的反馈卡", "the holder may not judge the own card";
    /// The holder may still object.
    objection_running(last: NaiveDate) Rule at "year":
        "异议期至 {last}，期满或本人同意后方可签署", "the holder may object until {last}; sign after that, or when the holder agrees";
    /// The card moved since it was drafted.
    points_moved() Rule at "year":
        "起草后积分或评先资格有变动，请重新起草", "points or eligibility changed since the draft; draft the card again";
    /// The grade differs from the thresholds' without a reason.
    grade_needs_reason() Rule at "grade":
        "与建议等次不同，须写明原因（reason）", "the grade differs from the proposed one: tell the reason in the envelope";
    /// A disqualified member's card is not excellent (E6).
    not_eligible() Rule at "grade":
        "该成员本年度被取消评先评优资格，不得评为优秀", "the member is disqualified from the year's awards and cannot be graded excellent";
    /// Signed before, otherwise.
    signed_otherwise() Rule at "grade":
        "已签署为其他等次", "the card is signed with another grade";
    /// Not signed.
    not_signed() Rule at "year":
        "反馈卡尚未签署", "the card is not signed yet";
    /// Filed already.
    filed_already() Rule at "year":
        "反馈卡已备案", "the card is filed";
    /// Not filed, or outdated by a correction.
    not_filed() Rule at "year":
        "反馈卡尚未备案，或备案后有更正", "the card is not filed, or was corrected after its filing";
    /// A score between 0 and what a card may show.
    score_range() Invalid at "unit_score_hundredths":
        "单位考评得分应为 0 至 100000（百分之一分）", "the unit's score must be 0 to 100000 hundredths of a point";
    /// Merged before with other figures, and no reason told.
    merged_otherwise() Rule at "unit_score_hundredths":
        "已合并计算，数据不同；更正须写明原因（reason）", "merged before with other figures; a correction needs a reason";
}

//! Why a card says no.

crate::refusals! { "points";
    /// The policy in force has no such clause.
    unknown_clause(clause: String, policy: String) Unknown at "clause":
        "办法 {policy} 没有条款 {clause}",
        "policy {policy} has no clause {clause}";
    /// The clause is for the other kind of line or of card.
    clause_not_for(clause: String) Rule at "clause":
        "条款 {clause} 不适用于这类积分卡或这类记分",
        "clause {clause} does not apply to this kind of card or line";
    /// The clause's yearly most is used up.
    clause_used_up(clause: String, max: i64, year: i32) Rule at "clause":
        "条款 {clause} 在 {year} 年度最多记 {max} 分，已记满",
        "clause {clause} gives at most {max} points in {year}, and that is reached";
    /// There is no such line.
    unknown_line(line: String) Unknown at "line":
        "积分卡上没有第 {line} 条",
        "the card has no line {line}";
    /// The line was reversed before.
    reversed_already(line: String) Rule at "line":
        "第 {line} 条已冲正",
        "line {line} has been reversed already";
    /// A unit's share goes with its member's line.
    share_follows(line: String) Rule at "line":
        "第 {line} 条是成员积分的分成，请冲正成员积分卡上的原记录",
        "line {line} is a share of a member's line; reverse the member's line, and the share goes with it";
    /// The year's feedback card is filed: only two people together may still correct it.
    card_filed(year: i32) Rule at "year":
        "{year} 年度反馈卡已备案；更正须写明原因（reason）并由另一人核准（approved_by）",
        "the feedback card of {year} is filed; a correction needs a reason and a second approver (reason, approved_by)";
    /// Nobody writes lines on the own card.
    own_card() Forbidden:
        "不得为本人（本单位）的积分卡记分",
        "nobody writes lines on the own card";
}

//! Why a batch says no.

use crate::ids::{BatchId, CommunityCode, MemberId};

crate::refusals! { "batch";
    /// Never opened.
    unknown(batch: &BatchId) Unknown at "batch":
        "没有批次 {batch}", "batch {batch} was not opened";
    /// Opened before, with other content.
    opened_otherwise(batch: &BatchId) Rule at "batch":
        "批次 {batch} 已建立，内容不同", "batch {batch} was opened already, with other content";
    /// Closed.
    closed(batch: &BatchId) Rule at "batch":
        "批次 {batch} 已对账关闭", "batch {batch} is reconciled and closed";
    /// Nobody, or too many.
    size(most: usize) Invalid at "expected":
        "应到名单须为 1 至 {most} 人", "1 to {most} members must be expected";
    /// No row, or too many.
    rows(most: usize) Invalid at "reports":
        "每次报送须为 1 至 {most} 行", "1 to {most} rows must be handed in at a time";
    /// A member stands twice.
    twice(member: &MemberId) Invalid:
        "成员 {member} 重复", "member {member} stands twice";
    /// It reports elsewhere.
    elsewhere(batch: &BatchId, community: &CommunityCode) Rule at "community":
        "批次 {batch} 不在社区 {community} 报到", "batch {batch} does not report to community {community}";
    /// Sent by another unit.
    other_unit(member: &MemberId) Rule at "member":
        "成员 {member} 不属于该批次的派出单位", "member {member} does not belong to the unit that sends the batch";
}

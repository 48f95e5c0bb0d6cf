//! Grids and rosters: drawn, filed, redrawn; posts taken and left; duties listed and done (B1–B17).
//!
//! Whatever a member does on a roster is told by both streams, the grid's and the member's, in one atomic step.

mod adopt_template;
mod assign_duty;
mod close_grid;
mod complete_duty;
mod define_grid;
mod file_grid;
mod leave_post;
mod merge_grids;
mod posts;
mod publish_duty_list;
mod recount_grid;
mod redraw_grids;
mod relieve_duty;
mod split_grid;
mod take_post;

pub use adopt_template::AdoptTemplate;
pub use assign_duty::AssignDuty;
pub use close_grid::CloseGrid;
pub use complete_duty::CompleteDuty;
pub use define_grid::DefineGrid;
pub use file_grid::FileGrid;
pub use leave_post::LeavePost;
pub use merge_grids::MergeGrids;
pub(crate) use posts::leave_all_posts;
pub use publish_duty_list::PublishDutyList;
pub use recount_grid::RecountGrid;
pub use redraw_grids::RedrawGrids;
pub use relieve_duty::RelieveDuty;
pub use split_grid::SplitGrid;
pub use take_post::TakePost;

use aggregates::grid::{Holder, refusal};
use aggregates::ids::{ActorId, MemberId};

use crate::Trouble;

/// The one holder named.
fn holder(member: Option<&MemberId>, person: Option<&ActorId>) -> Result<Holder, Trouble> {
    match (member, person) {
        (Some(member), None) => Ok(Holder::Member(member.clone())),
        (None, Some(person)) => Ok(Holder::Person(person.clone())),
        _ => Err(refusal::one_of_two().into()),
    }
}

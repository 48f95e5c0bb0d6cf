//! Service groups (志愿服务队、组): 四点半课堂, 关怀孤寡老人, 法律援助; joined by free choice, matched by skill (C6).

mod decide;
mod event;
pub mod refusal;
mod state;

pub use event::GroupEvent;
pub use state::Group;

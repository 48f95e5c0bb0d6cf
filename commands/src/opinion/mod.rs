//! Opinions before promotion, appointment and award (征求意见, E1).

mod give_opinion;
mod pull_record;
mod request_opinion;
mod withdraw_opinion;

pub use give_opinion::GiveOpinion;
pub use pull_record::PullRecord;
pub use request_opinion::RequestOpinion;
pub use withdraw_opinion::WithdrawOpinion;

//! Praise lists and reminders (好评张榜、差评提醒, E9).

mod consent_to_praise;
mod publish_praise;
mod send_reminder;

pub use consent_to_praise::ConsentToPraise;
pub use publish_praise::PublishPraise;
pub use send_reminder::SendReminder;

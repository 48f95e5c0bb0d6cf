//! Statistics by any division and period: the headline figures that the reports of the seeds give.
//!
//! One row holds the figures of a division (as a rule a community) for a month of business time. What is asked for a
//! division above or a longer period is the sum of rows ([`summarise`]). Duty and voluntary service are never mixed in
//! one figure (design §6), and there is no figure of one person: no leaderboard, no log-ins, no trails.

mod count;
mod measure;
mod monthly;
mod summary;

pub use measure::Measure;
pub use monthly::{Month, MonthlyFigures, MonthlyRow};
pub use summary::{By, Figure, Part, Question, Rate, Statistics, statistics, summarise};

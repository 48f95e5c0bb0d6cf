//! Pages (issue 5), as people and their browsers reach them: forms and links, without scripts.

mod auditor;
mod community;
mod member;
mod resident;
mod unit;

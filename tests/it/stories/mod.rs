//! Stories told through HTTP, each on both databases.

mod enrolment;
mod slice;

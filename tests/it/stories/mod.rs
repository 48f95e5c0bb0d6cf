//! Stories told through HTTP, each on both databases.

mod enrolment;
mod grids;
mod slice;

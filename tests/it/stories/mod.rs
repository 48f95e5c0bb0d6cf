//! Stories told through HTTP, each on both databases.

mod edges;
mod enrolment;
mod grids;
mod slice;

//! Stories told through HTTP, each on both databases.

mod demand;
mod enrolment;
mod grids;
mod slice;
mod visits;

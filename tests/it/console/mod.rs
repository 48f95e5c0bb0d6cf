//! The web console (issue 5): pages as people use them.

mod journeys;

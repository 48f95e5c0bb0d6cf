//! The web console (issue 5): pages as people without scripts use them.

mod auditor;

//! What is personal is kept in the vault and nowhere else, and can be forgotten (PIPL, issue 4 C).

mod crashes;
mod erasing;
mod restored;
mod retention;
mod scan;
mod sealing;
mod suites;

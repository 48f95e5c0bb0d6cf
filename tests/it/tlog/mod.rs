//! The transparency log (issue 4): it grows, is signed and witnessed, and whoever alters the ledger is found out.

mod attacks;
mod bundles;
mod certificates;
mod checked;
mod devices;
mod disturbed;
mod growing;
pub mod ledger;
mod parties;
mod records;
mod resigned;
mod second_line;
mod second_tree;
mod served;
mod statements;
mod third_party;
mod twice;

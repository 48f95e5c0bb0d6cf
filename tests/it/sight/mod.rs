//! Who sees what (issue 4 D; the table of visibility): every role at every resource, in lists, single rows, histories and files; fields that
//! are masked; and what is recorded of those who looked.

mod ground;
mod matrix;
mod readings;
mod second_lock;
mod served;

//! Files in and out: what goes out comes in again the same, a broken file brings nothing, a repeated one brings nothing new.

mod command_line;
mod http;

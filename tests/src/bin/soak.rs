//! Faults for as long as one likes: `cargo run -p tests --bin soak -- [--faults NAME,…] [--times N] [--size N] [--seed S]`
//!
//! Without `--faults` those that CI runs too, one after the other; `--list` names all. A log line for each round, and a
//! table in the end; it exits with 1 when a round failed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "test code")]

use std::process::ExitCode;
use std::time::Instant;

use tests::soak::{FAULTS, Fault, Round, find};

#[derive(Default)]
struct Tally {
    rounds: u64,
    failed: Vec<u64>,
    seconds: f64,
    last: String,
}

fn main() -> ExitCode {
    if std::env::args().any(|argument| argument == "--list") {
        for fault in FAULTS {
            println!("{:>2} {:26} {}", fault.number, fault.name, fault.what);
        }
        return ExitCode::SUCCESS;
    }
    let number = |name, default| option(name).map_or(default, |text| text.parse().expect("a number"));
    let (times, size, first): (u64, u64, u64) =
        (number("--times", 1), number("--size", 5), number("--seed", 1));
    let chosen: Vec<&Fault> = match option("--faults") {
        Some(names) => names
            .split(',')
            .map(|name| find(name).unwrap_or_else(|| panic!("no fault {name}: see --list")))
            .collect(),
        None => FAULTS.iter().filter(|fault| fault.in_ci).collect(),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build().unwrap();
    let mut tallies: Vec<Tally> = chosen.iter().map(|_| Tally::default()).collect();
    for seed in first..first + times {
        for (fault, tally) in chosen.iter().zip(&mut tallies) {
            let started = Instant::now();
            let outcome = runtime
                .block_on(async { tokio::spawn((fault.run)(Round { seed, size: size as u32 })).await });
            let seconds = started.elapsed().as_secs_f64();
            tally.rounds += 1;
            tally.seconds += seconds;
            match outcome {
                Ok(figures) => {
                    println!("ok     {:26} seed {seed:<6} {seconds:7.1} s  {figures}", fault.name);
                    tally.last = figures;
                }
                Err(error) => {
                    println!("FAILED {:26} seed {seed:<6} {seconds:7.1} s  {error}", fault.name);
                    tally.failed.push(seed);
                }
            }
        }
    }
    println!("\n no name                       rounds failed  seconds  last");
    for (fault, tally) in chosen.iter().zip(&tallies) {
        let Tally { rounds, failed, seconds, last } = tally;
        println!(
            "{:>3} {:26} {rounds:>6} {:>6} {seconds:>8.1}  {last}",
            fault.number,
            fault.name,
            failed.len()
        );
        if !failed.is_empty() {
            println!("    failing seeds: {failed:?}");
        }
    }
    ExitCode::from(u8::from(tallies.iter().any(|tally| !tally.failed.is_empty())))
}

fn option(name: &str) -> Option<String> {
    let mut arguments = std::env::args().skip_while(|argument| argument != name);
    arguments.next().and(arguments.next())
}

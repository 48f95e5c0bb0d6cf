//! `cargo run -p tests --bin soak -- --faults NAME,… --times N`: faults, again and again, with the counts.

use std::process::ExitCode;
use std::time::Instant;

use tests::rigs::{self, RIGS, Report};

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let value = |name: &str| {
        arguments.iter().position(|argument| argument == name).and_then(|at| arguments.get(at + 1)).cloned()
    };
    let Some(names) = value("--faults") else {
        println!("soak --faults NAME,… [--times N]");
        for (name, what) in RIGS {
            println!("  {name:28} {what}");
        }
        return ExitCode::FAILURE;
    };
    let times: u32 = value("--times").and_then(|times| times.parse().ok()).unwrap_or(1);
    let mut is_sound = true;
    for name in names.split(',') {
        let mut total = Report::default();
        for number in 1..=times {
            let started = Instant::now();
            match rigs::run(name).await {
                Ok(report) => {
                    println!("{name} {number}: {report} ({:.1} s)", started.elapsed().as_secs_f64());
                    total = total.and(report);
                }
                Err(error) => {
                    println!("{name} {number}: broke off: {error:#}");
                    total.faults.push(format!("{error:#}"));
                }
            }
        }
        println!("{name}: {total}");
        is_sound &= total.is_sound();
    }
    if is_sound { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

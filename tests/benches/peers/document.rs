//! docs/performance.md: what was measured stands between markers, one pair a row; the prose around them stays.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::rounds::Line;

/// Where the documents are.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs")
}

/// Puts a text between the markers of a row.
pub fn put(row: &str, text: &str) -> anyhow::Result<()> {
    let file = folder().join("performance.md");
    let before = std::fs::read_to_string(&file).with_context(|| file.display().to_string())?;
    let (begin, end) = (format!("<!-- measured: {row} -->"), format!("<!-- end: {row} -->"));
    let from =
        before.find(&begin).with_context(|| format!("{} lacks {begin}", file.display()))? + begin.len();
    let to = before.find(&end).with_context(|| format!("{} lacks {end}", file.display()))?;
    let after = format!("{}\n{}\n{}", &before[..from], text.trim_end(), &before[to..]);
    Ok(std::fs::write(file, after)?)
}

/// When and under what the lines were measured, and who is missing.
pub fn account(lines: &[Line]) -> String {
    let shares: Vec<f64> =
        (lines.iter().flat_map(|line| &line.figures)).filter_map(|figures| figures.median.foreign).collect();
    let least = shares.iter().copied().fold(f64::INFINITY, f64::min);
    let most = shares.iter().copied().fold(0.0, f64::max);
    let mut text = machine();
    if !shares.is_empty() {
        let _ = write!(text, "; other work used {least:.2} to {most:.2} of the machine meanwhile");
    }
    text.push_str(".\n\n");
    let mut absent: Vec<&String> = lines.iter().flat_map(|line| &line.absent).collect();
    absent.sort();
    absent.dedup();
    for why in absent {
        let _ = writeln!(text, "Left out: {why}.\n");
    }
    text
}

/// The day and the machine.
pub fn machine() -> String {
    let read = |file: &str| std::fs::read_to_string(file).unwrap_or_default();
    let field = |text: &str, name: &str| {
        text.lines()
            .find_map(|line| {
                line.strip_prefix(name).map(|rest| rest.trim_matches([' ', '\t', ':']).to_owned())
            })
            .unwrap_or_else(|| "unknown".to_owned())
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let model = field(&read("/proc/cpuinfo"), "model name");
    let memory = field(&read("/proc/meminfo"), "MemTotal");
    let kernel = read("/proc/sys/kernel/osrelease");
    format!(
        "Measured {}: {cores} cores ({model}), {memory}, Linux {}, databases on {}",
        chrono::Utc::now().format("%Y-%m-%d"),
        kernel.trim(),
        file_system()
    )
}

/// The kind of file system under the databases: on tmpfs nothing would be durable.
fn file_system() -> String {
    let folder = std::env::temp_dir();
    let mounts = std::fs::read_to_string("/proc/mounts").unwrap_or_default();
    let under = |line: &str| {
        let mut fields = line.split(' ').skip(1);
        let (at, kind) = (fields.next()?, fields.next()?);
        folder.starts_with(at).then(|| (at.len(), kind.to_owned()))
    };
    mounts.lines().filter_map(under).max().map_or_else(|| "unknown".to_owned(), |(_, kind)| kind)
}

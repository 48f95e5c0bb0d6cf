//! How soon pages begin to arrive. Told, not judged: the machine that tests run on does other things at the same time.

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The median of each sort of page, of those that were seen before.
pub(super) fn table(took: Vec<(String, f64)>) -> String {
    let mut sorts: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for (sort, milliseconds) in took {
        sorts.entry(sort).or_default().push(milliseconds);
    }
    let mut all = vec![];
    let mut text = "first byte, median in milliseconds\n".to_owned();
    for (sort, mut times) in sorts {
        times.sort_by(f64::total_cmp);
        all.extend(&times);
        let _ = writeln!(text, "{:8.1}  {sort} ({} times)", median(&times), times.len());
    }
    all.sort_by(f64::total_cmp);
    let _ = write!(text, "{:8.1}  all pages ({} times)", median(&all), all.len());
    text
}

fn median(sorted: &[f64]) -> f64 {
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}

#[test]
fn the_median_of_each_sort_is_told() {
    let took = [3.0, 1.0, 2.0].map(|took| ("/".to_owned(), took)).into_iter().chain([("/x".to_owned(), 9.0)]);
    let text = table(took.collect());
    assert!(text.contains("2.0  / (3 times)") && text.contains("9.0  /x (1 times)"), "{text}");
}

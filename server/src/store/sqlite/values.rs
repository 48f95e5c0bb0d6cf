//! Many rows by few prepared statements: `VALUES` with a parameter for each value.
//!
//! A statement for each count of rows would be prepared anew each time; statements of 64, 32, 16 … 1 rows serve every count.

/// The most rows of one statement.
const ROWS: usize = 64;

/// `(?, ?), (?, ?)` for so many rows of so many columns. Not `?1`: the driver asks for the name of each numbered parameter, and
/// SQLite looks through all of them for it.
pub(crate) fn values(rows: usize, columns: usize) -> String {
    let row = format!("({})", vec!["?"; columns].join(", "));
    vec![row; rows].join(", ")
}

/// The rows, in order, in pieces of which each has its statement.
pub(crate) fn pieces<T>(mut rows: &[T]) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let size = match rows.len() {
            0 => return None,
            many if many >= ROWS => ROWS,
            few => 1 << few.ilog2(),
        };
        let (piece, rest) = rows.split_at_checked(size)?;
        rows = rest;
        Some(piece)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Design §4: every row is in exactly one piece, in order, and few sizes serve every count.
    #[test]
    fn pieces_hold_every_row_once() {
        for count in 0..300 {
            let rows: Vec<usize> = (0..count).collect();
            let taken: Vec<&[usize]> = pieces(&rows).collect();
            assert_eq!(taken.concat(), rows);
            assert!(taken.iter().all(|piece| piece.len().is_power_of_two() && piece.len() <= 64));
        }
        assert_eq!(values(2, 2), "(?, ?), (?, ?)");
    }
}

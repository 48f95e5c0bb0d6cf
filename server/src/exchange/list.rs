//! Lists in one cell: `a; b、c`. A separator within an item stands behind a backslash, as does a backslash.

const SEPARATORS: [char; 3] = [';', '；', '、'];

/// The items of a cell, trimmed, without empty ones.
pub fn split(text: &str) -> Vec<String> {
    let mut items = vec![String::new()];
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let escaped = character == '\\'
            && characters.peek().is_some_and(|next| *next == '\\' || SEPARATORS.contains(next));
        let character = if escaped { characters.next().unwrap_or(character) } else { character };
        if !escaped && SEPARATORS.contains(&character) {
            items.push(String::new());
        } else if let Some(item) = items.last_mut() {
            item.push(character);
        }
    }
    items.into_iter().map(|item| item.trim().to_owned()).filter(|item| !item.is_empty()).collect()
}

/// The cell of some items.
pub fn join<'a>(items: impl Iterator<Item = &'a str>) -> String {
    let mut cell = String::new();
    for item in items {
        if !cell.is_empty() {
            cell.push(';');
        }
        for character in item.chars() {
            if character == '\\' || SEPARATORS.contains(&character) {
                cell.push('\\');
            }
            cell.push(character);
        }
    }
    cell
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Design §5: lists are read with either separator, and what was written is read again the same.
    #[test]
    fn lists_are_read_with_either_separator_and_survive_writing() {
        assert_eq!(split(" 钟山区; 凤凰 、明湖；"), ["钟山区", "凤凰", "明湖"]);
        let awkward = ["a;b", "c、d", r"e\", r"\;f", "g"];
        assert_eq!(split(&join(awkward.into_iter())), awkward);
        assert_eq!(join(["a;b", "c"].into_iter()), r"a\;b;c");
    }
}

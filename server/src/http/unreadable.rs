//! Inputs that are no command, told in words.

use axum::http::StatusCode;
use commands::registry::Unreadable;

use super::problem::Problem;

/// Longest piece of a caller's input that is sent back.
const ECHO_MAX: usize = 80;

impl From<Unreadable> for Problem {
    fn from(unreadable: Unreadable) -> Self {
        match unreadable {
            Unreadable::NoSuchCommand(name) => {
                let name = short(&name);
                Self::new(
                    StatusCode::NOT_FOUND,
                    "command.unknown",
                    format!("没有命令 {name}，命令见 /docs"),
                    format!("there is no command {name}; see /docs"),
                )
            }
            Unreadable::Malformed(reason) => malformed_json(&reason),
            Unreadable::Invalid { path, problem } => invalid(&path, &problem),
        }
    }
}

/// Not JSON.
pub(super) fn malformed_json(reason: &str) -> Problem {
    let reason = short(reason);
    Problem::new(
        StatusCode::BAD_REQUEST,
        "request.malformed_json",
        format!("不是正确的 JSON：{reason}"),
        format!("not JSON: {reason}"),
    )
}

/// JSON, but not what is taken: which field, and what was expected.
pub(super) fn invalid(path: &str, problem: &str) -> Problem {
    let problem = problem.rsplit_once(" at line ").map_or(problem, |(problem, _)| problem);
    let expected = short(problem.rsplit_once("expected ").map_or(problem, |(_, expected)| expected));
    let beside = short(&beside(path, problem.split('`').nth(1).unwrap_or_default()));
    let here = short(path);
    let begins = |starts: &[&str]| starts.iter().any(|start| problem.starts_with(start));
    let told = |code, field: &str, zh: String, en: String| {
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code, zh, en).at(field)
    };
    if begins(&["unknown field"]) {
        let (zh, en) = (
            format!("没有字段 {beside}，可用：{expected}"),
            format!("there is no field {beside}; expected {expected}"),
        );
        told("request.unknown_field", &beside, zh, en)
    } else if begins(&["missing field"]) {
        let (zh, en) = (format!("缺少字段 {beside}"), format!("the field {beside} is missing"));
        told("request.missing_field", &beside, zh, en)
    } else if begins(&["duplicate field"]) {
        let (zh, en) = (format!("字段 {beside} 出现两次"), format!("the field {beside} is given twice"));
        told("request.duplicate_field", &beside, zh, en)
    } else if begins(&["unknown variant"]) {
        let (zh, en) = (
            format!("字段 {here} 的值应为其中之一：{expected}"),
            format!("the field {here} must be {expected}"),
        );
        told("request.unknown_value", &here, zh, en)
    } else if begins(&["invalid type", "invalid value", "invalid length"]) {
        let (zh, en) = (
            format!("字段 {here} 类型不符，应为 {expected}"),
            format!("the field {here} has the wrong type: expected {expected}"),
        );
        told("request.wrong_type", &here, zh, en)
    } else {
        let (en, zh) = problem.split_once(" / ").unwrap_or((problem, problem));
        let (zh, en) = (
            format!("字段 {here} 有误：{}", short(zh)),
            format!("the field {here} is invalid: {}", short(en)),
        );
        told("request.invalid_value", &here, zh, en)
    }
}

/// The path of a field that is named in the path's place or below it.
fn beside(path: &str, named: &str) -> String {
    if path == named || path.ends_with(&format!(".{named}")) {
        // A field may have the empty name.
        if path.is_empty() { ".".to_owned() } else { path.to_owned() }
    } else if path.is_empty() || path == "." {
        if named.is_empty() { ".".to_owned() } else { named.to_owned() }
    } else {
        format!("{path}.{named}")
    }
}

/// At most so much of what a caller sent.
pub(super) fn short(text: &str) -> String {
    let limit = ECHO_MAX * 5;
    match text.char_indices().nth(limit) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use commands::registry::parse;

    use super::*;

    fn problem(name: &str, json: &str) -> (u16, String, Option<String>) {
        let problem = Problem::from(parse(name, json).err().expect("refused"));
        (problem.status.as_u16(), problem.code.into_owned(), problem.field)
    }

    /// Issue 2, bad input: wrong types, unknown fields, duplicate keys and broken JSON, each with code and field.
    #[test]
    fn every_sort_of_bad_input_has_its_code_and_field() {
        let cases = [
            ("publish-wish", "{", 400, "request.malformed_json", None),
            ("publish-wish", "{\"demand\":\"d-1\"} x", 400, "request.malformed_json", None),
            ("publish-wish", "{\"demand\":7}", 422, "request.wrong_type", Some("demand")),
            ("publish-wish", "[]", 422, "request.wrong_type", Some(".")),
            ("publish-wish", "7", 422, "request.wrong_type", Some(".")),
            ("publish-wish", "{}", 422, "request.missing_field", Some("demand")),
            ("publish-wish", "{\"demand\":\"d-1\",\"x\":1}", 422, "request.unknown_field", Some("x")),
            (
                "publish-wish",
                "{\"demand\":\"d-1\",\"demand\":\"d-2\"}",
                422,
                "request.duplicate_field",
                Some("demand"),
            ),
            ("publish-wish", "{\"demand\":\"a b\"}", 422, "request.invalid_value", Some("demand")),
            (
                "report",
                "{\"member\":\"m\",\"kind\":\"home\",\"community\":\"520201016001\"}",
                422,
                "request.unknown_value",
                Some("kind"),
            ),
            ("rate-service", "{\"demand\":\"d-1\",\"stars\":300}", 422, "request.wrong_type", Some("stars")),
            ("publish-wish", "{\"demand\":\"d-1\",\"\":1}", 422, "request.unknown_field", Some(".")),
            ("fly", "{}", 404, "command.unknown", None),
        ];
        for (name, json, status, code, field) in cases {
            assert_eq!(problem(name, json), (status, code.to_owned(), field.map(str::to_owned)), "{json}");
        }
    }

    /// Long input is never sent back.
    #[test]
    fn long_input_is_not_echoed() {
        let long = "x".repeat(100_000);
        for json in [
            format!("{{\"{long}\":1}}"),
            format!("{{\"demand\":{{\"{long}\":1}}}}"),
            format!("{{\"demand\":\"{long}\"}}"),
        ] {
            let problem = Problem::from(parse("publish-wish", &json).err().expect("refused"));
            let told = serde_json::to_string(&problem.body(super::super::language::Language::En)).unwrap();
            assert!(told.len() < 3000, "{} bytes", told.len());
        }
        assert!(Problem::from(parse(&long, "{}").err().expect("refused")).zh.len() < 3000);
    }
}

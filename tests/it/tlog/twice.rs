//! Every record that is verified here is verified twice: by the crate `proofs`, and by what the check page runs in a browser, which must say the
//! same in the same words.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{LazyLock, Mutex};

use proofs::encoding::base64;
use proofs::policy::Policy;
use proofs::record::{Brought, Verdict, verify};
use serde_json::{Value, json};

/// The modules of the page, in a process of their own.
struct Page {
    _process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

static PAGE: LazyLock<Mutex<Page>> = LazyLock::new(|| {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("node/verify.mjs");
    let mut process = Command::new("node")
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("there is no `node`: apt-get install nodejs, or run tests/run");
    let (input, output) = (process.stdin.take().unwrap(), BufReader::new(process.stdout.take().unwrap()));
    Mutex::new(Page { _process: process, input, output })
});

/// The policy as a file; of those that are asked for here, all witnesses must have cosigned.
pub fn text_of(policy: &Policy) -> String {
    let mut lines: Vec<String> = policy.logs().iter().map(|log| format!("log {}", log.key)).collect();
    lines.extend(policy.witnesses().iter().map(|one| format!("witness {} {}", one.name, one.key)));
    let names: Vec<&str> = policy.witnesses().iter().map(|one| one.name.as_str()).collect();
    if policy.asks_for_witnesses() {
        lines.push(format!("group all-of-them all {}\nquorum all-of-them", names.join(" ")));
    } else {
        lines.push("quorum none".to_owned());
    }
    lines.extend(policy.issuers().iter().map(|key| format!("issuer {key}")));
    lines.join("\n") + "\n"
}

/// What the page says.
fn of_page(bytes: &[u8], brought: &Brought) -> Value {
    let known = brought.known.as_ref().map(|known| format!("{known}\n\u{2014} kept AAAAAAA=\n"));
    let job = json!({"file": base64(bytes), "policy": text_of(&brought.policy), "known": known,
        "max_age": brought.max_age, "now": brought.now});
    let mut page = PAGE.lock().unwrap();
    writeln!(page.input, "{job}").unwrap();
    let mut line = String::new();
    page.output.read_line(&mut line).unwrap();
    serde_json::from_str(&line).unwrap_or_else(|error| panic!("the page said {line:?}: {error}"))
}

/// Verifies twice.
pub fn judge(bytes: &[u8], brought: &Brought) -> Verdict {
    let verdict = verify(bytes, brought);
    let page = of_page(bytes, brought);
    assert_eq!(page["outcome"], verdict.outcome.name(), "{page:#} {verdict:#?}");
    // Of what is no JSON each parser speaks in its own way.
    let same = |text: &str| {
        let known = ["not a record: ", "不是核验记录："];
        known.iter().find(|start| text.starts_with(*start)).map_or(text.to_owned(), ToString::to_string)
    };
    let ours: Vec<Value> = verdict
        .findings
        .iter()
        .map(|one| json!({"outcome": one.outcome.name(), "zh": same(&one.zh), "en": same(&one.en)}))
        .collect();
    let theirs: Vec<Value> = page["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            let text = |name: &str| same(one[name].as_str().unwrap());
            json!({"outcome": one["outcome"], "zh": text("zh"), "en": text("en")})
        })
        .collect();
    assert_eq!(theirs, ours);
    for (is_chinese, name) in [(true, "zh"), (false, "en")] {
        let text = verdict.text(is_chinese);
        let lines: Vec<&str> = page[name].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        for line in lines {
            assert!(text.lines().any(|known| known == line), "{line}: {text}");
        }
    }
    verdict
}

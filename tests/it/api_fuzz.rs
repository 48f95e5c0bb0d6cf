//! Schemathesis asks a running server whatever its OpenAPI description allows, and much that it does not, and holds every answer
//! against it. tests/schemathesis/schemathesis.toml tells what is asked and what must hold.

use std::path::{Path, PathBuf};
use std::process::Command;

use tests::place::Place;
use tests::serving::{Server, found};

/// Requests made up for each operation, beside those that the description itself leads to.
const EXAMPLES: &str = "3";
const SEED: &str = "1";

/// As `tests/run` installs it, else as it is found in PATH.
fn schemathesis() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let own = target.join("tools/schemathesis/bin/schemathesis");
    if own.exists() { own } else { PathBuf::from("schemathesis") }
}

/// Issue 3: whatever is asked, the server does not fail, and answers as the description says.
#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_asked_is_answered_as_described() {
    let place = Place::sqlite();
    let url = place.url();
    found(&url);
    let server = Server::start(&url, None).unwrap();
    let option = |name: &str, default: &str| std::env::var(name).unwrap_or_else(|_| default.to_owned());
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemathesis");
    let mut command = Command::new(schemathesis());
    command
        .args(["--config-file", "schemathesis.toml", "run", &format!("{}/v1/openapi.json", server.base)])
        .args(["--max-examples", &option("BAODAO_API_EXAMPLES", EXAMPLES)])
        .args(["--seed", &option("BAODAO_API_SEED", SEED)])
        .args(["--no-shrink", "--generation-database", "none", "--no-color"])
        .env("PYTHONPATH", &folder)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .current_dir(&folder);
    let said = tokio::task::block_in_place(|| command.output()).unwrap_or_else(|error| {
        panic!(
            "schemathesis cannot be run ({error}): `python3 -m venv target/tools/schemathesis && \
             target/tools/schemathesis/bin/pip install -r tests/schemathesis/requirements.txt` installs it, as tests/run does"
        )
    });
    let told = String::from_utf8_lossy(&said.stdout);
    assert!(said.status.success(), "{told}\n{}", String::from_utf8_lossy(&said.stderr));
    // It ends well, too, where it had nothing to ask.
    let asked =
        told.split(" generated").next().and_then(|before| before.rsplit(' ').next()?.parse::<u32>().ok());
    assert!(asked.is_some_and(|asked| asked > 5000), "{told}");
}

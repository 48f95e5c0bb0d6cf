//! The check page in a real browser: it tells what `baodao verify` tells, on a narrow screen too, and sends nothing.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tests::place::Place;
use tests::program::{Said, run};
use tests::serving::{Server, found};

/// What the browser shows of a record.
fn shown(url: &str, record: &Path, policy: &Path, width: &str, picture: &Path) -> Value {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("node/browser.mjs");
    let said = Command::new("timeout")
        .args(["60", "node"])
        .arg(script)
        .args(["chromium-headless-shell", url])
        .args([record, policy])
        .arg(width)
        .arg(picture)
        .output()
        .expect("there is no `node` or `chromium-headless-shell`: apt-get install them, or run tests/run");
    let said = Said::from(said);
    assert_eq!(said.code, 0, "{said:?}");
    serde_json::from_str(&said.out).unwrap()
}

/// Issue 4 B: a panel checks a record in a browser, in Chinese and in English, and the browser asks nobody.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_checks_a_record_in_a_browser() {
    let place = Place::sqlite();
    let url = place.url();
    found(&url);
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| -> PathBuf { folder.path().join(name) };
    let record = file("m-1.vsr.json");
    let made = run(
        &url,
        &["record", "m-1", "--purpose", "任前核查", "--name", "张三", "--out", record.to_str().unwrap()],
    );
    assert_eq!(made.code, 0, "{made:?}");
    let Place::Sqlite(home) = &place else { unreachable!() };
    let key = |name: &str| {
        let file = home.path().join("ledger.db-log").join(name);
        std::fs::read_to_string(file).unwrap().trim().to_owned()
    };
    let policy = file("policy");
    let text = format!("log {}\nquorum none\nissuer {}\n", key("public.key"), key("statement-public.key"));
    std::fs::write(&policy, text).unwrap();
    let bent = file("bent.json");
    let inflated = std::fs::read_to_string(&record).unwrap().replacen("\"times\": 0", "\"times\": 9", 1);
    std::fs::write(&bent, inflated).unwrap();
    let server = Server::start(&url, None).unwrap();
    tokio::task::block_in_place(|| {
        let page = |lang: &str| format!("{}/check?lang={lang}", server.base);
        let told = shown(&page("zh"), &record, &policy, "360", &file("narrow.png"));
        let text = told["text"].as_str().unwrap();
        assert_eq!(
            (&told["outcome"], &told["lang"]),
            (&"valid-with-warnings".into(), &"zh-CN".into()),
            "{told:#}"
        );
        assert!(text.contains("核验通过") && text.contains("张三") && text.contains("member m-1"), "{text}");
        assert_eq!(
            (&told["overflows"], &told["unlabelled"], told["sent"].as_array().unwrap().len()),
            (&false.into(), &0.into(), 0)
        );
        let told = shown(&page("en"), &bent, &policy, "1000", &file("wide.png"));
        let text = told["text"].as_str().unwrap();
        assert_eq!((&told["outcome"], &told["lang"]), (&"invalid".into(), &"en".into()), "{told:#}");
        assert!(
            text.contains("the totals told are not what the events come to") && !text.contains("张三"),
            "{text}"
        );
        for name in ["narrow.png", "wide.png"] {
            assert!(std::fs::metadata(file(name)).unwrap().len() > 10_000);
            if let Some(kept) = std::env::var_os("BAODAO_PICTURES") {
                std::fs::copy(file(name), Path::new(&kept).join(name)).unwrap();
            }
        }
    });
}

/// The page lets nothing be sent, says what to do without scripts, and serves nothing but its own files.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_is_served_alone() {
    let place = Place::sqlite();
    let url = place.url();
    found(&url);
    let server = Server::start(&url, None).unwrap();
    let get = async |path: &str| reqwest::get(format!("{}{path}", server.base)).await.unwrap();
    let page = get("/check").await;
    let policy = page.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("default-src 'none'") && policy.contains("connect-src 'none'"), "{policy}");
    let html = page.text().await.unwrap();
    assert!(
        html.contains("<noscript>") && html.contains("baodao-verify") && !html.contains("http"),
        "{html}"
    );
    assert_eq!(get("/check?lang=fr").await.status(), 422);
    let script = get("/check/verify.mjs").await;
    assert_eq!(script.headers()["content-type"], "text/javascript; charset=utf-8");
    for unknown in ["/check/../verify.mjs", "/check/nothing.mjs", "/check/%2e%2e%2fverify.mjs"] {
        assert_eq!(get(unknown).await.status(), 404, "{unknown}");
    }
}

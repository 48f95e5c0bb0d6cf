//! Certificates: a PDF file that another program can read, and that carries the record.

use std::path::{Path, PathBuf};
use std::process::Command;

use proofs::record::{Brought, Outcome, Record, attached_record, stated};
use server::certificate::{self, Fonts, Names};
use tests::place::Place;
use tests::program::{Said, run};
use tests::serving::{Server, found};
use tests::town::Town;

use super::records::Signed;
use super::twice::judge;

/// What poppler reads, without blanks: where it sees some depends on the font.
fn text_of(pdf: &[u8], folder: &Path) -> String {
    let file = folder.join("read.pdf");
    std::fs::write(&file, pdf).unwrap();
    let said = Command::new("pdftotext")
        .args(["-layout"])
        .arg(&file)
        .arg("-")
        .output()
        .expect("there is no `pdftotext`: apt-get install poppler-utils, or run tests/run");
    assert!(said.status.success());
    String::from_utf8(said.stdout).unwrap().split_whitespace().collect()
}

/// Issue 4 B: the certificate says what the record says, carries it, and is verified as a file; one that was tampered with is refused.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_says_and_carries_its_record() {
    let (town, stop) = Town::settle(Place::sqlite()).await;
    let signed = Signed::new(town).await;
    let record = signed.record(None).await;
    let names = Names::of(&record, signed.town.app().desk()).await.unwrap();
    let fonts = Fonts::find(None).unwrap();
    let pdf = certificate::pdf(&record, &names, &fonts, "https://ledger.example/check").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let text = text_of(&pdf, folder.path());
    let (claims, _) = stated(record.statement.as_ref().unwrap()).unwrap();
    let checkpoint = claims.checkpoint.to_string();
    for said in [
        "服务记录证明",
        "张三",
        "m-1",
        "市税务局",
        "2 次，2 小时 15 分",
        "2 次，平均 5.0 星",
        "家电维修",
        "凤凰社区",
        "45 分钟",
        "任前核查",
        &claims.certificate,
        &checkpoint,
        "https://ledger.example/check",
        "第 1 页 共 1 页",
    ] {
        let said: String = said.split_whitespace().collect();
        assert!(text.contains(&said), "{said}: {text}");
    }
    assert!(attached_record(&pdf).unwrap() == serde_json::to_vec(&record).unwrap(), "the record itself");
    let outcome = |pdf: &[u8], brought: &Brought| judge(pdf, brought).outcome;
    assert_eq!(outcome(&pdf, &signed.brought()), Outcome::ValidWithWarnings);
    let at = |needle: &[u8]| pdf.windows(needle.len()).position(|window| window == needle).unwrap();
    for (place, byte) in [(at(b"\"minutes\":135") + 10, b'9'), (at(b"/Type/EmbeddedFile") + 7, b'X')] {
        let mut bent = pdf.clone();
        bent[place] = byte;
        assert_eq!(outcome(&bent, &signed.brought()), Outcome::Invalid, "{place}");
    }
    let twice = [&pdf[..], &pdf].concat();
    assert_eq!(outcome(&twice, &signed.brought()), Outcome::Invalid);
    // Without a statement there is nothing to certify, and without a font nothing to write with.
    let unstated = Record { statement: None, ..record };
    assert!(certificate::pdf(&unstated, &names, &fonts, "x").is_err());
    let none = Fonts::find(Some(Path::new("/nowhere.ttf"))).err().unwrap().to_string();
    assert!(none.contains("/nowhere.ttf"), "{none}");
    stop.now().await;
}

/// A long certificate goes over several pages, each with its number.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_certificate_has_several_pages() {
    let (town, stop) = Town::settle(Place::sqlite()).await;
    let signed = Signed::new(town).await;
    for demand in 3..30 {
        signed.serve(&format!("d-{demand}"), 10).await;
    }
    let record = signed.record(None).await;
    let names = Names::of(&record, signed.town.app().desk()).await.unwrap();
    let pdf = certificate::pdf(&record, &names, &Fonts::find(None).unwrap(), "https://x.example").unwrap();
    let text = text_of(&pdf, tempfile::tempdir().unwrap().path());
    assert!(text.contains("第1页共2页") && text.contains("第2页共2页"), "{text}");
    stop.now().await;
}

/// Over HTTP and on the command line.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_is_asked_for() {
    let place = Place::sqlite();
    let url = place.url();
    found(&url);
    let folder = tempfile::tempdir().unwrap();
    let pdf: PathBuf = folder.path().join("m-1.pdf");
    let file = pdf.to_str().unwrap();
    let made = run(&url, &["record", "m-1", "--purpose", "任前核查", "--pdf", file]);
    assert_eq!(made.code, 0, "{made:?}");
    assert_eq!(
        run(&url, &["record", "m-1", "--purpose", "x", "--pdf", file]).code,
        1,
        "nothing is overwritten"
    );
    let Place::Sqlite(home) = &place else { unreachable!() };
    let key = std::fs::read_to_string(home.path().join("ledger.db-log/public.key")).unwrap();
    let said: Said = run("sqlite://nowhere.db", &["verify", file, "--key", key.trim()]);
    assert!(said.code == 10 && said.out.contains("no issuer was told"), "{said:?}");
    let server = Server::start(&url, None).unwrap();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let address = format!("{}/v1/members/m-1/record?purpose=x", server.base);
    for (query, accept, media) in [
        ("&format=pdf", "*/*", "application/pdf"),
        ("", "application/pdf", "application/pdf"),
        ("", "*/*", "application/json"),
        ("&format=json", "application/pdf", "application/json"),
    ] {
        let asked = client.get(format!("{address}{query}")).header("accept", accept);
        let answer = asked.header("baodao-actor", "auditor/a-1").send().await.unwrap();
        assert_eq!(answer.status(), 200, "{query} {accept}");
        assert_eq!(answer.headers()["content-type"], media, "{query} {accept}");
        let body = answer.bytes().await.unwrap();
        assert_eq!(body.starts_with(b"%PDF-"), media.ends_with("pdf"));
        if media.ends_with("pdf") {
            let at = format!("{}/check", server.base);
            assert!(text_of(&body, folder.path()).contains(&at), "{at}");
        }
    }
}

/// Issue 4 B: where there is no font that Chinese can be written in, whoever asks for paper is told what is missing, and the record itself is there.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_font_there_is_a_record_and_no_paper() {
    let place = Place::sqlite();
    let url = place.url();
    found(&url);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("no-font.ttf");
    std::fs::write(&file, "this is no font").unwrap();
    let server = Server::start_with(&url, &[("BAODAO_FONT", file.to_str().unwrap())]);
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let address = format!("{}/v1/members/m-1/record?purpose=x", server.base);
    let ask = async |format: &str| {
        let asked = client.get(format!("{address}&format={format}")).header("baodao-actor", "auditor/a-1");
        let answer = asked.send().await.unwrap();
        let retry = answer.headers().contains_key("retry-after");
        (answer.status().as_u16(), retry, answer.json::<serde_json::Value>().await.unwrap())
    };
    let (status, retry, problem) = ask("pdf").await;
    assert_eq!((status, problem["code"].as_str(), retry), (503, Some("record.no_font"), true), "{problem}");
    assert!(problem["detail"].as_str().unwrap().contains("BAODAO_FONT"), "{problem}");
    assert_eq!(ask("json").await.0, 200);
}

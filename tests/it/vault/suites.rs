//! What the vault seals with is the operator's choice: AES and SHA-2, or SM4 and SM3.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tests::place::Place;
use tests::program::{Said, run};
use tests::serving::found;

on_both!(a_vault_is_sealed_with_sm4_where_that_is_asked_for);

fn order(demand: &str, resident: &str) -> Value {
    json!({"command": "place-order", "data": {
        "demand": demand, "channel": "online", "category": "errands", "community": "520201016001", "urgency": "routine",
        "placed_by": resident, "contact_phone": "138",
    }})
}

/// Issue 4 A: with `--vault-suite sm` keys and what they seal are SM4's; a change of the key changes the suite where that is asked for, and
/// whatever was sealed before opens still.
async fn a_vault_is_sealed_with_sm4_where_that_is_asked_for(place: Place) {
    let (url, folder) = (place.url(), tempfile::tempdir().unwrap());
    let key = folder.path().join("key");
    let path = key.to_str().unwrap().to_owned();
    let said = |arguments: &[&str]| -> Said {
        let arguments: Vec<&str> = arguments.iter().copied().chain(["--vault-key", &path]).collect();
        let said = tokio::task::block_in_place(|| run(&url, &arguments));
        assert_eq!(said.code, 0, "{arguments:?}: {said:?}");
        said
    };
    let submit = |demand: &str, resident: &str, more: &[&str]| {
        let file = folder.path().join("line");
        std::fs::write(&file, order(demand, resident).to_string()).unwrap();
        let arguments: Vec<&str> =
            ["submit", file.to_str().unwrap()].into_iter().chain(more.iter().copied()).collect();
        said(&arguments);
    };
    let digits = || std::fs::read_to_string(&key).unwrap().trim().len();
    let suite = || said(&["vault", "status", "--json"]).json()["suite"].as_str().unwrap().to_owned();
    let opens = |resident: &str| said(&["person", "export", "resident", resident]).out.contains("\"138\"");

    tokio::task::block_in_place(|| found(&url));
    submit("d-1", "r-1", &["--vault-suite", "sm"]);
    assert_eq!((digits(), suite().as_str()), (32, "sm"));
    submit("d-2", "r-2", &[]);
    assert_eq!(suite(), "sm", "the key that is there tells, not what is asked for");
    assert!(opens("r-1") && opens("r-2"));

    said(&["vault", "rotate", "--suite", "aes"]);
    assert_eq!((digits(), suite().as_str()), (64, "aes"));
    submit("d-3", "r-3", &[]);
    assert!(opens("r-1") && opens("r-2") && opens("r-3"));
    // A nonce, the key, a tag.
    let raw = place.raw().await;
    let wrapped = async |subject: &str| {
        let sql = format!("SELECT wrapped FROM vault_keys WHERE subject = 'demand:{subject}'");
        let wrapped = raw.texts(&sql).await;
        STANDARD.decode(&wrapped[0]).unwrap().len() - 12 - 16
    };
    assert_eq!((wrapped("d-1").await, wrapped("d-2").await, wrapped("d-3").await), (16, 16, 32));

    said(&["vault", "rotate", "--suite", "sm"]);
    assert_eq!((digits(), suite().as_str()), (32, "sm"));
    said(&["vault", "rotate"]);
    assert_eq!((digits(), suite().as_str()), (32, "sm"));
    assert!(opens("r-1") && opens("r-2") && opens("r-3"));
    said(&["verify"]);
}

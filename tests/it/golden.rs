//! Golden events: one of every fact and version that was ever written. Lines are added, never changed or taken away.
//!
//! `tests/golden/events.jsonl` holds `{"stream", "type", "version", "payload"}`; the payload is the stored text.

use std::collections::BTreeSet;
use std::sync::Arc;

use aggregates::ledger::{decode, versions};
use aggregates::member::{Member, MemberEvent};
use aggregates::policy::ReportKind;
use aggregates::{LedgerEvent, ids::CommunityCode};
use commands::Desk;
use commands::journal::{Journal, NewEvent};
use serde::Deserialize;
use server::clock::SystemClock;
use tests::append;
use tests::place::Place;

const GOLDEN: &str = include_str!("../golden/events.jsonl");

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Golden {
    stream: String,
    #[serde(rename = "type")]
    event_type: String,
    version: String,
    payload: String,
}

fn golden() -> Vec<Golden> {
    GOLDEN.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Every fact that is written today has its golden event.
#[test]
fn every_fact_of_today_has_a_golden_event() {
    let kept: BTreeSet<_> =
        golden().into_iter().map(|one| (one.stream, one.event_type, one.version)).collect();
    let owned = |(stream, name, version): (&str, &str, &str)| {
        (stream.to_owned(), name.to_owned(), version.to_owned())
    };
    let missing: Vec<_> = versions().into_iter().map(owned).filter(|one| !kept.contains(one)).collect();
    assert!(missing.is_empty(), "add golden events for {missing:?}");
}

/// Old and new readers: every golden event decodes; one of today's version is written again byte for byte.
#[test]
fn golden_events_decode_and_are_written_again_the_same() {
    let today: BTreeSet<_> = versions().into_iter().collect();
    for one in golden() {
        let event = decode(&one.stream, &one.event_type, &one.version, &one.payload)
            .unwrap_or_else(|error| panic!("{error}: {}", one.payload));
        assert_eq!(
            (event.aggregate_type(), event.event_type()),
            (one.stream.as_str(), one.event_type.clone())
        );
        if today.contains(&(one.stream.as_str(), one.event_type.as_str(), one.version.as_str())) {
            assert_eq!(event.payload().unwrap(), one.payload, "{} is written otherwise now", one.event_type);
        }
    }
}

/// A2: the pilot's report, version 0.9, said only whether it was the home; it reads as one of the two kinds.
#[test]
fn the_pilots_report_reads_as_one_of_the_two_kinds() {
    let old =
        golden().into_iter().find(|one| one.event_type == "MemberReported" && one.version == "0.9").unwrap();
    let event = decode(&old.stream, &old.event_type, &old.version, &old.payload).unwrap();
    let LedgerEvent::Member(MemberEvent::MemberReported { kind, community, .. }) = event else {
        panic!("{event:?}")
    };
    assert_eq!((kind, community.as_str()), (ReportKind::Residence, "520201016001"));
}

on_both!(a_ledger_that_the_pilot_began_is_decided_over_today);

/// A2: a stream that begins with the pilot's format is loaded, through cqrs-es's repository and the upcasters.
async fn a_ledger_that_the_pilot_began_is_decided_over_today(place: Place) {
    let store = Arc::new(place.open().await);
    let old =
        golden().into_iter().find(|one| one.event_type == "MemberReported" && one.version == "0.9").unwrap();
    let mut pilot = append::empty();
    pilot.expected = vec![append::member("m-old", 0)];
    pilot.events = vec![NewEvent {
        aggregate_type: "member",
        aggregate_id: "m-old".to_owned(),
        event_type: old.event_type,
        event_version: old.version,
        payload: old.payload,
    }];
    store.append(pilot).await.unwrap();
    let desk = Desk::new(store.clone(), Arc::new(SystemClock));
    let member = desk.look::<Member>("m-old").await.unwrap();
    assert!(member.has_reported_to(&CommunityCode::new("520201016001").unwrap()));
    store.close().await;
}

//! Attacks of somebody who owns the database and has no key (research: A1–A15, C1–C8). Each is a real edit; each names exactly the
//! checks that find it, so that a check that is taken away shows.

use std::collections::BTreeSet;
use std::sync::Arc;

use commands::journal::Journal;
use proofs::Checkpoint;
use proofs::note::{Kind, Note, Signer};
use server::tlog::audit::Brought;
use server::tlog::{PublishError, Publisher, grow};
use tests::append::{fresh, to_stream};
use tests::place::Place;

use super::ledger::{EACH, Ledger, ORIGIN};

const POSITIONS: &str = "every position has its event";
const TIMES: &str = "times never go back";
const STREAMS: &str = "streams of members and units are dense";
const LEAVES: &str = "every event is the one that was logged";
const TILES: &str = "every tile is what the events make";
const HEADS: &str = "streams end where the log says";
pub const CHECKPOINTS: &str = "every checkpoint is signed, and of these events";
pub const SM3: &str = "every SM3 root is of these events";
const KEPT: &str = "the log continues the checkpoint that was kept";

/// What an edit in the database is found by.
struct Edit {
    name: &'static str,
    sql: &'static str,
    found: &'static [&'static str],
}

/// An event of a member is in its leaf, in the tiles above, in its stream's chain and under every checkpoint since.
const MEMBERS: &[&str] = &[LEAVES, TILES, HEADS, CHECKPOINTS];

const EDITS: &[Edit] = &[
    Edit {
        name: "edit_a_payload",
        sql: "UPDATE events SET payload = '{\"n\":7777}' WHERE position = 100",
        found: MEMBERS,
    },
    Edit {
        name: "edit_only_blanks_of_a_payload",
        sql: "UPDATE events SET payload = '{\"n\": 99}' WHERE position = 100",
        found: MEMBERS,
    },
    Edit {
        name: "edit_metadata",
        sql: "UPDATE events SET metadata = '{\"command\":\"other\"}' WHERE position = 100",
        found: MEMBERS,
    },
    Edit {
        name: "rename_a_fact",
        sql: "UPDATE events SET event_type = 'Other' WHERE position = 100",
        found: MEMBERS,
    },
    Edit {
        name: "change_a_version",
        sql: "UPDATE events SET event_version = '1.1' WHERE position = 100",
        found: MEMBERS,
    },
    Edit {
        name: "exchange_an_event_id",
        sql: "UPDATE events SET event_id = '00000000-0000-4000-8000-000000000000' WHERE position = 100",
        found: MEMBERS,
    },
    Edit {
        name: "exchange_a_command_id",
        sql: "UPDATE events SET command_id = '00000000-0000-4000-8000-000000000000' WHERE position = 100",
        found: MEMBERS,
    },
    Edit {
        name: "give_an_event_to_another_member",
        sql: "UPDATE events SET aggregate_id = 'm-2', sequence = 999 WHERE position = 100",
        found: &[STREAMS, LEAVES, TILES, HEADS, CHECKPOINTS],
    },
    Edit {
        name: "make_a_member_a_unit",
        sql: "UPDATE events SET aggregate_type = 'unit' WHERE aggregate_id = 'm-2'",
        found: MEMBERS,
    },
    Edit {
        name: "swap_two_events",
        sql: "UPDATE events SET position = 9999 WHERE position = 100; UPDATE events SET position = 100 WHERE position = 101; UPDATE events SET position = 101 WHERE position = 9999",
        found: &[STREAMS, LEAVES, TILES, HEADS, CHECKPOINTS],
    },
    Edit {
        name: "swap_two_sequences",
        sql: "UPDATE events SET sequence = 9999 WHERE position = 100; UPDATE events SET sequence = 100 WHERE position = 101; UPDATE events SET sequence = 101 WHERE position = 100",
        found: &[STREAMS, LEAVES, TILES, HEADS, CHECKPOINTS],
    },
    Edit {
        name: "delete_an_event",
        sql: "DELETE FROM events WHERE position = 100",
        found: &[POSITIONS, LEAVES, CHECKPOINTS],
    },
    Edit {
        name: "delete_the_end",
        sql: "DELETE FROM events WHERE position > 380",
        found: &[POSITIONS, LEAVES, CHECKPOINTS],
    },
    Edit {
        name: "delete_the_end_and_move_the_head",
        sql: "DELETE FROM events WHERE position > 380; UPDATE ledger_head SET position = 380",
        found: &[LEAVES, CHECKPOINTS],
    },
    Edit {
        name: "delete_the_unsigned_end_and_move_the_head",
        sql: "DELETE FROM events WHERE position > 395; UPDATE ledger_head SET position = 395",
        found: &[LEAVES],
    },
    Edit {
        name: "drop_a_whole_member",
        sql: "DELETE FROM events WHERE aggregate_id = 'm-2'; UPDATE events SET position = position + 10000 WHERE position > 260; UPDATE events SET position = position - 10130 WHERE position > 10000; UPDATE ledger_head SET position = 270",
        found: &[LEAVES, CHECKPOINTS],
    },
    Edit {
        name: "edit_an_event_that_is_not_signed_yet",
        sql: "UPDATE events SET payload = '{\"n\":7777}' WHERE position = 395",
        found: &[LEAVES],
    },
    Edit {
        name: "edit_a_full_tile",
        sql: "UPDATE log_tiles SET hashes = replace(hashes, substr(hashes, 1, 40), 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA')",
        found: &[LEAVES],
    },
    Edit {
        name: "edit_the_edge",
        sql: "UPDATE log_edge SET hashes = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=' WHERE level = 1",
        found: &[TILES],
    },
    Edit {
        name: "break_a_tile",
        sql: "UPDATE log_tiles SET hashes = substr(hashes, 1, 100)",
        found: &[TILES],
    },
    Edit { name: "delete_a_tile", sql: "DELETE FROM log_tiles", found: &[TILES] },
    Edit { name: "delete_the_edge", sql: "DELETE FROM log_edge WHERE level = 0", found: &[TILES] },
    Edit { name: "tell_another_size", sql: "UPDATE log_tree SET size = 399", found: &[TILES] },
    Edit {
        name: "edit_a_head",
        sql: "UPDATE log_heads SET sequence = 129 WHERE key = 'member/m-1'",
        found: &[HEADS],
    },
    Edit {
        name: "exchange_the_heads_of_two_members",
        sql: "UPDATE log_heads SET key = 'x' WHERE key = 'member/m-1'; UPDATE log_heads SET key = 'member/m-1' WHERE key = 'member/m-2'; UPDATE log_heads SET key = 'member/m-2' WHERE key = 'x'",
        found: &[HEADS],
    },
    Edit {
        name: "leave_a_member_out_of_the_heads",
        sql: "DELETE FROM log_heads WHERE key = 'member/m-2'",
        found: &[HEADS],
    },
    Edit {
        name: "invent_a_member_in_the_heads",
        sql: "INSERT INTO log_heads (key, sequence, chain) VALUES ('member/m-9', 1, 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=')",
        found: &[HEADS],
    },
    Edit {
        name: "edit_a_checkpoint",
        sql: "UPDATE log_checkpoints SET note = replace(note, '260', '261') WHERE size = 260",
        found: &[CHECKPOINTS],
    },
    Edit {
        name: "put_a_checkpoint_where_another_was",
        sql: "UPDATE log_checkpoints SET note = (SELECT note FROM log_checkpoints WHERE size = 130) WHERE size = 260",
        found: &[CHECKPOINTS],
    },
    Edit {
        name: "call_an_old_checkpoint_the_newest",
        sql: "UPDATE log_checkpoints SET size = 400 WHERE size = 130",
        found: &[CHECKPOINTS],
    },
    Edit {
        name: "call_an_old_checkpoint_one_of_nothing",
        sql: "UPDATE log_checkpoints SET size = 0 WHERE size = 130",
        found: &[CHECKPOINTS],
    },
    Edit {
        name: "promise_more_than_there_is",
        sql: "UPDATE log_checkpoints SET size = 4000 WHERE size = 130",
        found: &[CHECKPOINTS],
    },
    Edit {
        name: "take_the_signature_away",
        sql: "UPDATE log_checkpoints SET note = substr(note, 1, 80) WHERE size = 260",
        found: &[CHECKPOINTS],
    },
];

macro_rules! attacks {
    ($($attack:ident $name:ident)+) => { $(
        /// Issue 4, attacks: an edit in the database is found by these checks and no other.
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $attack() {
            for place in [Place::sqlite(), Place::postgres()] {
                is_found(place, stringify!($name)).await;
            }
        }
    )+
        const TRIED: &[&str] = &[$(stringify!($name)),+];
    };
}

attacks! {
    attack_edit_a_payload edit_a_payload
    attack_edit_only_blanks_of_a_payload edit_only_blanks_of_a_payload
    attack_edit_metadata edit_metadata
    attack_rename_a_fact rename_a_fact
    attack_change_a_version change_a_version
    attack_exchange_an_event_id exchange_an_event_id
    attack_exchange_a_command_id exchange_a_command_id
    attack_give_an_event_to_another_member give_an_event_to_another_member
    attack_make_a_member_a_unit make_a_member_a_unit
    attack_swap_two_events swap_two_events
    attack_swap_two_sequences swap_two_sequences
    attack_delete_an_event delete_an_event
    attack_delete_the_end delete_the_end
    attack_delete_the_end_and_move_the_head delete_the_end_and_move_the_head
    attack_delete_the_unsigned_end_and_move_the_head delete_the_unsigned_end_and_move_the_head
    attack_drop_a_whole_member drop_a_whole_member
    attack_edit_an_event_that_is_not_signed_yet edit_an_event_that_is_not_signed_yet
    attack_edit_a_full_tile edit_a_full_tile
    attack_edit_the_edge edit_the_edge
    attack_break_a_tile break_a_tile
    attack_delete_a_tile delete_a_tile
    attack_delete_the_edge delete_the_edge
    attack_tell_another_size tell_another_size
    attack_edit_a_head edit_a_head
    attack_exchange_the_heads_of_two_members exchange_the_heads_of_two_members
    attack_leave_a_member_out_of_the_heads leave_a_member_out_of_the_heads
    attack_invent_a_member_in_the_heads invent_a_member_in_the_heads
    attack_edit_a_checkpoint edit_a_checkpoint
    attack_put_a_checkpoint_where_another_was put_a_checkpoint_where_another_was
    attack_call_an_old_checkpoint_the_newest call_an_old_checkpoint_the_newest
    attack_call_an_old_checkpoint_one_of_nothing call_an_old_checkpoint_one_of_nothing
    attack_promise_more_than_there_is promise_more_than_there_is
    attack_take_the_signature_away take_the_signature_away
}

async fn is_found(place: Place, name: &str) {
    let edit = EDITS.iter().find(|edit| edit.name == name).unwrap();
    let ledger = Ledger::new(place).await;
    ledger.tamper(edit.sql).await;
    let differences = ledger.differences(&Brought { policy: Some(ledger.policy()), known: None }).await;
    let found: BTreeSet<&str> = differences.iter().map(|(check, _)| *check).collect();
    assert_eq!(found, edit.found.iter().copied().collect(), "{name}: {differences:#?}");
}

/// Issue 4: every check is what catches something: without it an attack of the catalogue would pass.
#[test]
fn every_check_catches_something_that_no_other_does() {
    let mut alone: BTreeSet<&str> =
        EDITS.iter().filter(|edit| edit.found.len() == 1).map(|edit| edit.found[0]).collect();
    // Those below, and in `second_tree`.
    alone.extend([TIMES, POSITIONS, STREAMS, KEPT, SM3]);
    assert_eq!(alone, [POSITIONS, TIMES, STREAMS, LEAVES, TILES, HEADS, CHECKPOINTS, KEPT, SM3].into());
    let listed: BTreeSet<&str> = EDITS.iter().map(|edit| edit.name).collect();
    assert_eq!(listed, TRIED.iter().copied().collect(), "every attack is tried");
}

/// Issue 4, attacks: an event that says it was recorded earlier than the one ahead of it.
#[tokio::test]
async fn attack_insert_a_back_dated_event() {
    let ledger = Ledger::new(Place::sqlite()).await;
    ledger.tamper("INSERT INTO events SELECT aggregate_type, aggregate_id, 11, event_type, event_version, payload, metadata, 401, 'aaaaaaaa-0000-4000-8000-000000000000', '2020-01-01T00:00:00.000000Z', command_id FROM events WHERE position = 400; UPDATE ledger_head SET position = 401").await;
    assert_eq!(ledger.found().await, [TIMES].into());
}

/// Issue 4, attacks: the head promises an event that is not there.
#[tokio::test]
async fn attack_move_the_head_on() {
    let ledger = Ledger::new(Place::sqlite()).await;
    ledger.tamper("UPDATE ledger_head SET position = 401").await;
    assert_eq!(ledger.found().await, [POSITIONS].into());
}

/// Issue 4, attacks: a member's event is given a sequence that leaves others out, before the tree grows over it.
#[tokio::test]
async fn attack_skip_a_sequence() {
    let ledger = Ledger::new(Place::sqlite()).await;
    fresh(ledger.store.append(to_stream("m-1", EACH as u64, 1)).await.unwrap());
    ledger.tamper("UPDATE events SET sequence = 140 WHERE position = 401").await;
    assert_eq!(ledger.found().await, [STREAMS].into());
}

/// Issue 4, attacks: an event is edited after its command was answered and before the tree grows over it. The tree is of what was stored.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn attack_edit_before_the_tree_grows() {
    for place in [Place::sqlite(), Place::postgres()] {
        let ledger = Ledger::new(place).await;
        fresh(ledger.store.append(to_stream("m-1", EACH as u64, 1)).await.unwrap());
        ledger.tamper("UPDATE events SET payload = '{\"n\":7777}' WHERE position = 401").await;
        grow::grow(&ledger.store).await.unwrap();
        assert_eq!(ledger.found().await, [LEAVES, HEADS].into());
    }
}

/// Issue 4, attacks: a checkpoint of somebody else's key, under our name and number.
#[tokio::test]
async fn attack_forge_the_key() {
    let ledger = Ledger::new(Place::sqlite()).await;
    let forged = Signer::new(ORIGIN, Kind::Note, &[9; 32]).unwrap();
    let text = Note::parse(ledger.checkpoints[1].note.as_bytes()).unwrap().text;
    let note = Note { signatures: vec![forged.sign(&text, 0)], text };
    ledger.tamper(&format!("UPDATE log_checkpoints SET note = '{note}' WHERE size = 260")).await;
    assert_eq!(ledger.found().await, [CHECKPOINTS].into());
}

/// Issue 4, attacks: the right key, for another log.
#[tokio::test]
async fn attack_sign_for_another_log() {
    let ledger = Ledger::new(Place::sqlite()).await;
    let checkpoint = Checkpoint::of(&Note::parse(ledger.checkpoints[1].note.as_bytes()).unwrap()).unwrap();
    let text = Checkpoint { origin: "other.example".to_owned(), ..checkpoint }.to_string();
    let note = Note { signatures: vec![ledger.stolen_key().sign(&text, 0)], text };
    ledger.tamper(&format!("UPDATE log_checkpoints SET note = '{note}' WHERE size = 260")).await;
    assert_eq!(ledger.found().await, [CHECKPOINTS].into());
}

/// Issue 4, attacks: all that was signed is thrown away; who kept a checkpoint still has it.
#[tokio::test]
async fn attack_throw_the_checkpoints_away_and_rewrite() {
    let ledger = Ledger::new(Place::sqlite()).await;
    let known = Checkpoint::of(&Note::parse(ledger.checkpoints[1].note.as_bytes()).unwrap()).unwrap();
    ledger
        .tamper(
            "DELETE FROM log_checkpoints; UPDATE events SET payload = '{\"n\":7777}' WHERE position = 100",
        )
        .await;
    ledger.regrow().await;
    assert!(ledger.found().await.is_empty(), "nobody who kept nothing can tell");
    assert_eq!(ledger.found_by(&Brought { policy: None, known: Some(known) }).await, [KEPT].into());
}

/// Issue 4, attacks: a backup of before is restored. The signer refuses, and says so.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn attack_restore_a_backup() {
    for place in [Place::sqlite(), Place::postgres()] {
        let ledger = Ledger::new(place).await;
        let restored = "DELETE FROM events WHERE position > 200; UPDATE ledger_head SET position = 200; DELETE FROM log_checkpoints WHERE size > 200";
        ledger.tamper(restored).await;
        ledger.regrow().await;
        // Nobody writes on who has seen more: a server that was restarted does.
        let again = Arc::new(ledger.place.open().await);
        let refused = Publisher::new(again.clone(), Box::new(ledger.seal.clone()), None);
        let told = refused.publish().await.unwrap_err();
        assert!(matches!(told, PublishError::WentBack { size: 200, signed: 390 }), "{told}");
        // Even when as much has been recorded again.
        fresh(again.append(to_stream("m-7", 0, 300)).await.unwrap());
        let told = refused.publish().await.unwrap_err();
        assert!(matches!(told, PublishError::Rewritten { from: 131, to: 260 }), "{told}");
    }
}

/// Issue 4, attacks: the whole database is exchanged for another, which is consistent in itself.
#[tokio::test]
async fn attack_exchange_the_whole_database() {
    let (ledger, other) = (Ledger::new(Place::sqlite()).await, Ledger::new(Place::sqlite()).await);
    assert!(other.found().await.is_empty());
    let publisher = Publisher::new(other.store.clone(), Box::new(ledger.seal.clone()), None);
    let told = publisher.publish().await.unwrap_err();
    assert!(matches!(told, PublishError::Rewritten { from: 1, to: 130 }), "{told}");
    assert_eq!(
        other.found_by(&Brought { policy: Some(ledger.policy()), known: None }).await,
        [CHECKPOINTS].into()
    );
}

use ed25519_dalek::VerifyingKey;

use super::curves::Public;
use super::*;

/// The example of the specification.
const VKEY: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
const NOTE: &str = "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

fn key(name: &str, kind: Kind, seed: u8) -> Signer {
    Signer::new(name, kind, &[seed; 32]).unwrap()
}

fn signed(text: &str, by: &[&Signer]) -> Note {
    Note { text: text.to_owned(), signatures: by.iter().map(|signer| signer.sign(text, 7)).collect() }
}

#[test]
fn the_example_of_the_specification_is_verified() {
    let note = Note::parse(NOTE.as_bytes()).unwrap();
    let key = Verifier::parse(VKEY).unwrap();
    assert_eq!(key.to_string(), VKEY);
    assert_eq!(note.to_string(), NOTE);
    let found = note.verify(&[key]).unwrap();
    assert_eq!((found[0].name.as_str(), found[0].at), ("example.com/foo", None));
}

#[test]
fn a_key_is_written_and_read_again() {
    for kind in [Kind::Note, Kind::Cosignature, Kind::Sm2] {
        let signer = key("ledger.example/52", kind, 9);
        assert_eq!(Signer::parse(&signer.private_text()).unwrap().private_text(), signer.private_text());
        assert_eq!(Verifier::parse(&signer.verifier().to_string()).unwrap(), *signer.verifier());
        assert!(!format!("{signer:?}").contains("PRIVATE"));
    }
}

#[test]
fn wrong_keys_are_refused() {
    // The point of order one, under the number that it would have.
    let weak = Verifier::new(
        "weak",
        Kind::Note,
        Public::Ed25519(
            VerifyingKey::from_bytes(&{
                let mut one = [0; 32];
                one[0] = 1;
                one
            })
            .unwrap(),
        ),
    );
    let other = VKEY.replace("530d903a", "530d903b");
    for wrong in [
        "",
        "a",
        "a+b",
        "+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "a b+530d903a+AQ==",
        &weak.to_string(),
        &other,
        &VKEY.to_uppercase(),
    ] {
        assert!(matches!(Verifier::parse(wrong), Err(NoteError::Key(_))), "{wrong}");
    }
}

#[test]
fn signatures_of_known_keys_count_and_a_wrong_one_spoils_all() {
    let (log, witness, stranger) =
        (key("log", Kind::Note, 1), key("witness", Kind::Cosignature, 2), key("stranger", Kind::Note, 3));
    let known = [log.verifier().clone(), witness.verifier().clone()];
    let note = signed("text\n", &[&stranger, &log, &witness, &log]);
    let read = Note::parse(note.to_string().as_bytes()).unwrap();
    assert_eq!(read, note);
    let found = read.verify(&known).unwrap();
    assert_eq!(
        found.iter().map(|one| (one.name.as_str(), one.at)).collect::<Vec<_>>(),
        [("log", None), ("witness", Some(7))]
    );
    assert_eq!(signed("text\n", &[&stranger]).verify(&known), Err(NoteError::Unsigned));
    for place in 1..3 {
        let mut bent = note.clone();
        *bent.signatures[place].bytes.last_mut().unwrap() ^= 1;
        assert!(matches!(bent.verify(&known), Err(NoteError::BadSignature(_))), "{place}");
        let mut edited = note.clone();
        edited.text = "test\n".to_owned();
        assert!(matches!(edited.verify(&known), Err(NoteError::BadSignature(_))));
    }
    // A time told otherwise than signed.
    let mut later = note.clone();
    later.signatures[2].bytes[7] += 1;
    assert!(matches!(later.verify(&known), Err(NoteError::BadSignature(_))));
    // The same name and number, another key: what it signed is wrong.
    let mut posing = signed("text\n", &[&stranger]);
    (posing.signatures[0].name, posing.signatures[0].id) = ("log".to_owned(), log.sign("", 0).id);
    assert!(matches!(posing.verify(&known), Err(NoteError::BadSignature(_))));
}

/// The order of the group: S + L is the same number to a careless check (RFC 8032 §5.1.7).
const L: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

#[test]
fn a_signature_cannot_be_bent_into_another_that_holds() {
    let log = key("log", Kind::Note, 1);
    let mut note = signed("text\n", &[&log]);
    let mut carry = 0;
    for (byte, add) in note.signatures[0].bytes[32..].iter_mut().zip(L) {
        let sum = u16::from(*byte) + u16::from(add) + carry;
        (*byte, carry) = (sum as u8, sum >> 8);
    }
    assert!(matches!(note.verify(&[log.verifier().clone()]), Err(NoteError::BadSignature(_))));
}

#[test]
fn what_is_no_note_is_refused() {
    let line = NOTE.lines().last().unwrap();
    let many = format!("text\n\n{}", format!("{line}\n").repeat(SIGNATURES_MAX + 1));
    let long = format!("{}\n\n{line}\n", "x".repeat(BYTES_MAX));
    for wrong in [
        "",
        "text\n",
        "text\n\n",
        &format!("text\n{line}\n"),
        &format!("text\n\n{line}"),
        &format!("text\n\n{line}\r\n"),
        &format!("te\txt\n\n{line}\n"),
        "text\n\n— a b\n",
        "text\n\n- a AAAAAAAA\n",
        "text\n\n— a AAAAAA==\n",
        "text\n\n— a  AAAAAAAA\n",
        "text\n\n— a+b AAAAAAAA\n",
        &many,
        &long,
    ] {
        assert!(matches!(Note::parse(wrong.as_bytes()), Err(NoteError::Malformed(_))), "{wrong:?}");
    }
    assert!(matches!(Note::parse(b"\xff\n\n"), Err(NoteError::Malformed(_))));
}

/// Issue 4 A: a signature of OpenSSL 3 (`openssl dgst -sm3 -sign … -sigopt distid:1234567812345678`), and its key.
const POINT: &str = "04fe0599de6ac7e31adcd9022e0f2a2989e239a95a67d8da8407ba4827a3f042a0b049a2ad782f27039fdb0c58340a8484940a90a45f40bab5daa1268f2d0c5b3c";
const OF_OPENSSL: &str = "6396999ac69515a4b703e4bf1646d616c70ef30ac00d393a696a4a679001f22d0214b9328159796fe7cd35c64a75cb8848c995cd18206ef8d13d9e9f45570df3";

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

#[test]
fn a_signature_of_sm2_by_openssl_is_verified() {
    let key = Public::of(Kind::Sm2, &bytes(POINT)).unwrap();
    let (message, signature) = (b"ledger.example/5202\n0\n", bytes(OF_OPENSSL));
    assert!(key.has_signed(message, &signature));
    assert!(!key.has_signed(b"ledger.example/5202\n1\n", &signature));
    let mut bent = signature.clone();
    bent[63] ^= 1;
    assert!(!key.has_signed(message, &bent) && !key.has_signed(message, &signature[..63]));
    let mut off = bytes(POINT);
    off[64] ^= 1;
    let short = [&[2], &bytes(POINT)[1..33]].concat();
    for wrong in [&off[..], &short, &bytes(POINT)[1..], &[4; 65], &[0; 65], &[]] {
        assert!(matches!(Public::of(Kind::Sm2, wrong), Err(NoteError::Key(_))), "{wrong:?}");
    }
}

/// Issue 4 A: the line of SM2 is verified by who knows its key, and nobody else is disturbed.
#[test]
fn a_line_of_sm2_stands_beside_that_of_ed25519() {
    let (log, sm) = (key("log", Kind::Note, 1), key("log", Kind::Sm2, 1));
    let note = signed("text\n", &[&log, &sm]);
    assert_eq!(note, signed("text\n", &[&log, &sm]), "the same text has the same signatures");
    assert_eq!(note.signatures[1].bytes.len(), 64);
    let kinds = |known: &[&Signer]| -> Vec<Kind> {
        let known: Vec<Verifier> = known.iter().map(|one| one.verifier().clone()).collect();
        let note = Note::parse(note.to_string().as_bytes()).unwrap();
        note.verify(&known).unwrap().into_iter().map(|one| one.kind).collect()
    };
    assert_eq!(kinds(&[&log]), [Kind::Note]);
    assert_eq!(kinds(&[&sm]), [Kind::Sm2]);
    assert_eq!(kinds(&[&log, &sm]), [Kind::Note, Kind::Sm2]);
    let mut bent = note.clone();
    bent.signatures[1].bytes[0] ^= 1;
    assert!(bent.verify(&[log.verifier().clone()]).is_ok());
    assert_eq!(bent.verify(&[sm.verifier().clone()]), Err(NoteError::BadSignature("log".to_owned())));
    // What is signed for one kind of key is nothing for the other, though the number be told.
    let mut posing = signed("text\n", &[&log]);
    posing.signatures[0].id = note.signatures[1].id;
    assert!(posing.verify(&[sm.verifier().clone()]).is_err());
    assert!(
        Signer::new("log", Kind::Sm2, &[0; 32]).is_err()
            && Signer::new("log", Kind::Sm2, &[255; 32]).is_err()
    );
}

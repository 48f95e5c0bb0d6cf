//! One target of tests/src/fuzz, named by `BAODAO_FUZZ`, under libFuzzer.
#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use tests::fuzz::{Target, find};

static TARGET: OnceLock<&Target> = OnceLock::new();

fuzz_target!(
    init: {
        let name = std::env::var("BAODAO_FUZZ").expect("BAODAO_FUZZ names the target");
        let target = find(&name).expect("no such target: see tests/src/fuzz/mod.rs");
        assert!(TARGET.set(target).is_ok());
    },
    |input: &[u8]| (TARGET.get().expect("it was set at the start").run)(input)
);

//! Cosignatures of witnesses (C2SP tlog-cosignature, v1): a checkpoint, and when it was the largest that the witness had seen.

/// Bytes of the time before the signature.
const TIME: usize = 8;

/// What is signed.
pub(crate) fn message(text: &str, at: u64) -> String {
    format!("cosignature/v1\ntime {at}\n{text}")
}

/// A signature with its time before it.
pub(crate) fn join(at: u64, signature: &[u8]) -> Vec<u8> {
    [&at.to_be_bytes(), signature].concat()
}

/// The time and the signature.
pub(crate) fn split(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let (at, signature) = bytes.split_first_chunk::<TIME>()?;
    let at = u64::from_be_bytes(*at);
    (i64::try_from(at).is_ok()).then_some((at, signature))
}

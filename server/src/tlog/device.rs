//! A log's key that never leaves a device: a card, a stick, a machine of its own, spoken to over PKCS#11.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex, PoisonError};

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::Mechanism;
use cryptoki::mechanism::eddsa::{EddsaParams, EddsaSignatureScheme};
use cryptoki::object::{Attribute, AttributeType, KeyType, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::types::AuthPin;
use proofs::note::{NoteError, Signature, Verifier};
use serde::{Deserialize, Serialize};

use crate::keyfile::{self, FileError};

/// The curve's name as devices want it, in DER: `edwards25519` (PKCS#11 3.0, 6.3.3).
const CURVE: &[u8] = b"\x13\x0cedwards25519";
/// Tag and length in DER of a point of 32 bytes.
const POINT: &[u8] = &[0x04, 0x20];

/// Why a device does not sign.
#[derive(Debug, thiserror::Error)]
pub enum DeviceError {
    /// It, or its library, says no.
    #[error("{}: {error}", library.display())]
    Refused {
        /// The library that speaks to it.
        library: PathBuf,
        /// What it says.
        error: Error,
    },
    /// There is none of this label.
    #[error("{}: no device has the label {label}", library.display())]
    NoDevice {
        /// The library that speaks to it.
        library: PathBuf,
        /// What was looked for.
        label: String,
    },
    /// It has no such key, or more than one.
    #[error("the device {label} has {count} Ed25519 key(s) with the label {key}, expected one")]
    Keys {
        /// The device.
        label: String,
        /// What was looked for.
        key: String,
        /// How many there are.
        count: usize,
    },
    /// It has another key than the folder says.
    #[error("the device {label} has another key under the label {key} than public.key says")]
    OtherKey {
        /// The device.
        label: String,
        /// What was looked for.
        key: String,
    },
    /// The file with the PIN cannot be read, or others may read it.
    #[error(transparent)]
    Pin(#[from] FileError),
    /// There is no PIN.
    #[error("{}: no such file; it holds the PIN of the device", .0.display())]
    NoPin(PathBuf),
    /// What it has is no key of notes, or what it signed does not verify.
    #[error("the device's key: {0}")]
    Note(#[from] NoteError),
}

/// Where a key is: what the file `device.json` in a signer's folder holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Whereabouts {
    /// The library of its maker, `….so`.
    pub library: PathBuf,
    /// The label of the device.
    pub device: String,
    /// The label of the key in it.
    pub key: String,
    /// The file with the PIN, which nobody but its owner may read.
    pub pin: PathBuf,
}

/// A key in a device.
pub struct DeviceKey {
    at: Whereabouts,
    verifier: Verifier,
    /// Opened anew after it failed: a device may be pulled out and come back.
    open: Mutex<Option<Open>>,
}

struct Open {
    session: Session,
    private: ObjectHandle,
}

/// Libraries that this process has begun to speak to: each once, and for as long as it lives.
static LIBRARIES: LazyLock<Mutex<HashMap<PathBuf, Pkcs11>>> = LazyLock::new(Mutex::default);

impl DeviceKey {
    /// The key of this name that is there; one is made where there is none under its label.
    pub fn make(at: Whereabouts, name: &str) -> Result<Self, DeviceError> {
        let session = at.session(true)?;
        if at.keys(&session, ObjectClass::PRIVATE_KEY)?.is_empty() {
            let label = Attribute::Label(at.key.clone().into_bytes());
            let public = [
                Attribute::EcParams(CURVE.to_vec()),
                Attribute::Token(true),
                Attribute::Verify(true),
                label.clone(),
            ];
            let private = [
                Attribute::Token(true),
                Attribute::Private(true),
                Attribute::Sensitive(true),
                Attribute::Extractable(false),
                Attribute::Sign(true),
                label,
            ];
            session
                .generate_key_pair(&Mechanism::EccEdwardsKeyPairGen, &public, &private)
                .map_err(|error| at.refused(error))?;
        }
        let verifier = Verifier::of_note(name, &at.point(&session)?)?;
        Ok(Self { at, verifier, open: Mutex::new(None) })
    }

    /// The key that was made before, whose public part is known.
    pub fn open(at: Whereabouts, verifier: Verifier) -> Result<Self, DeviceError> {
        let open = at.open(&verifier)?;
        Ok(Self { at, verifier, open: Mutex::new(Some(open)) })
    }

    /// The public part.
    pub fn verifier(&self) -> &Verifier {
        &self.verifier
    }

    /// The signature line of a text. What the device answers is verified before it is handed out. Blocks.
    pub fn sign(&self, text: &str) -> Result<Signature, DeviceError> {
        let mut held = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let open = match held.take() {
            Some(open) => open,
            None => self.at.open(&self.verifier)?,
        };
        let how = Mechanism::Eddsa(EddsaParams::new(EddsaSignatureScheme::Pure));
        let bytes = match open.session.sign(&how, open.private, text.as_bytes()) {
            Ok(bytes) => bytes,
            Err(error) => return Err(self.at.refused(error)),
        };
        *held = Some(open);
        Ok(self.verifier.signed_elsewhere(text, &bytes)?)
    }
}

impl std::fmt::Debug for DeviceKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "DeviceKey({})", self.verifier)
    }
}

impl Whereabouts {
    fn refused(&self, error: Error) -> DeviceError {
        DeviceError::Refused { library: self.library.clone(), error }
    }

    fn open(&self, verifier: &Verifier) -> Result<Open, DeviceError> {
        let session = self.session(false)?;
        if self.point(&session)? != *verifier.key() {
            return Err(DeviceError::OtherKey { label: self.device.clone(), key: self.key.clone() });
        }
        let private = self.one(&session, ObjectClass::PRIVATE_KEY)?;
        Ok(Open { session, private })
    }

    /// Signed in to the device.
    fn session(&self, writes: bool) -> Result<Session, DeviceError> {
        let library = library(&self.library).map_err(|error| self.refused(error))?;
        let no_device =
            || DeviceError::NoDevice { library: self.library.clone(), label: self.device.clone() };
        let slots = library.get_slots_with_token().map_err(|error| self.refused(error))?;
        let is_it = |slot: &_| library.get_token_info(*slot).is_ok_and(|info| info.label() == self.device);
        let slot = slots.into_iter().find(is_it).ok_or_else(no_device)?;
        let opened = if writes { library.open_rw_session(slot) } else { library.open_ro_session(slot) };
        let session = opened.map_err(|error| self.refused(error))?;
        let pin = keyfile::read_secret(&self.pin)?.ok_or_else(|| DeviceError::NoPin(self.pin.clone()))?;
        match session.login(UserType::User, Some(&AuthPin::from(pin.trim()))) {
            // Who signed in once in this process is signed in with each of its sessions.
            Ok(()) | Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => Ok(session),
            Err(error) => Err(self.refused(error)),
        }
    }

    fn keys(&self, session: &Session, class: ObjectClass) -> Result<Vec<ObjectHandle>, DeviceError> {
        let wanted = [
            Attribute::Class(class),
            Attribute::KeyType(KeyType::EC_EDWARDS),
            Attribute::Label(self.key.clone().into_bytes()),
        ];
        session.find_objects(&wanted).map_err(|error| self.refused(error))
    }

    fn one(&self, session: &Session, class: ObjectClass) -> Result<ObjectHandle, DeviceError> {
        match self.keys(session, class)?[..] {
            [one] => Ok(one),
            ref found => Err(DeviceError::Keys {
                label: self.device.clone(),
                key: self.key.clone(),
                count: found.len(),
            }),
        }
    }

    /// The public key: a point, wrapped in DER by most devices and bare by some.
    fn point(&self, session: &Session) -> Result<[u8; 32], DeviceError> {
        let public = self.one(session, ObjectClass::PUBLIC_KEY)?;
        let told = session.get_attributes(public, &[AttributeType::EcPoint]);
        let told = told.map_err(|error| self.refused(error))?;
        let point = told.iter().find_map(|one| match one {
            Attribute::EcPoint(point) => Some(point.strip_prefix(POINT).unwrap_or(point)),
            _ => None,
        });
        let point = point.and_then(|point| point.try_into().ok());
        Ok(point.ok_or(NoteError::Key("expected a point of 32 bytes"))?)
    }
}

fn library(path: &Path) -> Result<Pkcs11, Error> {
    let mut known = LIBRARIES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(library) = known.get(path) {
        return Ok(library.clone());
    }
    let library = Pkcs11::new(path)?;
    library.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK))?;
    known.insert(path.to_owned(), library.clone());
    Ok(library)
}

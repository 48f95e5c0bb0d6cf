//! A log's key in a device that speaks PKCS#11: SoftHSM, a device made of software that Debian has.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use proofs::Checkpoint;
use proofs::note::{Note, Verifier};
use tests::place::Place;
use tests::program::{Said, baodao};
use tests::serving::found;

const LIBRARY: &str = "/usr/lib/softhsm/libsofthsm2.so";
const NAME: &str = "ledger.example/5202";

/// A device with a PIN, and a folder for whoever signs with it.
struct Device {
    folder: tempfile::TempDir,
}

impl Device {
    fn new() -> Self {
        let device = Self { folder: tempfile::tempdir().unwrap() };
        std::fs::create_dir(device.file("tokens")).unwrap();
        let settings = format!("directories.tokendir = {}\n", device.file("tokens").display());
        std::fs::write(device.file("softhsm2.conf"), settings).unwrap();
        device.begin("city");
        device.write_pin("123456");
        device
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn util(&self, arguments: &[&str]) {
        let done = Command::new("softhsm2-util")
            .args(arguments)
            .env("SOFTHSM2_CONF", self.file("softhsm2.conf"))
            .output()
            .expect("there is no softhsm2-util: apt-get install softhsm2, or run tests/run");
        assert!(done.status.success(), "{done:?}");
    }

    fn begin(&self, label: &str) {
        self.util(&["--init-token", "--free", "--label", label, "--so-pin", "87654321", "--pin", "123456"]);
    }

    fn write_pin(&self, pin: &str) {
        std::fs::write(self.file("pin"), format!("{pin}\n")).unwrap();
        std::fs::set_permissions(self.file("pin"), Permissions::from_mode(0o600)).unwrap();
    }

    fn run(&self, database: &str, arguments: &[&str]) -> Said {
        let mut command = baodao(database, arguments);
        command.env("SOFTHSM2_CONF", self.file("softhsm2.conf")).output().unwrap().into()
    }

    /// `baodao key` for a folder, with the key in the device.
    fn key(&self, folder: &Path) -> Said {
        let pin = self.file("pin");
        let arguments = [
            ["key", folder.to_str().unwrap()],
            ["--name", NAME],
            ["--pkcs11", LIBRARY],
            ["--device", "city"],
            ["--pin-file", pin.to_str().unwrap()],
        ];
        let arguments: Vec<&str> = arguments.iter().flatten().copied().chain(["--json"]).collect();
        self.run("sqlite://none.db", &arguments)
    }
}

fn public(said: &Said) -> String {
    assert_eq!(said.code, 0, "{said:?}");
    said.json()["public_key"].as_str().unwrap().to_owned()
}

/// Issue 4 A: the key of a log may be in a PKCS#11 device: it signs there, is nowhere else, and a device without it signs nothing.
#[test]
fn a_log_is_signed_by_a_key_that_stays_in_its_device() {
    let (place, device) = (Place::sqlite(), Device::new());
    let (url, folder) = (place.url(), device.file("keys/default"));
    found(&url);
    let key = public(&device.key(&folder));
    assert!(!folder.join("private.key").exists());
    let again = device.key(&folder);
    assert!(again.code != 0 && again.err.contains("there is a key"), "never replaced: {again:?}");

    let keys = device.file("keys");
    let signing = ["log", "checkpoint", "--log-key", keys.to_str().unwrap()];
    let said = device.run(&url, &signing);
    assert_eq!(said.code, 0, "{said:?}");
    let note = Note::parse(said.out.as_bytes()).unwrap();
    note.verify(&[Verifier::parse(&key).unwrap()]).unwrap();
    assert!(Checkpoint::of(&note).unwrap().size > 0);

    // The same key for whoever begins with the same device anew, as after the machine before it burnt.
    assert_eq!(public(&device.key(&device.file("elsewhere"))), key);

    // What is refused: another PIN, a PIN that others may read, a device that is away, one with another key.
    let refused = |what: &str, hint: &str| {
        let said = device.run(&url, &signing);
        assert!(said.code != 0 && said.err.contains(hint), "{what}: {said:?}");
    };
    submit(&url);
    device.write_pin("654321");
    refused("another PIN", "PIN");
    device.write_pin("123456");
    std::fs::set_permissions(device.file("pin"), Permissions::from_mode(0o644)).unwrap();
    refused("a PIN for all to read", "chmod 600");
    device.write_pin("123456");
    std::fs::rename(device.file("tokens"), device.file("away")).unwrap();
    std::fs::create_dir(device.file("tokens")).unwrap();
    refused("no device", "no device has the label city");
    device.begin("city");
    refused("a device without the key", "expected one");
    public(&device.key(&device.file("third")));
    refused("a device with another key", "another key");
    std::fs::remove_dir_all(device.file("tokens")).unwrap();
    std::fs::rename(device.file("away"), device.file("tokens")).unwrap();
    assert_eq!(device.run(&url, &signing).code, 0, "the device is back");
}

fn submit(url: &str) {
    let file = tempfile::NamedTempFile::new().unwrap();
    let order = r#"{"command":"place-order","data":{"channel":"online","category":"errands","community":"520201016001","urgency":"routine"}}"#;
    std::fs::write(file.path(), order).unwrap();
    let said: Said = baodao(url, &["submit", file.path().to_str().unwrap()]).output().unwrap().into();
    assert_eq!(said.code, 0, "{said:?}");
}

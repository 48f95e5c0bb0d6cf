//! What hands do besides clicking and typing into fields: keys, ticks, files, sliders.

use std::path::Path;

use serde_json::json;

use super::Page;
use super::finding::{FINDING, quoted};

impl Page {
    /// Presses a key, and stays: a sign (`j`), or a name such as `Enter`, `ArrowRight`, `End`.
    pub async fn key(&self, name: &str) {
        let code = match name {
            "Enter" => 13,
            "End" => 35,
            "Home" => 36,
            "ArrowLeft" => 37,
            "ArrowRight" => 39,
            _ => 0,
        };
        let text = match name {
            "Enter" => "\r",
            _ if code == 0 => name,
            _ => "",
        };
        for kind in ["keyDown", "keyUp"] {
            let mut event = json!({"type": kind, "key": name, "code": name, "windowsVirtualKeyCode": code});
            if kind == "keyDown" && !text.is_empty() {
                event["text"] = json!(text);
            }
            self.ask("Input.dispatchKeyEvent", event).await;
        }
    }

    /// The same of a key that leads to another page.
    pub async fn follow_key(&self, name: &str) {
        self.leave();
        self.key(name).await;
        self.loaded().await;
    }

    /// Chooses a file in the field with this label.
    pub async fn choose_file(&self, label: &str, file: &Path) {
        let found = format!("control({})", quoted(label));
        self.until(&format!("{found} != null")).await;
        let asked = json!({"expression": format!("{{{FINDING}\n({found})}}")});
        let object = self.ask("Runtime.evaluate", asked).await["result"]["objectId"].take();
        let files = json!({"files": [file.to_str().unwrap()], "objectId": object});
        self.ask("DOM.setFileInputFiles", files).await;
    }

    /// Puts the focus on the field with this label.
    pub async fn focus(&self, label: &str) {
        let found = format!("control({})", quoted(label));
        self.until(&format!("{found} != null")).await;
        self.value(&format!("{found}.focus()")).await;
    }

    /// What the first that a selector finds says.
    pub async fn said_by(&self, selector: &str) -> String {
        let found = format!("bare(document.querySelector({}).innerText)", quoted(selector));
        self.until(&format!("document.querySelector({}) !== null", quoted(selector))).await;
        self.value(&found).await.as_str().unwrap_or_default().to_owned()
    }

    /// How many a selector finds.
    pub async fn count(&self, selector: &str) -> usize {
        let found = format!("document.querySelectorAll({}).length", quoted(selector));
        usize::try_from(self.value(&found).await.as_u64().unwrap()).unwrap()
    }
}

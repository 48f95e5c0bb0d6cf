//! A real browser, as people have it: Chromium without a window, spoken to through its own pipe. No library and no second program stand
//! between, so that nothing has to fit Chromium's version but itself.

mod finding;
mod hand;
mod look;
mod page;
mod pipe;

use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::{Child, Command};

pub use look::Look;
pub use page::Page;
use pipe::Pipe;

/// Chromium without the windows of its own, which it would draw all the same.
const PROGRAM: &str = "chromium-headless-shell";

/// Of Chromium: nothing of its own goes over the net.
const FLAGS: [&str; 9] = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
    "--lang=zh-CN",
];

/// As what pages are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    /// A phone in the hand: 360 by 780, touched.
    Phone,
    /// A screen on a desk: 1440 by 900.
    Desk,
}

impl Sight {
    /// For the names of pictures.
    pub fn name(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::Desk => "desk",
        }
    }

    fn size(self) -> (u32, u32) {
        match self {
            Self::Phone => (360, 780),
            Self::Desk => (1440, 900),
        }
    }
}

/// How somebody looks at pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Way {
    /// On what.
    pub sight: Sight,
    /// `zh` or `en`.
    pub language: &'static str,
    /// Whether scripts run.
    pub scripts: bool,
}

impl Way {
    /// On a phone, in Chinese, with scripts: as most come.
    pub const PHONE: Self = Self { sight: Sight::Phone, language: "zh", scripts: true };
    /// At a desk, in Chinese, with scripts.
    pub const DESK: Self = Self { sight: Sight::Desk, language: "zh", scripts: true };

    /// The same without scripts.
    pub fn plain(self) -> Self {
        Self { scripts: false, ..self }
    }

    /// The same in English.
    pub fn english(self) -> Self {
        Self { language: "en", ..self }
    }

    /// For the names of pictures.
    pub fn name(self) -> String {
        let plain = if self.scripts { "" } else { "-plain" };
        format!("{}-{}{plain}", self.sight.name(), self.language)
    }
}

/// A browser. It ends with its value.
pub struct Browser {
    pipe: Arc<Pipe>,
    child: Child,
    profile: Option<TempDir>,
}

impl Browser {
    /// Starts it.
    pub async fn start() -> Self {
        let profile = tempfile::tempdir().unwrap();
        // The pipe is at 3 and 4; a shell puts what we have at 0 and 1 there.
        let mut child = Command::new("sh")
            .args(["-c", "exec \"$0\" \"$@\" 3<&0 4>&1 0</dev/null 1>/dev/null 2>/dev/null", PROGRAM])
            .args(FLAGS)
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg("about:blank")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("there is no `sh`");
        let pipe = Pipe::over(child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let asked =
            tokio::time::timeout(Duration::from_secs(60), pipe.ask(None, "Browser.getVersion", json!({})));
        asked.await.ok().and_then(Result::ok).expect(
            "there is no `chromium-headless-shell` that answers: apt-get install it, or run tests/run",
        );
        Self { pipe, child, profile: Some(profile) }
    }

    /// Somebody with cookies of his own opens a page of the house at `base`.
    pub async fn somebody(&self, base: &str, way: Way) -> Page {
        let context = self.ask("Target.createBrowserContext", json!({"disposeOnDetach": false})).await;
        let context = context["browserContextId"].as_str().unwrap().to_owned();
        let wanted = json!({"url": "about:blank", "browserContextId": context});
        let target = self.ask("Target.createTarget", wanted).await["targetId"].as_str().unwrap().to_owned();
        let wanted = json!({"targetId": target, "flatten": true});
        let session =
            self.ask("Target.attachToTarget", wanted).await["sessionId"].as_str().unwrap().to_owned();
        let page = Page::new(Arc::clone(&self.pipe), session, base, way);
        page.set_up().await;
        page
    }

    async fn ask(&self, method: &str, params: Value) -> Value {
        self.pipe.ask(None, method, params).await.unwrap()
    }

    /// Ends it, and waits until it has left its folder.
    pub async fn close(mut self) {
        let _ = self.pipe.ask(None, "Browser.close", json!({})).await;
        let _ = tokio::time::timeout(Duration::from_secs(20), self.child.wait()).await;
        if let Some(profile) = self.profile.take() {
            // Its own helpers may still write for a moment.
            for _ in 0..50 {
                if std::fs::remove_dir_all(profile.path()).is_ok() {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

//! A page in somebody's hands: visited, read, clicked, filled in. Whatever takes longer than it may is told with what the page shows.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::finding::{FINDING, quoted};
use super::pipe::Pipe;
use super::{Sight, Way};

/// As long as anything may take to appear, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);
/// A little more than a frame of the screen takes.
const FRAME: Duration = Duration::from_millis(20);
/// After so many frames a place that still moves is taken where it is.
const FRAMES_MAX: usize = 50;

/// How long the first byte of a page took, in milliseconds.
pub(super) type Took = (String, f64);

/// A page.
pub struct Page {
    pipe: Arc<Pipe>,
    session: String,
    base: String,
    way: Way,
    took: std::sync::Mutex<Vec<Took>>,
    visited: std::sync::Mutex<Vec<String>>,
}

impl Page {
    pub(super) fn new(pipe: Arc<Pipe>, session: String, base: &str, way: Way) -> Self {
        Self {
            pipe,
            session,
            base: base.to_owned(),
            way,
            took: std::sync::Mutex::default(),
            visited: std::sync::Mutex::default(),
        }
    }

    pub(super) async fn set_up(&self) {
        let (width, height) = self.way.sight.size();
        let phone = self.way.sight == Sight::Phone;
        for domain in ["Page.enable", "Runtime.enable", "Network.enable", "Log.enable"] {
            self.ask(domain, json!({})).await;
        }
        // So that each page is weighed with all that it asks for.
        self.ask("Network.setCacheDisabled", json!({"cacheDisabled": true})).await;
        let metrics = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": phone});
        self.ask("Emulation.setDeviceMetricsOverride", metrics).await;
        self.ask("Emulation.setTouchEmulationEnabled", json!({"enabled": phone})).await;
        self.ask("Emulation.setTimezoneOverride", json!({"timezoneId": "Asia/Shanghai"})).await;
        let still = json!({"features": [{"name": "prefers-reduced-motion", "value": "reduce"}]});
        self.ask("Emulation.setEmulatedMedia", still).await;
        let language = if self.way.language == "en" { "en" } else { "zh-CN,zh" };
        self.ask("Network.setExtraHTTPHeaders", json!({"headers": {"Accept-Language": language}})).await;
        // As if its window were the one in front.
        self.ask("Emulation.setFocusEmulationEnabled", json!({"enabled": true})).await;
        self.let_scripts_run(self.way.scripts).await;
    }

    /// How it is looked at.
    pub fn way(&self) -> Way {
        self.way
    }

    pub(super) async fn let_scripts_run(&self, run: bool) {
        self.ask("Emulation.setScriptExecutionDisabled", json!({"value": !run})).await;
    }

    pub(super) async fn ask(&self, method: &str, params: Value) -> Value {
        self.pipe.ask(Some(&self.session), method, params).await.unwrap()
    }

    pub(super) fn told(&self, name: &str) -> Vec<Value> {
        self.pipe.told(&self.session, name)
    }

    /// The value of an expression on the page.
    pub async fn value(&self, expression: &str) -> Value {
        self.try_value(expression).await.unwrap_or_else(|problem| panic!("{problem}\n{expression}"))
    }

    /// The same of a promise. Only where scripts run is any kept.
    pub(super) async fn promised(&self, expression: &str) -> Value {
        self.asked(expression, true).await.unwrap_or_else(|problem| panic!("{problem}\n{expression}"))
    }

    async fn try_value(&self, expression: &str) -> Result<Value, String> {
        self.asked(expression, false).await
    }

    async fn asked(&self, expression: &str, wait: bool) -> Result<Value, String> {
        let script = format!("{{{FINDING}\n({expression})}}");
        let asked = json!({"expression": script, "returnByValue": true, "awaitPromise": wait});
        let mut answer = self.pipe.ask(Some(&self.session), "Runtime.evaluate", asked).await?;
        match answer.get("exceptionDetails") {
            Some(problem) => Err(problem["exception"]["description"].to_string()),
            None => Ok(answer["result"]["value"].take()),
        }
    }

    /// Waits until an expression holds.
    #[track_caller]
    pub fn until<'page>(&'page self, expression: &str) -> impl Future<Output = ()> + use<'page> {
        let (at, expression) = (std::panic::Location::caller(), expression.to_owned());
        async move {
            let since = Instant::now();
            // Between two pages there is nothing to ask.
            while self.try_value(&expression).await != Ok(Value::Bool(true)) {
                let (path, text) = if since.elapsed() < PATIENCE {
                    (String::new(), String::new())
                } else {
                    (self.path().await, self.text().await)
                };
                assert!(
                    since.elapsed() < PATIENCE,
                    "{at}: never {expression}\non {path} as {}:\n{text}",
                    self.way.name()
                );
                tokio::time::sleep(Duration::from_millis(25)).await;
            }
        }
    }

    /// Where it is: path and query.
    pub async fn path(&self) -> String {
        let value = self.try_value("location.pathname + location.search").await.unwrap_or_default();
        value.as_str().unwrap_or_default().to_owned()
    }

    /// What is to be read on it.
    pub async fn text(&self) -> String {
        let value = self.try_value("document.body.innerText").await.unwrap_or_default();
        value.as_str().unwrap_or_default().to_owned()
    }

    /// Opens an address of the house.
    pub async fn visit(&self, path: &str) {
        self.leave();
        let url = format!("{}{path}", self.base);
        let answer = self.ask("Page.navigate", json!({"url": url})).await;
        assert!(answer["errorText"].is_null(), "{url}: {}", answer["errorText"]);
        self.loaded().await;
    }

    /// Forgets what it was told of the page so far: another one comes.
    pub(super) fn leave(&self) {
        self.pipe.forget(&self.session);
    }

    /// Waits until what was asked for is there.
    pub(super) async fn loaded(&self) {
        let since = Instant::now();
        while self.told("Page.loadEventFired").is_empty() {
            assert!(
                since.elapsed() < PATIENCE,
                "{} does not load:\n{}",
                self.path().await,
                self.text().await
            );
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let path = self.path().await;
        if let Some(milliseconds) = self.first_byte() {
            self.took.lock().unwrap().push((path.clone(), milliseconds));
        }
        self.visited.lock().unwrap().push(path);
    }

    fn document(&self) -> Option<Value> {
        let responses = self.told("Network.responseReceived");
        responses.into_iter().rfind(|response| response["type"] == "Document")
    }

    /// The status that the page came with.
    pub fn status(&self) -> u64 {
        self.document().and_then(|document| document["response"]["status"].as_u64()).unwrap_or_default()
    }

    fn first_byte(&self) -> Option<f64> {
        let timing = self.document()?["response"]["timing"].take();
        Some(timing["receiveHeadersStart"].as_f64()? - timing["sendEnd"].as_f64()?)
    }

    /// The pages seen so far, and how long the first byte of each took.
    pub fn took(&self) -> Vec<(String, f64)> {
        self.took.lock().unwrap().clone()
    }

    /// The paths seen so far.
    pub fn visited(&self) -> Vec<String> {
        self.visited.lock().unwrap().clone()
    }

    /// The middle of what a script finds, where a click hits it.
    async fn place_of(&self, found: &str) -> Value {
        self.until(&format!("{found} != null")).await;
        let script = format!(
            "(() => {{ const one = {found}; one.scrollIntoView({{block: 'center', behavior: 'instant'}}); const at = one.getClientRects()[0];
            const point = {{x: at.left + at.width / 2, y: at.top + at.height / 2}}; const top = document.elementFromPoint(point.x, point.y);
            return {{...point, free: top !== null && (one.contains(top) || top.contains(one) || one.control === top)}}; }})()"
        );
        // A click is taken by the frame that is shown: that of a page that just came, or was just scrolled, may be another.
        let mut at = self.value(&script).await;
        for _ in 0..FRAMES_MAX {
            tokio::time::sleep(FRAME).await;
            let before = std::mem::replace(&mut at, self.value(&script).await);
            if before == at {
                break;
            }
        }
        assert_eq!(at["free"], true, "{found} is covered by something");
        at
    }

    async fn click(&self, at: &Value, count: u32) {
        for (kind, button, buttons) in
            [("mouseMoved", "none", 0), ("mousePressed", "left", 1), ("mouseReleased", "left", 0)]
        {
            let event = json!({"type": kind, "x": at["x"], "y": at["y"], "button": button, "buttons": buttons, "clickCount": count});
            self.ask("Input.dispatchMouseEvent", event).await;
        }
    }

    async fn press_found(&self, found: &str) {
        let at = self.place_of(found).await;
        self.click(&at, 1).await;
    }

    /// Clicks what has this text, and stays.
    pub async fn press(&self, text: &str) {
        self.press_found(&format!("clickable({})", quoted(text))).await;
    }

    /// Clicks the first that a selector finds, and stays.
    pub async fn press_first(&self, selector: &str) {
        self.press_found(&format!("[...document.querySelectorAll({})].find(shown)", quoted(selector))).await;
    }

    /// Clicks what has this text, which leads to another page.
    pub async fn follow(&self, text: &str) {
        self.leave();
        self.press(text).await;
        self.loaded().await;
    }

    /// The same, within the smallest part of the page that says something.
    pub async fn follow_within(&self, part: &str, text: &str) {
        self.leave();
        self.press_found(&format!("clickable({}, {})", quoted(text), quoted(part))).await;
        self.loaded().await;
    }

    /// Clicks the first that a selector finds, which leads to another page.
    pub async fn follow_first(&self, selector: &str) {
        self.leave();
        self.press_first(selector).await;
        self.loaded().await;
    }

    /// Clicks twice, as an impatient hand does, what leads to another page.
    pub async fn follow_twice(&self, selector: &str) {
        let found = format!("[...document.querySelectorAll({})].find(shown)", quoted(selector));
        self.leave();
        let at = self.place_of(&found).await;
        for count in [1, 2] {
            self.click(&at, count).await;
        }
        self.loaded().await;
    }

    /// Fills in the field with this label.
    pub async fn fill(&self, label: &str, text: &str) {
        let found = format!("control({})", quoted(label));
        self.until(&format!("{found} != null")).await;
        let script = format!(
            "(() => {{ const one = {found}; one.focus(); const typed = one.matches('textarea, input:not([type]), input[type=text], input[type=password], input[type=search], input[type=tel], input[type=number]');
            if (typed) one.select(); else {{ one.value = {}; one.dispatchEvent(new Event('input', {{bubbles: true}})); one.dispatchEvent(new Event('change', {{bubbles: true}})); }} return typed; }})()",
            quoted(text)
        );
        if self.value(&script).await == true {
            // As a hand types it.
            self.ask("Input.insertText", json!({"text": text})).await;
        }
        let holds = format!("{found}.value.replaceAll('\\r\\n', '\\n') === {}", quoted(text));
        self.until(&holds).await;
    }

    /// Chooses a word, by what it is called, in the field with this label.
    pub async fn choose(&self, label: &str, word: &str) {
        let script = format!(
            "(() => {{ const one = control({}); if (one?.tagName !== 'SELECT') return false; const option = best([...one.options], {}, (option) => bare(option.text));
            one.value = option.value; one.dispatchEvent(new Event('change', {{bubbles: true}})); return true; }})()",
            quoted(label),
            quoted(word)
        );
        if self.value(&script).await != true {
            self.press(word).await;
        }
    }

    /// What is in the field with this label.
    pub async fn filled(&self, label: &str) -> String {
        let value = self.value(&format!("control({})?.value", quoted(label))).await;
        value.as_str().unwrap_or_default().to_owned()
    }

    /// The page says this, or does soon.
    #[track_caller]
    pub fn sees<'page>(&'page self, text: &str) -> impl Future<Output = ()> + use<'page> {
        self.until(&format!("bare(document.body.innerText).includes({})", quoted(text)))
    }

    /// Goes back.
    pub async fn back(&self) {
        let history = self.ask("Page.getNavigationHistory", json!({})).await;
        let current = usize::try_from(history["currentIndex"].as_u64().unwrap()).unwrap();
        let entry = history["entries"][current - 1]["id"].clone();
        self.leave();
        self.ask("Page.navigateToHistoryEntry", json!({"entryId": entry})).await;
        let path = history["entries"][current - 1]["url"].clone();
        self.until(&format!("location.href === {path} && document.readyState === 'complete'")).await;
    }

    /// Loads it once more.
    pub async fn reload(&self) {
        self.leave();
        self.ask("Page.reload", json!({})).await;
        self.loaded().await;
    }

    /// Keeps a picture of the page, at most three heights of the screen, as an artefact of the run.
    pub async fn picture(&self, name: &str) -> PathBuf {
        let whole = self.value("document.documentElement.scrollHeight").await.as_u64().unwrap_or_default();
        let screen = u64::from(self.way.sight.size().1);
        let bytes = self.taken(whole.clamp(screen, screen * 3), 1.0).await;
        let folder = super::look::pictures();
        std::fs::create_dir_all(&folder).unwrap();
        let file = folder.join(format!("{name}-{}.webp", self.way.name()));
        std::fs::write(&file, bytes).unwrap();
        file
    }

    /// A small picture of what fits on the screen.
    pub async fn glimpse(&self) -> Vec<u8> {
        let (_, height) = self.way.sight.size();
        self.taken(u64::from(height), if self.way.sight == Sight::Desk { 0.7 } else { 1.0 }).await
    }

    async fn taken(&self, height: u64, scale: f64) -> Vec<u8> {
        let clip =
            json!({"x": 0, "y": 0, "width": self.way.sight.size().0, "height": height, "scale": scale});
        let wanted = json!({"format": "webp", "quality": 60, "captureBeyondViewport": true, "clip": clip});
        let taken = self.ask("Page.captureScreenshot", wanted).await;
        STANDARD.decode(taken["data"].as_str().unwrap()).unwrap()
    }
}

//! What is wrong with a page as the browser shows it, whatever it says: barriers that axe-core finds (WCAG 2.0 to 2.2, A and AA), parts
//! that stand out of the screen, errors of scripts, weight, and what moves after it is there.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::Page;

/// Bytes of a page at most, with its style and scripts, without pictures.
const WEIGHT: u64 = 100_000;

/// What axe-core is asked for.
const RULES: &str =
    "{runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'], resultTypes: ['violations']}";

/// What moved by itself after it was there, by how much, from where to where. Less than a thousandth is a border that is drawn anew, and no
/// shift that anybody sees.
const MOVED: &str = "new Promise((done) => {
    const at = ({x, y, width, height}) => `${x} ${y} ${width}×${height}`, name = (node) => node?.outerHTML?.slice(0, 120) ?? node?.textContent;
    const moved = [];
    new PerformanceObserver((list) => moved.push(...list.getEntries())).observe({type: 'layout-shift', buffered: true});
    setTimeout(() => done(moved.filter((one) => !one.hadRecentInput && one.value > 0.001).map((one) =>
        `${one.value} ${one.sources.map((part) => `${at(part.previousRect)} to ${at(part.currentRect)} ${name(part.node)}`).join('; ')}`)), 60);
})";

fn target() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("target");
    std::env::var_os("CARGO_TARGET_DIR").map_or(own, PathBuf::from)
}

/// Where pictures are kept.
pub(super) fn pictures() -> PathBuf {
    std::env::var_os("BAODAO_PICTURES").map_or_else(|| target().join("pictures"), PathBuf::from)
}

fn axe() -> String {
    let file = target().join("tools/axe/axe.min.js");
    std::fs::read_to_string(&file).unwrap_or_else(|error| {
        panic!(
            "{} cannot be read ({error}): tests/run installs it from the npm registry (npm pack axe-core)",
            file.display()
        )
    })
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Look {
    /// Each as a sentence.
    pub findings: Vec<String>,
    /// Bytes, without pictures.
    pub weight: u64,
}

impl Page {
    /// Looks at the page as it is.
    pub async fn look(&self) -> Look {
        let weight = self.weight();
        let mut findings = self.barriers().await;
        if weight >= WEIGHT {
            findings.push(format!("it weighs {weight} bytes"));
        }
        findings.extend(self.errors());
        let out = "(() => { const most = document.documentElement.clientWidth;
            if (document.documentElement.scrollWidth <= most) return ''; const one = [...document.querySelectorAll('main *, header *, footer *')].find((one) => one.getBoundingClientRect().right > most + 1);
            return `${document.documentElement.scrollWidth} of ${most} wide: ${one?.outerHTML.slice(0, 160)}`; })()";
        findings.extend(
            self.value(out).await.as_str().filter(|out| !out.is_empty()).map(|out| format!("it is {out}")),
        );
        Look { findings, weight }
    }

    /// The same, of which nothing may come.
    pub async fn is_well(&self) {
        let look = self.look().await;
        let (path, way) = (self.path().await, self.way().name());
        assert!(self.status() < 500, "{path} as {way}: {}", self.text().await);
        assert!(look.findings.is_empty(), "{path} as {way}:\n{}", look.findings.join("\n"));
    }

    async fn barriers(&self) -> Vec<String> {
        // What a bar lies over only because the page is scrolled is in nobody's way.
        self.value("scrollTo({top: 0, behavior: 'instant'})").await;
        // Axe itself is a script; of the page none runs any more.
        self.let_scripts_run(true).await;
        self.value(&format!("(0, eval)({}), typeof axe", Value::from(axe()))).await;
        let asked = format!(
            "axe.run({RULES}).then(({{violations}}) => violations.map(({{id, help, nodes}}) => `${{id}} (${{help}}): ${{nodes.length}} × ${{nodes[0].html.slice(0, 200)}} ${{nodes[0].failureSummary}}`))"
        );
        let found = self.promised(&asked).await;
        let moved = self.promised(MOVED).await;
        if !self.way().scripts {
            self.let_scripts_run(false).await;
        }
        let mut findings: Vec<String> =
            found.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
        findings.extend(
            moved
                .as_array()
                .into_iter()
                .flatten()
                .map(|moved| format!("its parts moved after they were there: {moved}")),
        );
        findings
    }

    fn weight(&self) -> u64 {
        let is_picture = |id: &Value| {
            let responses = self.told("Network.responseReceived");
            responses.iter().any(|one| one["requestId"] == *id && one["type"] == "Image")
        };
        let finished = self.told("Network.loadingFinished");
        let counted = finished.iter().filter(|one| !is_picture(&one["requestId"]));
        counted.filter_map(|one| one["encodedDataLength"].as_f64()).map(|bytes| bytes as u64).sum()
    }

    /// Errors of scripts, and what could not be loaded. That the page itself is a refusal is for the journey to judge.
    fn errors(&self) -> Vec<String> {
        let thrown = self.told("Runtime.exceptionThrown");
        let thrown = thrown
            .iter()
            .map(|one| format!("a script failed: {}", one["exceptionDetails"]["exception"]["description"]));
        let logged = self.told("Log.entryAdded").into_iter().map(|mut one| one["entry"].take());
        let own = self.told("Network.responseReceived");
        let own: Vec<&Value> =
            own.iter().filter(|one| one["type"] == "Document").map(|one| &one["response"]["url"]).collect();
        let logged = logged
            .filter(|entry| {
                entry["level"] == "error" && !(entry["source"] == "network" && own.contains(&&entry["url"]))
            })
            .map(|entry| format!("the console says {}: {}", entry["text"], entry["url"]));
        let said = self.told("Runtime.consoleAPICalled");
        let said = said
            .iter()
            .filter(|one| one["type"] == "error")
            .map(|one| format!("a script says {}", one["args"]));
        thrown.chain(logged).chain(said).collect()
    }
}

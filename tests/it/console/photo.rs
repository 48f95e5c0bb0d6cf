//! The photo of a service: it goes with the form, and is a picture to whoever may see it.

use serde_json::json;
use tests::town::{Town, both};

use super::{page, sent, shown};

const HERE: &str = "520201016001";
/// The smallest picture that there is.
const PICTURE: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=";

/// C8: who served shows how; who asked and the community see it as a picture, not as letters, and nobody else sees it at all.
#[tokio::test]
async fn a_photo_is_seen_by_whom_it_concerns() {
    both(async |town: Town| {
        town.set_time("2026-03-02T09:00:00+08:00");
        let order = json!({"demand": "d-1", "channel": "online", "category": "errands", "community": HERE, "urgency": "routine", "placed_by": "r-1", "text": "买菜"});
        let (asker, member) = (town.acting("resident", "r-1"), town.acting("member", "m-1"));
        let worker = town.acting("community-worker", &format!("w-1@{HERE}"));
        asker.ok("place-order", order).await;
        worker.ok("screen-demand", json!({"demand": "d-1"})).await;
        worker.ok("dispatch-order", json!({"demand": "d-1", "member": "m-1"})).await;
        member.ok("accept-order", json!({"demand": "d-1", "member": "m-1"})).await;
        // The form says what becomes of a photo, and that it takes scripts.
        let form = shown(&member, "/taken/d-1").await;
        for part in ["data-photo=\"photo\"", "data-photo-kept hidden", "data-photo-bad hidden", "<noscript>", "name=\"photo\" value=\"\""] {
            assert!(form.contains(part), "{part} in {form}");
        }
        // What was refused keeps it.
        let typed = [("demand", "d-1"), ("member", "m-1"), ("minutes", "none"), ("form", "undertaking"), ("photo", PICTURE), ("_next", "/taken/d-1")];
        let (status, _, again) = sent(&member, "/act/complete-service", &typed).await;
        assert!(status >= 400 && again.contains(&format!("name=\"photo\" value=\"{PICTURE}\"")), "{status} {again}");
        let typed = typed.map(|(name, value)| (name, if name == "minutes" { "30" } else { value }));
        let (status, _, after) = sent(&member, "/act/complete-service", &typed).await;
        assert_eq!(status, 200, "{after}");
        let picture = format!("src=\"data:image/png;base64,{PICTURE}\"");
        for (who, path) in [(&asker, "/mine/d-1"), (&worker, "/board/d-1")] {
            let page = shown(who, path).await;
            assert!(page.contains(&picture), "{path} {page}");
            assert_eq!(page.matches(PICTURE).count(), 1, "{path} {page}");
        }
        for (role, id, path) in [("resident", "r-2", "/mine/d-1"), ("member", "m-2", "/taken/d-1"), ("community-worker", "w-2@520203001001", "/board/d-1")] {
            let (_, other) = page(&town.acting(role, id), path).await;
            assert!(!other.contains(PICTURE), "{role} {path} {other}");
        }
    })
    .await;
}

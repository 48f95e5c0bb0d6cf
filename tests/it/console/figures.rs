//! Figures: the same numbers as the interface, as tiles, plots and tables; the map of grids; files.

use serde_json::{Value, json};
use tests::town::{Town, both};

use super::{page, shown};

const PHOENIX: &str = "520201016001";

/// A grid with vacancies, and two demands in it, one of which is late.
async fn busy(town: &Town) {
    town.set_time("2026-03-02T09:00:00+08:00");
    let grid = json!({"grid": "520201016001001", "kind": "base", "template": "double_heads", "households": 200, "name": "第一网格"});
    town.ok("define-grid", grid).await;
    for demand in ["d-1", "d-2"] {
        let issue = json!({"demand": demand, "issue": "issue", "channel": "window", "category": "errands",
            "community": PHOENIX, "grid": "520201016001001", "urgency": "routine"});
        town.ok("raise-issue", issue).await;
    }
    town.set_time("2026-04-02T09:00:00+08:00");
}

/// Issue 5: figures by division and period with plots, the numbers of each in a table beside it; drill down to rows and divisions.
#[tokio::test]
async fn figures_are_those_of_the_interface() {
    both(async |town: Town| {
        busy(&town).await;
        let department = town.acting("organisation-department", "o-1@5202");
        let told = department.get("/v1/statistics?division=5202&by=month").await;
        let placed = told["figures"]
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["measure"] == "demands_placed")
            .unwrap();
        assert_eq!(placed["value"], 2);
        let text = shown(&department, "/figures").await;
        for said in [
            "role=\"img\"",
            "<title",
            "2026-03",
            "/sheets/demands?community=5202",
            "division=520201",
            "报到覆盖",
        ] {
            assert!(text.contains(said), "{said}\n{text}");
        }
        let text = shown(&department, "/figures?division=520201016001&from=2026-03&to=2026-03").await;
        assert!(
            text.contains("placed_at_from=2026-03-01") && text.contains("placed_at_before=2026-04-01"),
            "{text}"
        );
        assert!(text.contains("凤凰社区"), "{text}");
        // Out of reach.
        assert_eq!(page(&department, "/figures?division=5203").await.0, 403);
        assert_eq!(page(&town.acting("member", "m-1"), "/figures").await.0, 403);
        assert_eq!(page(&department, "/figures?from=soon").await.0, 400);
        let load = shown(&department, "/figures/load").await;
        assert!(!load.contains("积分"), "nobody is ranked by points");
    })
    .await;
}

/// Issue 5: a tile for each grid, lettered beside its colour, with the same figures in a table.
#[tokio::test]
async fn grids_are_tiles_of_a_map() {
    both(async |town: Town| {
        busy(&town).await;
        let department = town.acting("organisation-department", "o-1@5202");
        assert!(
            shown(&department, "/figures/map").await.contains("division=520201"),
            "a wider place is narrowed first"
        );
        for (measure, said) in [
            ("vacancies", "class=\"l4\""),
            ("open", "<b>2</b>"),
            ("overdue", "<b>2</b>"),
            ("satisfaction", "class=\"lnone\""),
        ] {
            let text =
                shown(&department, &format!("/figures/map?division=520201016&measure={measure}")).await;
            assert!(text.contains("/sheets/grids/520201016001001"), "{text}");
            assert!(text.contains(said), "{measure}: {said}\n{text}");
        }
        assert!(shown(&department, &format!("/figures/map?community={PHOENIX}")).await.contains("第一网格"));
    })
    .await;
}

/// Issue 5: what is on the screen goes out as CSV, Excel and PDF, from lists and from statistics.
#[tokio::test]
async fn tables_go_out_as_pdf() {
    both(async |town: Town| {
        busy(&town).await;
        let department = town.acting("organisation-department", "o-1@5202");
        let seen = town.position_now().await;
        for path in [
            "/v1/demands?kind=issue",
            "/v1/statistics?division=5202&by=month",
            "/v1/divisions?limit=1",
            "/v1/units?limit=5",
        ] {
            let request =
                department.request(reqwest::Method::GET, &format!("{path}&format=pdf&at_least={seen}"));
            let answer = request.send().await.unwrap();
            assert_eq!(answer.status(), 200, "{path}");
            assert_eq!(answer.headers()["content-type"], "application/pdf", "{path}");
            let bytes = answer.bytes().await.unwrap();
            assert!(bytes.starts_with(b"%PDF-") && bytes.len() > 2000, "{path}");
        }
        let csv = department.request(
            reqwest::Method::GET,
            &format!("/v1/statistics?by=month&division=5202&format=csv&at_least={seen}"),
        );
        let csv = csv.send().await.unwrap().text().await.unwrap();
        assert!(csv.starts_with("\u{feff}figure,whole,2026-01,2026-03"), "{csv}");
        assert!(csv.lines().any(|line| line.ends_with(",2,0,2")), "{csv}");
        let problem: Value = department.get_status("/v1/demands?format=doc").await.1;
        assert_eq!(problem["code"], "query.invalid_parameter");
    })
    .await;
}

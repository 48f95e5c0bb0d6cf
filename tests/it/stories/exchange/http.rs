//! Files over HTTP, on both databases.

use aggregates::policy::PRESETS;
use aggregates::rulebook::SHIPPED_CATALOGUES;
use projections::ports::Feed;
use reqwest::Method;
use serde_json::{Value, json};
use server::exchange::{self, Format, KINDS, kind};
use tests::place::Place;
use tests::town::{Town, both};

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Posts a file; status and answer.
async fn import(town: &Town, path: &str, media: &str, file: impl Into<reqwest::Body>) -> (u16, Value) {
    let request = town.request(Method::POST, &format!("/v1/imports/{path}"));
    let response = request.header("Content-Type", media).body(file).send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

async fn csv(town: &Town, path: &str, file: &str) -> (u16, Value) {
    import(town, path, "text/csv", file.to_owned()).await
}

async fn head(town: &Town) -> u64 {
    town.app().store().head().await.unwrap()
}

/// The file of a kind, with everything that the ledger knows in it.
async fn export(town: &Town, path: &str) -> Vec<u8> {
    let joint = if path.contains('?') { '&' } else { '?' };
    let path = format!("/v1/exports/{path}{joint}at_least={}", head(town).await);
    let response = town.request(Method::GET, &path).send().await.unwrap();
    assert_eq!(response.status(), 200, "{path}");
    response.bytes().await.unwrap().to_vec()
}

const MEMBERS: &str = "成员编号,单位编号,职级,服务专长\n\
                       m-101,u-tax,科级干部,legal_aid;tutoring\n\
                       m-102,u-hospital,regular_cadre,\n";

/// Design §5, A1: a file is recorded in one step under a command of its own; the very same file again is nothing new; a dry
/// run tells what would be recorded and stores nothing.
#[tokio::test]
async fn a_file_is_recorded_as_a_whole_and_once() {
    both(async |town: Town| {
        town.set_time("2026-03-02T09:00:00+08:00");
        let before = head(&town).await;
        let (status, told) = csv(&town, "members?dry_run=true", MEMBERS).await;
        assert_eq!(
            (status, &told["events"], &told["dry_run"]),
            (200, &json!({"MemberEnrolled": 2}), &json!(true))
        );
        assert!(told["position"].is_null());
        assert_eq!(head(&town).await, before, "a dry run stored something");
        let (status, done) = csv(&town, "members", MEMBERS).await;
        assert_eq!((status, &done["events"], &done["rows"]), (201, &json!({"MemberEnrolled": 2}), &json!(2)));
        assert_eq!(done["position"].as_u64(), Some(before + 2));
        assert_eq!(done["command_id"], told["command_id"]);
        let row = town.get(&format!("/v1/members/m-101?at_least={}", before + 2)).await;
        assert_eq!(
            (&row["rank"], &row["skills"]),
            (&json!("section_cadre"), &json!(["legal_aid", "tutoring"]))
        );
        let (status, again) = csv(&town, "members", MEMBERS).await;
        assert_eq!((status, &again["repeat"], &again["position"]), (200, &json!(true), &done["position"]));
        let (status, told) = csv(&town, "members?dry_run=true", MEMBERS).await;
        assert_eq!((status, &told["repeat"]), (200, &json!(true)));
        // Another file with the same rows and one more brings only that one.
        let (status, more) = csv(&town, "members", &format!("{MEMBERS}m-103,u-tax,member,\n")).await;
        assert_eq!((status, &more["events"]), (201, &json!({"MemberEnrolled": 1})));
        assert_eq!(head(&town).await, before + 3);
    })
    .await;
}

/// Issue «Bad input»: a broken row is told by row, column, what stands there and what was expected, in the caller's
/// language, and nothing is imported; refusals of rules are told the same way.
#[tokio::test]
async fn a_broken_row_is_told_and_nothing_is_imported() {
    both(async |town: Town| {
        let before = head(&town).await;
        let broken = format!("{MEMBERS}m-103,u-tax,boss,\nm-101,u-tax,member,\n");
        let request = town.request(Method::POST, "/v1/imports/members").header("Accept-Language", "en");
        let response = request.header("Content-Type", "text/csv").body(broken.clone()).send().await.unwrap();
        assert_eq!(
            (response.status().as_u16(), response.headers()["content-type"].to_str().unwrap()),
            (422, "application/problem+json")
        );
        let problem: Value = response.json().await.unwrap();
        assert_eq!(problem["code"], "import.faulty");
        assert_eq!(problem["detail"], "the file has 2 faults; nothing was imported");
        let fault = &problem["errors"][0];
        assert_eq!(
            (&fault["row"], &fault["column"], &fault["letter"], &fault["found"]),
            (&json!(4), &json!("rank"), &json!("C"), &json!("boss"))
        );
        assert_eq!(fault["detail"], "expected one of county_leader, section_cadre, regular_cadre, member");
        assert_eq!(problem["errors"][1]["row"], 5);
        let (status, problem) = csv(&town, "members", &broken).await;
        assert_eq!((status, &problem["detail"]), (422, &json!("文件有 2 处错误，全部未入库")));
        // Rules: an unknown unit, and a member who stands in another unit's ledger.
        let refused = format!("{MEMBERS}m-104,u-none,member,\nm-1,u-hospital,member,\n");
        for path in ["members?dry_run=true", "members"] {
            let (status, problem) = csv(&town, path, &refused).await;
            let told: Vec<_> = problem["errors"]
                .as_array()
                .unwrap()
                .iter()
                .map(|fault| {
                    (
                        fault["row"].as_u64().unwrap(),
                        fault["column"].as_str(),
                        fault["code"].as_str().unwrap(),
                    )
                })
                .collect();
            assert_eq!(status, 422);
            assert_eq!(told[0], (4, Some("unit"), "unit.unknown"), "{problem}");
            assert_eq!(told[1].0, 5, "{problem}");
        }
        assert_eq!(head(&town).await, before, "a refused file left a trace");
    })
    .await;
}

/// Issue «Bad input»: other kinds, types and workbooks are refused with their codes; the server goes on.
#[tokio::test]
async fn what_is_no_file_of_a_kind_is_refused() {
    both(async |town: Town| {
        let before = head(&town).await;
        assert_eq!(csv(&town, "wages", MEMBERS).await.1["code"], "exchange.unknown_kind");
        assert_eq!(csv(&town, "members?dry=1", MEMBERS).await.1["code"], "query.unknown_parameter");
        let (status, problem) = import(&town, "members", "application/json", "[]").await;
        assert_eq!((status, &problem["code"]), (415, &json!("request.media_type")));
        let (status, problem) = import(&town, "members", XLSX, "PK\u{3}\u{4}…").await;
        assert_eq!((status, &problem["code"]), (422, &json!("import.faulty")));
        let (status, problem) = csv(&town, "members", "").await;
        assert_eq!((status, problem["errors"][0]["row"].is_null()), (422, true));
        let (status, problem) = town.get_status("/v1/exports/members?format=pdf").await;
        assert_eq!((status, &problem["code"]), (422, &json!("query.invalid_parameter")));
        assert_eq!(head(&town).await, before);
        assert_eq!(csv(&town, "members", MEMBERS).await.0, 201);
    })
    .await;
}

/// A6: a batch comes as a workbook: announced, reported row by row, and reconciled: who is missing, who came unexpected.
#[tokio::test]
async fn a_batch_of_reports_comes_as_a_workbook_and_is_reconciled() {
    both(async |town: Town| {
        town.set_time("2026-03-02T09:00:00+08:00");
        assert_eq!(csv(&town, "members", MEMBERS).await.0, 201);
        let batches = "batch,community,unit,expected\nb-1,520201016001,,m-101、m-102、m-2\n";
        assert_eq!(csv(&town, "batches", batches).await.0, 201);
        let rows = [
            json!({"member": "m-101", "kind": "unit_linked", "community": "520201016001", "batch": "b-1"}),
            json!({"member": "m-102", "kind": "unit_linked", "community": "520201016001", "batch": "b-1"}),
        ];
        let book = exchange::write::table(kind("reports").unwrap(), &rows, Format::Xlsx).unwrap();
        let (status, done) = import(&town, "reports", XLSX, book.clone()).await;
        assert_eq!((status, &done["events"]["MemberReported"]), (201, &json!(2)), "{done}");
        assert_eq!(import(&town, "reports", XLSX, book).await.0, 200);
        let at = done["position"].as_u64().unwrap();
        let batch = town.get(&format!("/v1/batches/b-1?at_least={at}")).await;
        assert_eq!((&batch["expected_count"], &batch["received"]), (&json!(3), &json!(2)));
        assert_eq!(batch["missing"], json!(["m-2"]));
    })
    .await;
}

/// A5: the file of exclusions tells the reasons, so only those who keep them get it.
#[tokio::test]
async fn the_reasons_of_exclusions_are_exported_for_two_roles_only() {
    both(async |town: Town| {
        town.set_time("2026-03-02T09:00:00+08:00");
        let file = "member,reason,from,until\nm-1,特种岗位,2026-03-01,\nm-2,village_aid,2026/3/1,2028.2.29\n";
        let (status, done) = csv(&town, "exclusions", file).await;
        assert_eq!(status, 201, "{done}");
        let at = head(&town).await;
        let review = town.acting("promotion-review", "x-1");
        assert_eq!(review.get_status(&format!("/v1/exports/exclusions?at_least={at}")).await.0, 403);
        for role in ["operator", "community-worker"] {
            let other = town.acting(role, "x-1");
            let (status, problem) = other.get_status(&format!("/v1/exports/exclusions?at_least={at}")).await;
            assert_eq!((status, &problem["code"]), (403, &json!("export.not_for_role")), "{role}");
        }
        let keeper = town.acting("organisation-department", "o-1");
        let file = String::from_utf8(export(&keeper, "exclusions").await).unwrap();
        assert_eq!(
            file,
            "\u{feff}member,reason,from,until\r\nm-1,special_post,2026-03-01,\r\nm-2,village_aid,2026-03-01,2028-02-29\r\n"
        );
    })
    .await;
}

fn text(shipped: &[(&str, &str)], name: &str) -> String {
    shipped.iter().find(|(known, _)| *known == name).unwrap().1.to_owned()
}

/// Everything that a town can hold, kind by kind.
const WORLD: &[(&str, &str)] = &[
    (
        "estates",
        "estate,community,kind,name,households,buildings\ne-1,520201016001,large_estate,=凤凰花园,1200,18\ne-2,520201016001,单位宿舍,\"税务局宿舍, 1 号楼\",48,1\n",
    ),
    (
        "units",
        "unit,name,class,division,upper\nu-a,税务一所,机关,520201,u-z\nu-z,区直机关工委,organ,520201,\n",
    ),
    ("unit-links", "unit,community,estate\nu-a,520201016001,e-1\nu-z,520201016002,\n"),
    ("members", MEMBERS),
    (
        "residences",
        "member,community,dwelling,estate\nm-101,520201016001,大型小区,e-1\nm-102,520201016002,自建房,\n",
    ),
    ("batches", "batch,community,unit,expected\nb-1,520201016001,u-tax,m-101\n"),
    (
        "reports",
        "member,kind,community,batch\nm-101,unit_linked,520201016001,b-1\nm-101,residence,520201016001,\nm-102,居住地社区,520201016002,\n",
    ),
    (
        "grids",
        "grid,kind,name,households,estates,template,filed\n520201016001001,基础网格,凤凰一网格,300,e-1;e-2,four_plus_n,是\n520201016001002,base,凤凰二网格,280,,,否\n",
    ),
    (
        "posts",
        "grid,slot,member,person,source,estate\n520201016001001,section_cadre,m-101,,,\n520201016001001,volunteers,,p-1,志愿者,\n520201016001001,volunteers,,p-2,物业服务企业人员,\n",
    ),
    (
        "households",
        "household,community,grid,needs,consent\nh-1,520201016001,520201016001001,老年人;困难家庭,是\nh-2,520201016002,,hardship,no\n",
    ),
    ("pairs", "household,member\nh-1,m-101\nh-2,m-102\n"),
    (
        "demands",
        "demand,kind,channel,category,community,grid,estate,household,placed_by,urgency\nd-1,居民点单,社区窗口,legal_advice,520201016001,520201016001001,e-1,h-1,r-1,一般\nd-2,micro_wish,online,appliance_repair,520201016002,,,,,urgent\nd-3,petition,talk_day,legal_advice,520201016001,,,,,routine\n",
    ),
    ("exclusions", "member,reason,from,until\nm-3,驻村帮扶,2026-03-01,2028-02-29\n"),
];

/// Design §5: what is exported, imported into a fresh ledger and exported again is the same, byte by byte, for every kind,
/// as CSV and as a workbook.
#[tokio::test]
async fn what_goes_out_comes_in_again_the_same() {
    both(async |town: Town| {
        // A Friday: 百姓说事日 is kept on Fridays only.
        town.set_time("2026-03-06T09:00:00+08:00");
        for (kind, file) in WORLD {
            let (status, told) = csv(&town, kind, file).await;
            assert_eq!(status, 201, "{kind}: {told}");
        }
        // Households are the community's to see; the reasons of exclusions the department's.
        let keeper = |town: &Town, kind: &str| match kind {
            "households" | "pairs" => town.acting("community-worker", "w-1"),
            _ => town.acting("organisation-department", "o-1"),
        };
        for format in ["csv", "xlsx"] {
            let (fresh, stop) = Town::open(Place::sqlite()).await;
            fresh.ok("adopt-policy", json!({"text": text(PRESETS, "liupanshui")})).await;
            fresh.ok("adopt-duty-catalogue", json!({"text": SHIPPED_CATALOGUES[0].1})).await;
            fresh.set_time("2026-03-06T10:00:00+08:00");
            for kind in KINDS {
                let keeper = keeper(&town, kind.name);
                let out = export(&keeper, &format!("{}?format={format}", kind.name)).await;
                let media = if format == "csv" { "text/csv" } else { XLSX };
                let (status, told) = import(&fresh, kind.name, media, out).await;
                assert!(status == 201 || status == 200, "{}: {told}", kind.name);
            }
            for kind in KINDS {
                let before = String::from_utf8(export(&keeper(&town, kind.name), kind.name).await).unwrap();
                let after = String::from_utf8(export(&keeper(&fresh, kind.name), kind.name).await).unwrap();
                assert_eq!(before, after, "{}", kind.name);
                let rows = WORLD
                    .iter()
                    .find(|(name, _)| *name == kind.name)
                    .map_or(1, |(_, file)| file.lines().count() - 1);
                assert!(before.lines().count() > rows, "{} lost rows: {before}", kind.name);
            }
            stop.now().await;
        }
    })
    .await;
}

/// Design §5: a large file goes in as one step.
#[tokio::test]
async fn two_thousand_members_come_in_one_step() {
    both(async |town: Town| {
        let rows: String =
            (0..2000).map(|n| format!("m-x{n:05},u-tax,regular_cadre,")).collect::<Vec<_>>().join("\n");
        let file = format!("member,unit,rank,skills\n{rows}");
        let before = head(&town).await;
        let (status, done) = csv(&town, "members", &file).await;
        assert_eq!((status, &done["events"]), (201, &json!({"MemberEnrolled": 2000})));
        assert_eq!(head(&town).await, before + 2000);
        let first = town.app().store().after(before, 1).await.unwrap().remove(0);
        let last = town.app().store().after(before + 1999, 1).await.unwrap().remove(0);
        assert_eq!(first.recorded_at, last.recorded_at);
        let out = String::from_utf8(export(&town, "members").await).unwrap();
        assert_eq!(out.lines().count(), 1 + 2000 + 3);
    })
    .await;
}

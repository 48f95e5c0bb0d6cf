//! The table of routes. A new one is a line here: the router and the API description read it.

mod auditing;
mod door;
mod emergencies;
mod exchanging;
mod personal;
mod proving;
mod trying;

use std::sync::Arc;

use aggregates::ledger::STREAM_TYPES;
use axum::Router;
use axum::http::{HeaderValue, Method, header};
use axum::middleware::{from_fn_with_state, map_response};
use axum::response::Response;
use axum::routing::{MethodRouter, get, post};
use utoipa_swagger_ui::{Config, SwaggerUi};

use super::parameters::{
    ACTOR, AFTER, AS_OF, AT_LEAST, BY, CURSOR, DIVISION, ENVELOPE, FORMAT, FROM_MONTH, ID, LAST_EVENT_ID,
    LIMIT, ON, SEARCH, STREAM_TYPE, TO_MONTH, VISITS, YEAR,
};
use super::route::{Answer, Content, Doc, Family, Parameter, Route};
use super::{House, batch, commands, edge, events, health, ledgers, metrics, openapi, query};
use crate::console;

/// Every route: those of a ledger, and at the root those over all ledgers.
pub fn table() -> Vec<Route> {
    let mut routes = of_ledger();
    routes.push(line(
        Method::GET,
        "/ledgers",
        get(ledgers::list),
        Doc {
            answer: Answer::Ledgers,
            ..doc(
                "house",
                "账本",
                "The ledgers that this process serves, each with the address that its whole interface begins with.",
            )
        },
    ));
    routes
}

/// The routes that each ledger has.
pub fn of_ledger() -> Vec<Route> {
    let mut routes = vec![];
    routes.extend(command_routes());
    routes.extend(named_routes());
    routes.extend(emergencies::routes());
    routes.extend(history_routes());
    routes.extend(exchanging::routes());
    routes.extend(event_routes());
    routes.extend(auditing::routes());
    routes.extend(proving::routes());
    routes.extend(door::routes());
    routes.extend(personal::routes());
    routes.extend(trying::routes());
    routes.extend(door::provided());
    routes.extend(resource_routes());
    routes.extend(house_routes());
    routes
}

fn command_routes() -> Vec<Route> {
    vec![
        line(
            Method::POST,
            "/v1/commands/{name}",
            post(commands::submit),
            Doc {
                family: Family::Commands,
                parameters: [ENVELOPE.as_slice(), &[ACTOR]].concat(),
                content: Content::Command,
                answer: Answer::Receipt,
                problems: &[400, 403, 404, 409, 413, 415, 422, 504],
                ..doc("commands", "提交命令", "Submits a command.")
            },
        ),
        line(
            Method::POST,
            "/v1/commands",
            post(batch::submit_lines),
            Doc {
                parameters: vec![ACTOR],
                content: Content::CommandLines,
                answer: Answer::ReceiptLines,
                problems: &[400, 403, 413, 415],
                ..doc(
                    "commands",
                    "批量提交命令",
                    "Submits commands as JSON lines, decided in their order, and streams a receipt or a problem for each line in the same order. A line that is refused does not stop those after it.",
                )
            },
        ),
    ]
}

#[expect(clippy::too_many_lines, reason = "a table")]
fn named_routes() -> Vec<Route> {
    let card = |title, summary| Doc {
        parameters: vec![ID, YEAR, AS_OF, AT_LEAST, ACTOR],
        answer: Answer::Row("point-cards"),
        problems: &[400, 403, 404, 422],
        ..doc("cards", title, summary)
    };
    vec![
        line(
            Method::GET,
            "/v1/members/{id}/point-card",
            get(query::member_card),
            card("成员积分卡", "A member's point card of a year: every line with its event and clause."),
        ),
        line(
            Method::GET,
            "/v1/units/{id}/point-card",
            get(query::unit_card),
            card("单位积分卡", "A unit's point card of a year: every line with its event and clause."),
        ),
        line(
            Method::GET,
            "/v1/grids/{id}/roster",
            get(query::roster),
            Doc {
                parameters: vec![ID, ON, AS_OF, AT_LEAST, ACTOR],
                answer: Answer::Row("grids"),
                problems: &[400, 403, 404, 422],
                ..doc("grids", "网格名册", "Who stands in which slot of a grid on a day, and what is vacant.")
            },
        ),
        line(
            Method::GET,
            "/v1/demands/{id}/suggested-takers",
            get(query::suggested_takers),
            Doc {
                parameters: vec![ID, LIMIT, AT_LEAST, ACTOR],
                answer: Answer::SuggestedTakers,
                problems: &[400, 403, 404, 409, 422],
                ..doc(
                    "demands",
                    "可派对象",
                    "Members to whom a demand could be offered, best suited first, each with the reasons: skill, distance, load. For whoever may dispatch; it decides nothing, and knows no points.",
                )
            },
        ),
        line(
            Method::GET,
            "/v1/due-visits",
            get(query::due_visits),
            Doc {
                parameters: [VISITS.as_slice(), &[LIMIT, CURSOR, AT_LEAST, FORMAT, ACTOR]].concat(),
                answer: Answer::DueVisits,
                problems: &[400, 403, 406, 409, 422],
                ..doc(
                    "resources",
                    "应走访",
                    "Visits that pairs owe in a period, made, open or overdue on a day; a page of pairs at a time.",
                )
            },
        ),
        line(
            Method::GET,
            "/v1/duty-catalogue",
            get(query::duty_catalogue),
            Doc {
                parameters: vec![ON, ACTOR],
                answer: Answer::DutyCatalogue,
                problems: &[400, 403, 404, 422],
                ..doc(
                    "rules",
                    "职责清单",
                    "The duty catalogue in force on a day: the entries that demands name as their category, each with whose duty it is.",
                )
            },
        ),
        line(
            Method::GET,
            "/v1/statistics",
            get(query::statistics),
            Doc {
                parameters: vec![DIVISION, FROM_MONTH, TO_MONTH, BY, AT_LEAST, FORMAT, ACTOR],
                answer: Answer::Statistics,
                problems: &[400, 403, 422],
                ..doc(
                    "statistics",
                    "统计",
                    "The headline figures of a division of any level and a period of months, with their parts.",
                )
            },
        ),
    ]
}

/// Streams whose histories have an address of their own: path, plural noun, type of stream, title.
const HISTORIES: [(&str, &str, &str, &str); 6] = [
    ("/v1/members/{id}/history", "members", "member", "成员流水"),
    ("/v1/units/{id}/history", "units", "unit", "单位流水"),
    ("/v1/demands/{id}/history", "demands", "demand", "需求流水"),
    ("/v1/grids/{id}/history", "grids", "grid", "网格流水"),
    ("/v1/emergencies/{id}/history", "emergencies", "emergency", "应急响应流水"),
    ("/v1/households/{id}/history", "households", "household", "重点户流水"),
];

fn history_routes() -> Vec<Route> {
    let told = |title, parameters: &[Parameter]| Doc {
        parameters: [parameters, &[AS_OF, AFTER, LIMIT, AT_LEAST, ACTOR]].concat(),
        answer: Answer::History,
        problems: &[400, 403, 404, 422],
        ..doc("histories", title, "Every event of the stream, in order, now or as it stood.")
    };
    let mut routes = vec![line(
        Method::GET,
        "/v1/streams/{type}/{id}",
        get(query::stream),
        told("任一流水", &[STREAM_TYPE, ID]),
    )];
    for (path, plural, kind, title) in HISTORIES {
        if STREAM_TYPES.contains(&kind) {
            routes.push(line(Method::GET, path, query::history_of(plural, kind), told(title, &[ID])));
        }
    }
    routes
}

fn event_routes() -> Vec<Route> {
    vec![
        line(
            Method::GET,
            "/v1/events",
            get(events::events),
            Doc {
                parameters: [[AFTER].as_slice(), &SEARCH, &[LIMIT, AT_LEAST, ACTOR]].concat(),
                answer: Answer::CloudEvents,
                problems: &[400, 403, 422],
                ..doc(
                    "events",
                    "事件",
                    "The ledger's events after a position, as CloudEvents 1.0; by filters, too. What is rare is found over several answers: each looks at 20 000 events at most, and its next link goes on.",
                )
            },
        ),
        line(
            Method::GET,
            "/v1/events/stream",
            get(events::event_stream),
            Doc {
                parameters: vec![AFTER, LAST_EVENT_ID, ACTOR],
                answer: Answer::EventStream,
                problems: &[400, 403, 422],
                ..doc(
                    "events",
                    "事件推送",
                    "The ledger's events after a position and then as they come, as server-sent events; each is a CloudEvent with its position as id.",
                )
            },
        ),
    ]
}

fn resource_routes() -> Vec<Route> {
    vec![
        line(
            Method::GET,
            "/v1/{resource}",
            get(query::list),
            Doc {
                family: Family::Lists,
                parameters: vec![LIMIT, CURSOR, AT_LEAST, FORMAT, ACTOR],
                answer: Answer::Page,
                problems: &[400, 403, 404, 406, 422],
                ..doc("resources", "查询", "Rows by filters, sorted, a page at a time.")
            },
        ),
        line(
            Method::GET,
            "/v1/{resource}/{*key}",
            get(query::row),
            Doc {
                family: Family::Rows,
                parameters: vec![AS_OF, AT_LEAST, ACTOR],
                answer: Answer::OwnRow,
                problems: &[400, 403, 404, 422],
                ..doc("resources", "单条查询", "One row, now or as it stood.")
            },
        ),
    ]
}

fn house_routes() -> Vec<Route> {
    let text = |media, title, summary| Doc { answer: Answer::Text(media), ..doc("house", title, summary) };
    vec![
        line(
            Method::GET,
            "/healthz",
            get(health::alive),
            text("text/plain", "存活", "The process is alive."),
        ),
        line(
            Method::GET,
            "/v1/openapi.json",
            get(openapi::answer),
            Doc { answer: Answer::OpenApi, ..doc("house", "接口描述", "This document.") },
        ),
        line(
            Method::GET,
            "/readyz",
            get(health::ready),
            Doc {
                answer: Answer::Readiness,
                ..doc(
                    "house",
                    "就绪",
                    "Whether the journal can be reached and every projection keeps up; 503 when not.",
                )
            },
        ),
        line(
            Method::GET,
            "/metrics",
            get(metrics::metrics),
            text("text/plain", "指标", "Metrics as Prometheus reads them."),
        ),
    ]
}

/// The router over the table: the ledger at the root, and the others under their names. Pages stand beside it.
pub(super) fn build(root: &Arc<House>) -> Router {
    let others = root.others.iter().map(|house| {
        let (pages, first) = pages(house);
        let routes = over(of_ledger()).with_state(Arc::clone(house)).merge(pages);
        passed(Router::new().nest(&house.prefix, routes).merge(first), house)
    });
    let routes = over(table()).with_state(Arc::clone(root)).merge(pages(root).0);
    others.fold(passed(routes, root), Router::merge)
}

fn pages(house: &Arc<House>) -> (Router, Router) {
    console::routes(house, over(of_ledger()).with_state(Arc::clone(house)))
}

fn over(table: Vec<Route>) -> Router<Arc<House>> {
    table.into_iter().fold(Router::new(), |router, route| router.route(route.path, route.handler))
}

/// For the documentation alone: its program writes styles into the page.
const STYLED: &str = "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

/// What every request to a ledger passes, and the ledger's documentation.
fn passed(routes: Router, house: &Arc<House>) -> Router {
    let docs = SwaggerUi::new(house.link("/docs")).config(Config::new([house.link("/v1/openapi.json")]));
    let docs = Router::new().merge(docs).layer(map_response(styled));
    routes.merge(docs).layer(from_fn_with_state(Arc::clone(house), edge::pass))
}

async fn styled(mut response: Response) -> Response {
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(STYLED));
    response
}

fn line(method: Method, path: &'static str, handler: MethodRouter<Arc<House>>, doc: Doc) -> Route {
    Route { method, path, doc, handler }
}

fn doc(tag: &'static str, title: &'static str, summary: &'static str) -> Doc {
    Doc {
        tag,
        title,
        summary,
        family: Family::One,
        parameters: vec![],
        content: Content::None,
        answer: Answer::Text("text/plain"),
        problems: &[],
    }
}

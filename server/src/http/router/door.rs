//! Routes of signing in and out.

use axum::http::Method;
use axum::routing::{delete, get, post, put};

use super::super::parameters::{ACTOR, BACK, EVERYWHERE, NEXT};
use super::super::route::{Answer, Content, Doc, Route};
use super::super::{oidc, session, sign_in};
use super::{doc, line};
use crate::signin::oidc::CALLBACK;

/// The door.
#[expect(clippy::too_many_lines, reason = "a table")]
pub(super) fn routes() -> Vec<Route> {
    let told = |title, summary| doc("session", title, summary);
    let page = |title, summary| Doc { answer: Answer::Text("text/html"), ..told(title, summary) };
    let secret = |content, answer, title, summary| Doc {
        content,
        answer,
        problems: &[400, 401, 403, 404, 413, 415, 422],
        ..told(title, summary)
    };
    vec![
        line(
            Method::GET,
            "/sign-in",
            get(sign_in::page),
            page("登录页", "The page where people sign in and out."),
        ),
        line(
            Method::POST,
            "/sign-in",
            post(sign_in::enter),
            Doc {
                content: Content::Form,
                answer: Answer::Moved,
                ..page(
                    "登录页提交",
                    "What the page sends: 303 to where one wanted to go, or the page again with what was wrong.",
                )
            },
        ),
        line(
            Method::POST,
            "/sign-out",
            post(sign_in::leave),
            Doc { answer: Answer::Moved, ..page("退出", "Signs out, and shows the page again.") },
        ),
        line(
            Method::GET,
            "/v1/session",
            get(session::who),
            Doc {
                parameters: vec![ACTOR],
                answer: Answer::Session,
                problems: &[400, 403, 422],
                ..told("当前身份", "Who one is, and in what capacity one acts.")
            },
        ),
        line(
            Method::POST,
            "/v1/session",
            post(session::sign_in),
            secret(
                Content::Credentials,
                Answer::Session,
                "登录",
                "Signs in with login and password; the answer gives the session as a cookie.",
            ),
        ),
        line(
            Method::DELETE,
            "/v1/session",
            delete(session::sign_out),
            Doc {
                parameters: vec![EVERYWHERE],
                answer: Answer::Done,
                problems: &[400, 403, 422],
                ..told("退出", "Signs out. Whoever was not signed in is out, too.")
            },
        ),
        line(
            Method::PUT,
            "/v1/session/password",
            put(session::change_password),
            secret(
                Content::NewPassword,
                Answer::Done,
                "修改密码",
                "Puts a new password in place of one's old one, and ends all sessions of the login.",
            ),
        ),
    ]
}

/// By way of an identity provider.
pub(super) fn provided() -> Vec<Route> {
    let page = |title, summary| Doc { answer: Answer::Away, ..doc("session", title, summary) };
    vec![
        line(
            Method::GET,
            "/sign-in/oidc",
            get(oidc::leave),
            Doc {
                parameters: vec![NEXT],
                ..page(
                    "统一身份认证登录",
                    "Sends the browser to the organisation's identity provider (OpenID Connect), where there is one.",
                )
            },
        ),
        line(
            Method::GET,
            CALLBACK,
            get(oidc::back),
            Doc {
                parameters: BACK.to_vec(),
                ..page(
                    "统一身份认证返回",
                    "Where the identity provider sends the browser back to: signs in and goes where one wanted to go. Other parameters that the provider adds are not looked at.",
                )
            },
        ),
    ]
}

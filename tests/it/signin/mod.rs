//! Signing in (issue 4 D): who stands behind a request, and what he is told who cannot show it.

mod oidc;
mod oidc_keys;
mod program;
mod provided;
mod sessions;
mod tokens;
mod watched;
mod web;

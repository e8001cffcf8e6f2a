//! Whether Helin lives, whether it can take calls, and its figures for Prometheus. Open to everybody.

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};

use crate::ApiState;
use crate::gateway::Ask;

/// The process lives.
#[utoipa::path(get, path = "/healthz", tag = "Health", security(()), responses((status = 200, body = String)))]
pub async fn healthz() -> &'static str {
    "ok\n"
}

/// Calls can be taken.
#[utoipa::path(get, path = "/readyz", tag = "Health", security(()),
    responses((status = 200, body = String), (status = 503, body = String)))]
pub async fn readyz(State(state): State<ApiState>) -> Response {
    match state.gateway.ask(|answer| Ask::Ready { answer }).await {
        Ok(Ok(())) => "ready\n".into_response(),
        Ok(Err(reason)) => (StatusCode::SERVICE_UNAVAILABLE, format!("{reason}\n")).into_response(),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "not ready\n").into_response(),
    }
}

/// Figures in Prometheus' text form.
#[utoipa::path(get, path = "/metrics", tag = "Health", security(()),
    responses((status = 200, content_type = "text/plain", body = String)))]
pub async fn metrics(State(state): State<ApiState>) -> Response {
    match state.gateway.ask(|answer| Ask::Metrics { answer }).await {
        Ok(page) => ([(CONTENT_TYPE, "text/plain; version=0.0.4")], page).into_response(),
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

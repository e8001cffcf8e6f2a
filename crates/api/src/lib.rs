//! HTTP: the API, the live stream, sign-in by token, rights and the OpenAPI document.
//!
//! Everything the API knows it asks through `gateway`; it decides nothing about calls. Every path stands in
//! the OpenAPI document, because the router is made from the same list.

pub mod callbacks;
pub mod calls;
pub mod commands;
pub mod company;
pub mod directory;
pub mod figures;
pub mod gateway;
pub mod health;
pub mod live;
pub mod members;
pub mod members_csv;
pub mod presence;
pub mod principal;
pub mod problem;
pub mod request;
pub mod shape;
pub mod simulations;
pub mod statistics;
pub mod table;
pub mod times;
mod window;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use utoipa::OpenApi;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{OpenApi as Document, RefOr};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use utoipa_swagger_ui::SwaggerUi;

use gateway::Gateway;
use problem::Problem;

/// A request's body at most: audio of a prompt.
pub(crate) const BODY_MAX: usize = 16 * 1024 * 1024;

/// What every handler has.
#[derive(Debug, Clone)]
pub struct ApiState {
    /// The door to the node.
    pub gateway: Gateway,
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Helin",
        description = "Call handling for companies: groups, members and calls, live and on record. Send `Authorization: Bearer TOKEN`; an operator's token adds `?company=ID` where a number or name alone is ambiguous.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    security(("token" = []))
)]
struct Described;

fn routes() -> OpenApiRouter<ApiState> {
    let mut document = Described::openapi();
    let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
    document.components.get_or_insert_default().add_security_scheme("token", SecurityScheme::Http(scheme));
    OpenApiRouter::with_openapi(document)
        .routes(routes!(live::groups))
        .routes(routes!(live::live))
        .routes(routes!(live::events))
        .routes(routes!(members::log_in))
        .routes(routes!(members::log_out))
        .routes(routes!(members::pause))
        .routes(routes!(members::resume))
        .routes(routes!(members_csv::read, members_csv::write))
        .routes(routes!(presence::set))
        .routes(routes!(calls::list))
        .routes(routes!(calls::one))
        .routes(routes!(calls::explain))
        .routes(routes!(commands::transfer))
        .routes(routes!(commands::take))
        .routes(routes!(commands::move_to))
        .routes(routes!(commands::park))
        .routes(routes!(commands::pick_up))
        .routes(routes!(callbacks::list))
        .routes(routes!(callbacks::cancel))
        .routes(routes!(statistics::statistics))
        .routes(routes!(times::times))
        .routes(routes!(table::calls_csv))
        .routes(routes!(directory::list))
        .routes(routes!(company::write, company::read))
        .routes(routes!(company::prompt))
        .routes(routes!(simulations::simulate))
        .routes(routes!(health::healthz))
        .routes(routes!(health::readyz))
        .routes(routes!(health::metrics))
}

/// Everything that HTTP serves: API, its interactive reference at `/`, health and metrics.
pub fn router(gateway: Gateway) -> Router {
    let (router, mut document) = routes().split_for_parts();
    name_problems(&mut document);
    router
        .layer(DefaultBodyLimit::max(BODY_MAX))
        .with_state(ApiState { gateway })
        .merge(SwaggerUi::new("/reference").url("/api/v1/openapi.json", document))
        .route("/", axum::routing::get(|| async { axum::response::Redirect::temporary("/reference/") }))
        .fallback(|| async { Problem::not_found() })
        .method_not_allowed_fallback(|| async { Problem::no_such_method() })
}

/// Refusals have the content type of RFC 9457; the macros write plain JSON for every body.
fn name_problems(document: &mut Document) {
    let operations = document
        .paths
        .paths
        .values_mut()
        .flat_map(|path| [&mut path.get, &mut path.put, &mut path.post, &mut path.delete])
        .flatten();
    let responses = operations.flat_map(|operation| &mut operation.responses.responses);
    for (_, response) in responses.filter(|(status, _)| status.starts_with('4')) {
        if let RefOr::T(response) = response
            && let Some(content) = response.content.swap_remove("application/json")
        {
            response.content.insert("application/problem+json".to_owned(), content);
        }
    }
}

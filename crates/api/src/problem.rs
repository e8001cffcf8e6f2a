//! Errors as RFC 9457 problem documents, with a field path where one field is at fault.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use model::output::Refusal;
use serde::Serialize;
use utoipa::ToSchema;

use crate::gateway::{ApplyFault, ApplyRefusal, Away};
use crate::simulations::SimulationRefusal;

/// What went wrong, for people and programs.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Problem {
    /// Stable word for the kind of problem.
    #[serde(rename = "type")]
    #[schema(example = "not_found")]
    pub kind: &'static str,
    /// The same for people.
    pub title: &'static str,
    /// HTTP status.
    pub status: u16,
    /// What exactly, and what to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Faults of a document, every one of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<Fault>,
}

/// One fault of a request or document.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Fault {
    /// Line of a file, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// Field path, as `group[+3726001000].ring_time`.
    pub path: String,
    /// What is wrong and what is allowed.
    pub text: String,
}

impl Problem {
    fn new(status: StatusCode, kind: &'static str, title: &'static str) -> Problem {
        Problem { kind, title, status: status.as_u16(), detail: None, faults: Vec::new() }
    }

    /// No valid token.
    pub fn unauthorized() -> Problem {
        Problem::new(StatusCode::UNAUTHORIZED, "unauthorized", "A valid token is needed")
    }

    /// The token's rights do not reach.
    pub fn forbidden() -> Problem {
        Problem::new(StatusCode::FORBIDDEN, "forbidden", "The token's rights do not reach this")
    }

    /// No such thing, or not for this token: the two look alike.
    pub fn not_found() -> Problem {
        Problem::new(StatusCode::NOT_FOUND, "not_found", "There is no such thing")
    }

    /// A field of path, query or body cannot be read.
    pub fn bad_field(path: &str, text: impl Into<String>) -> Problem {
        let mut problem = Problem::new(StatusCode::BAD_REQUEST, "bad_request", "A field is not right");
        problem.faults.push(Fault { line: None, path: path.to_owned(), text: text.into() });
        problem
    }

    /// The path exists, but not with this method.
    pub fn no_such_method() -> Problem {
        Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "The path has no such method")
    }

    /// The body is longer than `BODY_MAX`.
    pub fn too_large() -> Problem {
        let mut problem = Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "The body is too long");
        problem.detail = Some(format!("at most {} MiB", crate::BODY_MAX >> 20));
        problem
    }

    /// A refused command.
    pub fn refused(refusal: Refusal) -> Problem {
        let (kind, detail) = match refusal {
            Refusal::NoGroup | Refusal::NoUser | Refusal::NoCallback => return Problem::not_found(),
            Refusal::NoMember => ("not_a_member", "is no member of this group"),
            Refusal::DutyNotAllowed => ("duty_not_allowed", "may not take the duty in this group"),
            Refusal::NoDutyHere => ("no_duty_here", "this group has no duty member"),
            Refusal::NotLoggedIn => ("not_logged_in", "is logged in to no group"),
            Refusal::UnknownReason => ("unknown_reason", "is none of the company's pause_reasons"),
            // Which calls exist was asked before the command was given.
            Refusal::NoCall => ("call_over", "the call is over"),
            Refusal::NotWaiting => ("not_waiting", "the call does not wait in a group"),
            Refusal::NotNow => ("not_now", "the call is in no state in which this can be done"),
            Refusal::NoTarget => ("no_target", "nobody has this number"),
            Refusal::UserBusy => ("user_busy", "the user is in a call"),
            Refusal::UserUnreachable => ("user_unreachable", "the user has no phone that can be reached"),
            Refusal::NoSlot => ("no_slot", "all parking slots are taken"),
        };
        let mut problem = Problem::new(StatusCode::CONFLICT, kind, "Refused; nothing changed");
        problem.detail = Some(detail.to_owned());
        problem
    }

    /// The platform cannot answer now.
    pub fn away() -> Problem {
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "Helin cannot answer now; try again")
    }

    fn with_detail(mut self, detail: impl Into<String>) -> Problem {
        self.detail = Some(detail.into());
        self
    }
}

impl From<Away> for Problem {
    fn from(_: Away) -> Problem {
        Problem::away()
    }
}

impl From<ApplyRefusal> for Problem {
    fn from(refusal: ApplyRefusal) -> Problem {
        match refusal {
            ApplyRefusal::NoCompany => Problem::not_found(),
            ApplyRefusal::Unavailable => Problem::away(),
            ApplyRefusal::Conflict => Problem::new(
                StatusCode::CONFLICT,
                "conflict",
                "The settings were changed meanwhile; read them and try again",
            ),
            ApplyRefusal::Faults(faults) => {
                let mut problem = Problem::new(
                    StatusCode::UNPROCESSABLE_ENTITY,
                    "faults",
                    "The document has faults; nothing was changed",
                )
                .with_detail(match faults.len() {
                    1 => "1 fault; nothing was changed".to_owned(),
                    count => format!("{count} faults; nothing was changed"),
                });
                problem.faults = faults.into_iter().map(Fault::from).collect();
                problem
            }
        }
    }
}

impl From<ApplyFault> for Fault {
    fn from(fault: ApplyFault) -> Fault {
        Fault { line: fault.line, path: fault.path, text: fault.text }
    }
}

impl From<SimulationRefusal> for Problem {
    fn from(refusal: SimulationRefusal) -> Problem {
        match refusal {
            SimulationRefusal::NoCompany => Problem::not_found(),
            SimulationRefusal::Unavailable => Problem::away(),
            SimulationRefusal::Faults(faults) => {
                let mut problem =
                    Problem::new(StatusCode::BAD_REQUEST, "bad_request", "Nothing was simulated");
                problem.faults = faults.into_iter().map(Fault::from).collect();
                problem
            }
            SimulationRefusal::Busy => Problem::new(
                StatusCode::TOO_MANY_REQUESTS,
                "busy",
                "Another day is being simulated; try again when it is over",
            ),
            SimulationRefusal::TooLong => {
                Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "too_long", "The simulation was stopped")
                    .with_detail(
                        "it took more than 60 seconds: fewer calls, or `helin simulate` on the command line",
                    )
            }
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(self)).into_response();
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

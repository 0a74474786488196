//! How a personnel system is told that something was not done: the errors of SCIM (RFC 7644 section 3.12).
//! It does not decide anything; the reason of a defect goes to the log.

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use yima_kernel::access::Refusal;
use yima_province::DeedError;
use yima_wire::scim;

/// The media type (RFC 7644 section 8.1).
const KIND: &str = "application/scim+json";

/// A request that was not done.
#[derive(Debug)]
pub struct ScimRefused {
    status: StatusCode,
    kind: Option<&'static str>,
    detail: String,
}

impl ScimRefused {
    fn new(status: StatusCode, kind: Option<&'static str>, detail: impl Into<String>) -> Self {
        Self { status, kind, detail: detail.into() }
    }

    /// The body or a parameter can't be read.
    pub fn bad(kind: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, Some(kind), detail)
    }

    /// No token, or none that opens; all of these look alike.
    pub fn token() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, None, "send the token of an organisation as a Bearer token")
    }

    /// It is not there, or not the caller's.
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, None, "there is no such resource")
    }

    /// The body is not SCIM.
    pub fn media_type() -> Self {
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, None, "send application/scim+json")
    }

    /// What this server does not do (RFC 7644 section 3.12).
    pub fn not_here() -> Self {
        Self::new(StatusCode::NOT_IMPLEMENTED, None, "this server does not do that; see /scim/v2/ServiceProviderConfig")
    }
}

impl From<DeedError> for ScimRefused {
    fn from(error: DeedError) -> Self {
        match error {
            DeedError::NotFound(_) => Self::not_found(),
            DeedError::Invalid { field: "seen", why } => Self::new(StatusCode::PRECONDITION_FAILED, None, why.en),
            DeedError::Invalid { field: "other_person", why } => Self::bad("mutability", why.en),
            DeedError::Invalid { field, why } => Self::bad("invalidValue", format!("{field}: {}", why.en)),
            DeedError::Conflict(why) => Self::new(StatusCode::CONFLICT, Some("uniqueness"), why.en),
            DeedError::Refused(Refusal::ActorEnded) => Self::token(),
            DeedError::Refused(refusal) => Self::new(StatusCode::FORBIDDEN, None, refusal.as_str()),
            DeedError::TooMany { why, .. } => Self::new(StatusCode::TOO_MANY_REQUESTS, None, why.en),
            DeedError::Busy => Self::new(StatusCode::SERVICE_UNAVAILABLE, None, "busy: try again shortly"),
            DeedError::Full => Self::new(StatusCode::INSUFFICIENT_STORAGE, None, "the disk is full"),
            other => {
                tracing::error!(error = %other, "a request of a personnel system broke");
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, None, "something broke here")
            }
        }
    }
}

impl IntoResponse for ScimRefused {
    fn into_response(self) -> Response {
        let body = scim::error(self.status.as_u16(), self.kind, &self.detail);
        let mut response = answer(&body);
        *response.status_mut() = self.status;
        if self.status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"yima\""));
        }
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(1));
        }
        response
    }
}

/// A body.
pub fn answer(body: &Value) -> Response {
    ([(header::CONTENT_TYPE, KIND)], body.to_string()).into_response()
}

/// A resource with its version.
pub fn resource(user: &scim::UserOut) -> Response {
    with(answer(&user.write()), header::ETAG, &user.etag())
}

/// A resource that was made (RFC 7644 section 3.3).
pub fn created(user: &scim::UserOut) -> Response {
    let mut response = with(resource(user), header::LOCATION, &user.location);
    *response.status_mut() = StatusCode::CREATED;
    response
}

/// The client has the newest version.
pub fn not_modified(etag: &str) -> Response {
    with(StatusCode::NOT_MODIFIED.into_response(), header::ETAG, etag)
}

/// It was removed.
pub fn removed() -> Response {
    StatusCode::NO_CONTENT.into_response()
}

fn with(mut response: Response, name: HeaderName, value: &str) -> Response {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
    response
}

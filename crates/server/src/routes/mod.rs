//! One folder a noun, one file a verb: take the caller and the parsed request, call the deed, give its JSON shape.
//! INVARIANT: nothing here decides; a handler that would need an `if` about rights belongs into the kernel.

pub mod account;
pub mod apps;
pub mod audit_searches;
pub mod bindings;
pub mod bundle;
pub mod cards;
pub mod check_ins;
pub mod clients;
pub mod codes;
pub mod confirmations;
pub mod consents;
pub mod demo;
pub mod device;
pub mod devices;
pub mod enrolments;
pub mod enterprises;
pub mod gates;
pub mod keys;
pub mod mandates;
pub mod manifests;
pub mod number_changes;
pub mod oauth2;
pub mod operators;
pub mod organisations;
pub mod places;
pub mod posts;
pub mod record;
pub mod recoveries;
pub mod residents;
pub mod resolves;
pub mod rights;
pub mod scenarios;
pub mod scim;
pub mod screens;
pub mod short_numbers;
pub mod sites;
pub mod sources;
pub mod stats;
pub mod status_lists;
pub mod time;
pub mod tokens;
pub mod uses;

pub mod deaths;
pub mod visits;

use axum::http::header;
use axum::response::{IntoResponse as _, Response};

/// A PDF that the browser opens under this file name.
fn pdf(bytes: Vec<u8>, file: &'static str) -> Response {
    let name = format!("inline; filename=\"{file}\"");
    ([(header::CONTENT_TYPE, "application/pdf".to_owned()), (header::CONTENT_DISPOSITION, name)], bytes).into_response()
}

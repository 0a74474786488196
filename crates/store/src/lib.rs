//! The rows of the province: the only room that speaks SQL, to SQLite or to PostgreSQL.
//! It does not decide anything, reads no clock and rolls no dice: times, ids and verdicts are given to it.
//!
//! Start at [`db`] for what a transaction promises; every other file is one noun, its functions take
//! a `&mut Tx`. Times are microseconds since 1970, days are civil days since 2020-01-01.

pub mod db;
mod error;
#[cfg(test)]
mod plans_tests;
mod schema;
mod seals;
mod standing;
mod words;

pub mod account;
pub mod app_deletion;
pub mod app_grant;
pub mod app_message;
pub mod audit_search;
pub mod authenticator;
pub mod benefit;
pub mod beside;
pub mod binding;
pub mod bundle_part;
pub mod card;
pub mod check;
pub mod check_in;
pub mod checker_key;
pub mod client;
pub mod client_logo;
pub mod confirmation;
pub mod consent;
pub mod counted;
pub mod crowd;
pub mod day_key;
pub mod device;
pub mod draw;
pub mod edge;
pub mod enrolment;
pub mod enterprise;
pub mod erasure;
pub mod family;
pub mod family_slot;
pub mod feed;
pub mod filing;
pub mod gate;
pub mod import_run;
pub mod invitation;
pub mod kept_key;
pub mod merger;
pub mod notice;
pub mod number;
pub mod number_message;
pub mod one_time;
pub mod opaque_token;
pub mod operator;
pub mod operator_grant;
pub mod organisation;
pub mod post;
pub mod post_code;
pub mod recovery;
pub mod relation;
pub mod resolved;
pub mod rights_request;
pub mod scenario;
pub mod sealed_record;
pub mod seen_proof;
pub mod session;
pub mod setting;
pub mod short_number;
pub mod sign_in_name;
pub mod site;
pub mod staff;
pub mod tally;
pub mod token_day;
pub mod token_key;
pub mod uses;
pub mod withdrawal;
pub mod wrong_try;

pub mod audit_delay;
pub mod death;
pub mod key_deed;
pub mod operator_end;
pub mod operator_name;
pub mod registered_key;
pub mod trusted;
pub mod visit;
pub mod ward_alone;

pub use db::{Store, Tx, hurried, unhurried};
pub use error::StoreError;
pub use schema::steps;
pub use seals::Seals;

//! The steps that every form of the account shares before its deed: whose browser it is, that somebody is signed in there,
//! and that the form is this browser's own. It does not know deeds.

use super::frame::{refusal, sign_in_first};
use super::visitor::Visitor;
use axum::response::Response;
use yima_province::Person;

/// Who sent a form of this browser; or the page that says otherwise.
pub(super) fn asked(visitor: &mut Visitor, mark: &str) -> Result<Person, Box<Response>> {
    let Some(person) = visitor.person.clone() else { return Err(Box::new(sign_in_first(visitor))) };
    match visitor.form_is_ours(mark) {
        Ok(()) => Ok(person),
        Err(refused) => Err(Box::new(refusal(visitor, &refused))),
    }
}

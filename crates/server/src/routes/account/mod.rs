//! One's own account over the API: a device begins the first way to sign in, and ends the sessions of browsers.
//! It does not know how anybody signs in: that happens on the pages.

pub mod end_sessions;
pub mod link;

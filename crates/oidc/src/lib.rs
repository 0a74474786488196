//! The only OAuth and OpenID words: requests in, decisions out, one file a flow. It does not know HTTP, the store, the clock or chance:
//! a caller parses a form into pairs, reads what a decision needs, and hands in time and randomness.

pub mod error;
pub mod jwt;

//! The only OAuth and OpenID words: requests in, decisions out, one file a flow. It does not know HTTP, the store, the clock or chance:
//! a caller parses a form into pairs, reads what a decision needs, and hands in time and randomness.

pub mod assertion;
pub mod authorize;
pub mod claims_request;
pub mod client_auth;
pub mod client_name;
pub mod detached;
pub mod device;
pub mod discovery;
pub mod dpop;
pub mod error;
pub mod exchange;
pub mod form;
pub mod jwk;
pub mod jwt;
pub mod logout;
pub mod metadata;
pub mod pairwise;
pub mod pkce;
pub mod redirect;
pub mod refresh;
pub mod scope;
pub mod token_request;
pub mod tokens;

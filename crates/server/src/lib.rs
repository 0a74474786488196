//! The web server: takes callers and requests at the door, calls the deeds of the province, gives their JSON shapes.
//! It decides nothing and knows no SQL; `router` is its table of contents, `error` has the only status codes.

mod app;
mod bytes;
mod convert;
mod cookies;
mod docs_page;
mod draws;
mod error;
mod extract;
mod layers;
mod metrics;
pub mod openapi;
mod operations;
mod pages;
pub mod router;
mod routes;
mod serve;
mod tls;

pub use pages::built as pages_built;
pub use serve::{Config, Listening, bind, serve};
pub use tls::Tls;

//! Apps of organisations, as the protocol sees them: what they get, and what they are refused, by the clause that says so.

mod acting;
mod acting_enterprise;
mod audiences;
mod bad_input;
mod children;
mod code_flow;
mod deletion;
mod devices;
mod full_capacity;
mod introspection;
mod lifetimes;
mod merged_enterprises;
mod mergers;
mod real_clients;
mod refused;
mod representatives;
mod review;
mod rust_client;
mod tokens;
mod world;

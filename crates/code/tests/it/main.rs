//! The code seen from outside: vectors for every language, independent checkers, and hostile input.
//! Keys here are made from words and are worth nothing.
#![expect(clippy::unwrap_used, reason = "a test that can't go on should stop")]

mod accept;
mod bundle;
mod cwt;
mod hostile;
mod keys;
mod merge;
mod oracles;
mod parts;
mod reject;
mod status_list;
mod vectors;
mod words;
mod world;

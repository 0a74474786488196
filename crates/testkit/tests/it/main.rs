//! The stories, on both databases, and what must hold over a whole town.
#![expect(clippy::unwrap_used, reason = "a test stops where it cannot go on")]

mod across;
mod answers;
mod apps;
mod browsers;
mod by_code;
mod conditions;
mod desks;
mod doors;
mod enrolments;
mod gate_keys;
mod kept;
mod kills;
mod meetings;
mod names;
mod numbers;
mod online;
mod operators;
mod organisations;
mod overload;
mod passkeys;
mod passwords;
mod posts;
mod recovery;
mod rights;
mod secrets;
mod servers;
mod sessions;
mod sheets;
mod sign_in;
mod soft_passkey;
mod stories;
mod uploads;
mod visits;
mod ways_back;

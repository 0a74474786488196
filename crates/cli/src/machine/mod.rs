//! The machine that the program runs on: its clock, its chance, its files.
//! The only place that reads them; everything above takes them as values.

pub mod chance;
pub mod clock;
pub mod files;
pub mod journal;
pub mod typed;

//! The law of the house: nouns, who may do which deed, and what a use is.
//! Pure: it knows no database, no network, no clock and no chance; time comes in as an argument.

pub mod access;
pub mod assurance;
pub mod credit_code;
pub mod crowd;
pub mod deed;
pub mod filing;
pub mod grant;
pub mod id;
pub mod mandate;
pub mod matrix;
pub mod post;
pub mod rights;
pub mod scenario;
pub mod shown_text;
pub mod subject;
pub mod usage;
pub mod visit;
pub mod workday;

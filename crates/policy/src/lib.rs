//! Policy: the only Cedar words of the house. An officer's deed passes the conditions that hold whatever their post is.
//! It does not know the store, the clock, or anybody's name: what it needs is handed in as [`Ask`], and nothing is kept.
//!
//! The kernel's matrix stays the outer law for kinds of actor; here a deed that the matrix allows is looked at once more:
//! whose file it is, whose kin, which office, how many files were read, and whether the post still stands.

mod ask;
mod house;
mod print;

pub use ask::{About, Ask, OFFICES_MAX};
pub use house::{BadPolicy, House, POLICIES_MAX};
pub use print::print;

/// Which persons, offices and posts there are in Cedar's eyes, and which deeds.
const SCHEMA: &str = include_str!("../policies/house.cedarschema");
/// The policies, in the order in which a refusal is told.
const POLICIES: [&str; 2] = [include_str!("../policies/conditions.cedar"), include_str!("../policies/posts.cedar")];

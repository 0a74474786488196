//! What is asked of the policies: one officer, one deed, at most one file, and a few figures.
//! It does not know how any of it was found out.

use yima_kernel::deed::Deed;
use yima_kernel::subject::Role;

/// Offices of one person that are looked at; whoever has more cannot be checked within the budget.
pub const OFFICES_MAX: usize = 16;

/// One question.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    /// Id of the officer or operator.
    pub officer: &'a str,
    /// Their post.
    pub role: Role,
    /// Account of their own file, when it is known.
    pub person: Option<&'a str>,
    /// The province lets nobody open a file whose own is not known.
    pub named: bool,
    /// Offices in which they have a post.
    pub offices: &'a [String],
    /// When the lease of their post ends, Unix seconds; None when no feed keeps their post.
    pub lease_until_s: Option<i64>,
    /// What they want to do.
    pub deed: Deed,
    /// Whose file it is about.
    pub about: Option<About<'a>>,
    /// Now, Unix seconds.
    pub now_s: i64,
    /// Files that they looked at within the last hour.
    pub reads: u32,
    /// Files that may be looked at within an hour.
    pub reads_max: u32,
}

/// The file in play.
#[derive(Clone, Copy, Debug)]
pub struct About<'a> {
    /// Whose it is: an account.
    pub person: &'a str,
    /// An edge (guardian, helper, kin, deputy) joins that person and the officer.
    pub kin: bool,
    /// Offices in which that person has a post.
    pub offices: &'a [String],
}

//! A device that lives in a file: its key, the tokens that it drew, and what it showed.
//! It decides nothing about codes; the room `code` makes them and the server certifies them.

mod draw;
mod enrol;
mod family;
mod record;
mod show;
mod store;
mod voucher;

pub use draw::{Wanted, draw, ensure};
pub use enrol::{Proof, enrol};
pub use family::{ACTING, ensure_for};
pub use record::find_sealed;
pub use show::{Answer, Shown, carried, complete, show};
pub use store::{Pocket, PocketFile};
pub use store::{bytes as fixed_bytes, text as base64url};
pub use voucher::voucher;

//! Who is calling, and what was sent: parsed at the edge into types that cannot be wrong.
//! It authenticates and parses; what the caller may do is decided by the province.

mod device;
mod drawing;
mod gate;
mod json;
mod operator;
mod person;
mod signature;
mod url;

pub use device::{BringsItsKey, Signed, SignedBy, SignedFrom};
pub use drawing::Drawing;
pub use gate::GateCaller;
pub use json::Json;
pub use operator::{DeviceOrOperator, OperatorCaller, same_site};
pub use person::{DeviceOrPerson, PersonCaller};
pub use url::{Path, Query};

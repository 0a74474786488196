//! Pages that stand between a person and an app: consent, errors that go nowhere, leaving. Rendered here, whole without a
//! script. They decide nothing.

mod acting;
mod allowed;
mod consent;
mod device;
mod leaving;
mod shell;

pub use acting::{choose, guardian_first};
pub use allowed::allowed;
pub use consent::{consent, consent_device};
pub use device::{decided, type_code};
pub use leaving::{leave, left, on_the_way, stopped};
pub use shell::{Looks, OF_LOOKS, Shell};

/// The stylesheet of these pages.
pub const STYLE: &str = include_str!("apps.css");

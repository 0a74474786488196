//! A secret as it is given: itself, or in a file. It does not know what it opens.

use super::FILE_BYTES_MAX;
use crate::failure::Failure;
use crate::machine::files;
use std::fmt;
use std::path::Path;
use zeroize::Zeroizing;

/// Text that is not printed.
#[derive(Clone)]
pub struct Secret(pub(super) Zeroizing<String>);

impl Secret {
    /// The value, or what the file holds; both at once is an error.
    pub fn either(value: Option<String>, file: Option<&Path>) -> Result<Option<Self>, Failure> {
        match (value, file) {
            (Some(_), Some(_)) => Err(Failure::bad_input("give a secret either itself or as a file, not both")),
            (Some(value), None) => Ok(Some(Self(Zeroizing::new(value)))),
            (None, Some(path)) => {
                let bytes = files::read_needed(path, FILE_BYTES_MAX)?;
                let text = String::from_utf8(bytes)
                    .map_err(|_| Failure::bad_input(format!("{} is not text", path.display())))?;
                Ok(Some(Self(Zeroizing::new(text.trim_end_matches(['\r', '\n']).to_owned()))))
            }
            (None, None) => Ok(None),
        }
    }

    /// The secret itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

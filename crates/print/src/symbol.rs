//! A QR symbol (ISO/IEC 18004) as a matrix of modules, at the version and level that its form fixes.
//! It does not know how the matrix is drawn.

use crate::PrintError;
use fast_qr::qr::{QRBuilder, QRCode};
use fast_qr::{ECL, Mode, Version};

/// Light modules around a symbol that nothing may enter (ISO/IEC 18004 section 5.3.8).
pub const QUIET_ZONE: usize = 4;

/// What a symbol carries, which fixes its version and level.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SymbolKind {
    /// The offline token on a screen: 10-M.
    T1,
    /// The answer to a challenge on a screen: 10-M.
    T1c,
    /// The online token on a screen: 2-M.
    T0,
    /// The paper form: 7-Q, so that a quarter of it may be worn away.
    T2,
    /// A checker's challenge on its screen: 6-M.
    Challenge,
}

impl SymbolKind {
    fn fixed(self) -> (Version, ECL) {
        match self {
            Self::T1 | Self::T1c => (Version::V10, ECL::M),
            Self::T0 => (Version::V02, ECL::M),
            Self::T2 => (Version::V07, ECL::Q),
            Self::Challenge => (Version::V06, ECL::M),
        }
    }
}

/// A QR symbol without its quiet zone.
#[derive(Clone, PartialEq, Eq)]
pub struct Symbol {
    size: usize,
    dark: Vec<bool>,
}

impl Symbol {
    /// Digits in numeric mode, at the one version and level of their form.
    ///
    /// # Errors
    /// [`PrintError::NotDigits`], or [`PrintError::TooLong`] if they don't fit.
    pub fn new(kind: SymbolKind, digits: &str) -> Result<Self, PrintError> {
        if digits.is_empty() || !digits.bytes().all(|octet| octet.is_ascii_digit()) {
            return Err(PrintError::NotDigits);
        }
        let (version, level) = kind.fixed();
        Self::build(QRBuilder::new(digits).mode(Mode::Numeric).version(version).ecl(level))
    }

    /// Any text, such as a place code's address, in the smallest symbol at level Q: it hangs on walls.
    ///
    /// # Errors
    /// [`PrintError::TooLong`] from some 1,600 octets on.
    pub fn text(text: &str) -> Result<Self, PrintError> {
        Self::build(QRBuilder::new(text).ecl(ECL::Q))
    }

    fn build(builder: &QRBuilder) -> Result<Self, PrintError> {
        let made: QRCode = builder.build().map_err(|_| PrintError::TooLong)?;
        let dark = made.data[..made.size * made.size].iter().map(|module| module.value()).collect();
        Ok(Self { size: made.size, dark })
    }

    /// Modules a side, without the quiet zone: 17 + 4 x version.
    #[must_use]
    pub fn size(&self) -> usize {
        self.size
    }

    /// Whether a module is dark; outside of the symbol none is.
    #[must_use]
    pub fn dark(&self, x: usize, y: usize) -> bool {
        x < self.size && y < self.size && self.dark[y * self.size + x]
    }
}

impl std::fmt::Debug for Symbol {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Symbol({0} x {0})", self.size)
    }
}

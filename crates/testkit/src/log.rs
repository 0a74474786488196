//! Everything the server logs while tests run, kept to be searched for what must never be in it.
//! It does not know what that is.

use std::io::{self, Write};
use std::sync::{Mutex, Once, PoisonError};
use tracing_subscriber::fmt::MakeWriter;

static LINES: Mutex<Vec<u8>> = Mutex::new(Vec::new());
static ONCE: Once = Once::new();

/// Starts to keep the log of this process, at its chattiest for our own rooms.
pub(crate) fn keep() {
    ONCE.call_once(|| {
        let filter = tracing_subscriber::EnvFilter::new("info,yima_server=trace,yima_province=trace,yima_store=trace");
        tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).with_writer(Kept).init();
    });
}

/// What was logged so far.
#[must_use]
pub fn logged() -> Vec<u8> {
    LINES.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

struct Kept;

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LINES.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Kept {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        Self
    }
}

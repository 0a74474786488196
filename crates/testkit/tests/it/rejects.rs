//! What an import did not take, as the file that its command writes. It does not know what was imported.

use std::io::Write;
use std::sync::{Arc, Mutex};

/// Written by an import, read by its test.
#[derive(Clone, Default)]
pub struct Rejects(Arc<Mutex<Vec<u8>>>);

impl Rejects {
    /// All of it so far.
    pub fn said(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Rejects {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

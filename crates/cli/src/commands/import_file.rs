//! A file to import: its format by its name, opened once, so that what was hashed is what is read; and the source's signature
//! over it. It does not know what a row is.

use crate::failure::Failure;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{Read, Seek};
use std::path::Path;
use yima_province::{DeedError, Format};

/// Bytes that are read at a time.
pub const CHUNK: usize = 1 << 20;
/// Bytes of a signature's file that are read: those of the longest signature, and a line's end.
const SIGNATURE_MAX: u64 = 4_096;

/// How the rows of a file of this name are written.
///
/// # Errors
/// When it ends in neither `.csv` nor `.ndjson`.
pub fn format(path: &Path) -> Result<Format, Failure> {
    match path.extension().and_then(|end| end.to_str()) {
        Some("csv") => Ok(Format::Csv),
        Some("ndjson" | "jsonl") => Ok(Format::Ndjson),
        _ => Err(Failure::bad_input("the file's name must end in .csv or .ndjson")),
    }
}

/// Opens a file: at its start again, with its SHA-256 and its bytes.
///
/// # Errors
/// When it can't be opened or read.
pub fn opened(path: &Path) -> Result<(File, [u8; 32], u64), Failure> {
    let failed = |why: std::io::Error| Failure::machine(format!("read {}", path.display()), why);
    let mut file = open(path)?;
    let (mut digest, mut bytes) = (Sha256::new(), 0);
    let mut chunk = vec![0; CHUNK];
    loop {
        let count = file.read(&mut chunk).map_err(failed)?;
        if count == 0 {
            file.rewind().map_err(failed)?;
            return Ok((file, digest.finalize().into(), bytes));
        }
        digest.update(&chunk[..count]);
        bytes += count as u64;
    }
}

/// The detached JWS in a file.
///
/// # Errors
/// When it can't be read, or is no text.
pub fn signature(path: Option<&Path>) -> Result<Option<String>, Failure> {
    path.map(|path| text(path, SIGNATURE_MAX)).transpose()
}

/// Why an import did not go through. What is wrong with the file, its source or its signature stays wrong when it is run again.
pub fn stopped(why: DeedError) -> Failure {
    match why {
        DeedError::Invalid { .. } => Failure::bad_input(format!("nothing was imported: {why}")),
        why => Failure::could_not(format!("the import stopped: {why}. Run it again: it goes on where it was")),
    }
}

/// A short text in a file.
///
/// # Errors
/// When it can't be read, or is no text.
pub fn text(path: &Path, most: u64) -> Result<String, Failure> {
    let mut text = String::new();
    let read = open(path)?.take(most).read_to_string(&mut text);
    read.map_err(|why| Failure::bad_input(format!("failed to read {}: {why}", path.display())))?;
    Ok(text.trim().to_owned())
}

fn open(path: &Path) -> Result<File, Failure> {
    File::open(path).map_err(|why| Failure::bad_input(format!("failed to open {}: {why}", path.display())))
}

//! A small secret file on disk: replaced as a whole or not at all, readable by its owner alone, one writer at a time.
//! It does not know what the file says.

use super::CustodyError;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// Largest file that is read, in octets: some ten thousand keys.
const FILE_LEN_MAX: u64 = 16 << 20;

/// Reads the whole file.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, CustodyError> {
    let file = File::open(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => CustodyError::Missing(path.to_owned()),
        _ => CustodyError::Io("open the key file", error),
    })?;
    let mut bytes = Vec::new();
    file.take(FILE_LEN_MAX + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| CustodyError::Io("read the key file", error))?;
    if bytes.len() as u64 > FILE_LEN_MAX {
        return Err(CustodyError::Damaged("it is larger than 16 MiB"));
    }
    Ok(bytes)
}

/// Puts `bytes` in the place of the file: written beside it, synced, renamed over it, directory synced.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> Result<(), CustodyError> {
    let beside = with_ending(path, "new");
    write_beside(&beside, bytes).and_then(|()| fs::rename(&beside, path)).and_then(|()| sync_parent(path)).map_err(
        |error| {
            let _ = fs::remove_file(&beside);
            CustodyError::Io("write the key file", error)
        },
    )
}

/// Held while a process changes the file; others wait. Dropping it lets go.
pub(super) struct Exclusive(#[expect(dead_code, reason = "the lock lives as long as the handle")] File);

/// Waits for the right to change the file.
pub(super) fn exclusive(path: &Path) -> Result<Exclusive, CustodyError> {
    let doing = "lock the key file";
    let file = private().open(with_ending(path, "lock")).map_err(|e| CustodyError::Io(doing, e))?;
    file.lock().map_err(|error| CustodyError::Io(doing, error))?;
    Ok(Exclusive(file))
}

fn write_beside(beside: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = private().truncate(true).open(beside)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// A rename is durable only once its directory is.
fn sync_parent(path: &Path) -> io::Result<()> {
    match path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        Some(parent) => File::open(parent)?.sync_all(),
        None => File::open(".")?.sync_all(),
    }
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    PathBuf::from(name)
}

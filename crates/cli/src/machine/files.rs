//! Files that survive a power cut: written beside, forced to disk, then renamed over the old one.
//! It does not know what is in them; owners alone may read what it writes.

use crate::failure::Failure;
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// Reads a file of at most `limit` bytes; `None` if it is not there.
pub fn read(path: &Path, limit: u64) -> Result<Option<Vec<u8>>, Failure> {
    let doing = || format!("read {}", path.display());
    let file = match File::open(path) {
        Ok(file) => file,
        Err(why) if why.kind() == ErrorKind::NotFound => return Ok(None),
        Err(why) => return Err(Failure::machine(doing(), why)),
    };
    let mut bytes = Vec::new();
    file.take(limit + 1).read_to_end(&mut bytes).map_err(|why| Failure::machine(doing(), why))?;
    if bytes.len() as u64 > limit {
        return Err(Failure::bad_input(format!("{} is larger than {limit} bytes", path.display())));
    }
    Ok(Some(bytes))
}

/// As [`read`], where the file must be there.
pub fn read_needed(path: &Path, limit: u64) -> Result<Vec<u8>, Failure> {
    read(path, limit)?.ok_or_else(|| Failure::could_not(format!("there is no file {}", path.display())))
}

/// Replaces a file as a whole, mode 0600. After it returns, the new content is on the disk.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let failed = |why: std::io::Error| Failure::machine(format!("write {}", path.display()), why);
    let beside = beside(path);
    let written = (|| {
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&beside)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&beside, path)?;
        sync_folder(path)
    })();
    if written.is_err() {
        let _ = fs::remove_file(&beside);
    }
    written.map_err(failed)
}

/// Makes a folder that only its owner may enter.
pub fn folder(path: &Path) -> Result<(), Failure> {
    use std::os::unix::fs::DirBuilderExt;
    let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.map_err(|why| Failure::machine(format!("make the folder {}", path.display()), why))
}

/// Forces the entry of a new or renamed file to disk.
pub fn sync_folder(path: &Path) -> std::io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

/// `a/b.json` to `a/b.json.new`; in the same folder, so that renaming is one step.
fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    path.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::{read, read_needed, replace};
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_replaced_file_is_whole_private_and_bounded() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.json");
        assert!(read(&path, 9).expect("absent").is_none() && read_needed(&path, 9).is_err());
        replace(&path, b"first").expect("written");
        replace(&path, b"second").expect("written");
        assert_eq!(read_needed(&path, 6).expect("read"), b"second");
        assert!(read(&path, 5).is_err(), "a longer file is refused");
        assert_eq!(path.metadata().expect("there").permissions().mode() & 0o777, 0o600);
        assert_eq!(folder.path().read_dir().expect("list").count(), 1, "nothing is left beside");
    }
}

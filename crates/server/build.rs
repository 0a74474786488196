//! Packs the built pages (web/dist) into one table that the server embeds; text is stored gzipped, once.
//! It calls no npm: where the pages are not built the table is empty, and the server says how to build them.

use flate2::{Compression, write::GzEncoder};
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let dist = PathBuf::from(env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?).join("../../web/dist");
    // A missing path would count as changed at every build; an empty folder, which git ignores, does not.
    let _ = fs::create_dir_all(&dist);
    println!("cargo::rerun-if-changed={}", dist.display());
    println!("cargo::rerun-if-changed=build.rs");
    let out = PathBuf::from(env::var("OUT_DIR").map_err(io::Error::other)?);
    let mut files = Vec::new();
    if dist.join("index.html").is_file() {
        collect(&dist, &mut files)?;
        files.sort();
    }
    fs::write(out.join("pages.rs"), table(&dist, &files, &out)?)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

fn table(dist: &Path, files: &[PathBuf], out: &Path) -> io::Result<String> {
    let mut text = String::from("&[\n");
    for (number, file) in files.iter().enumerate() {
        let path = file.strip_prefix(dist).map_err(io::Error::other)?.to_string_lossy().replace('\\', "/");
        let Some((content_type, packed)) = content_type(&path) else { continue };
        let bytes = fs::read(file)?;
        let stored = out.join(format!("page-{number}"));
        fs::write(&stored, if packed { gzip(&bytes)? } else { bytes })?;
        writeln!(
            text,
            "    Page {{ path: {:?}, content_type: {content_type:?}, gzipped: {packed}, bytes: include_bytes!({:?}) }},",
            format!("/{path}"),
            stored.display().to_string(),
        )
        .map_err(io::Error::other)?;
    }
    text.push_str("]\n");
    Ok(text)
}

fn gzip(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    encoder.finish()
}

/// Content type, and whether gzip makes it smaller. Source maps and build notes are not shipped.
fn content_type(path: &str) -> Option<(&'static str, bool)> {
    if path.ends_with("manifest.build.json") {
        return None;
    }
    Some(match path.rsplit('.').next()? {
        "html" => ("text/html; charset=utf-8", true),
        "js" | "mjs" => ("text/javascript; charset=utf-8", true),
        "css" => ("text/css; charset=utf-8", true),
        "json" => ("application/json", true),
        "webmanifest" => ("application/manifest+json", true),
        "svg" => ("image/svg+xml", true),
        "wasm" => ("application/wasm", true),
        "txt" => ("text/plain; charset=utf-8", true),
        "png" => ("image/png", false),
        "jpg" | "jpeg" => ("image/jpeg", false),
        "ico" => ("image/x-icon", false),
        "woff2" => ("font/woff2", false),
        _ => return None,
    })
}

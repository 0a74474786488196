//! Pictures of apps (rule R40): what comes with a proposal is encoded anew here, and the version names it by its hash, so that
//! what was reviewed is what is shown. It does not know what is seen on one.

use crate::Province;
use crate::error::DeedError;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use yima_print::logo_png;
use yima_store::client_logo;

/// The member of the metadata.
pub(crate) const MEMBER: &str = "yima_logo";
/// Longest metadata with a picture in it, bytes.
pub(crate) const WITH_LOGO_MAX: usize = 300 * 1024;

/// A picture that came with a proposal.
pub(crate) struct NewLogo {
    pub hash: String,
    pub png: Vec<u8>,
}

/// Metadata as it is kept: a picture in it (`data:image/png;base64,…`, or `image/jpeg`) is replaced by the hash of what was
/// made of it. Metadata without one is as it came.
///
/// # Errors
/// [`DeedError::Invalid`] when it is no picture.
pub(crate) fn taken_out(metadata: String) -> Result<(String, Option<NewLogo>), DeedError> {
    if metadata.len() > WITH_LOGO_MAX || !metadata.contains("\"data:image/") {
        return Ok((metadata, None));
    }
    let Ok(mut value) = serde_json::from_str::<Value>(&metadata) else { return Ok((metadata, None)) };
    let Some(said) = value.get(MEMBER).and_then(Value::as_str).filter(|said| said.starts_with("data:")) else {
        return Ok((metadata, None));
    };
    let data = ["data:image/png;base64,", "data:image/jpeg;base64,"].iter().find_map(|start| said.strip_prefix(start));
    let bytes =
        data.and_then(|data| STANDARD.decode(data).ok()).ok_or_else(|| not_one("no base64 of a PNG or JPEG"))?;
    let png = logo_png(&bytes).map_err(|why| not_one(&why.to_string()))?;
    let hash = hex::encode(yima_keys::sha256(&[&png]));
    value[MEMBER] = hash.clone().into();
    Ok((value.to_string(), Some(NewLogo { hash, png })))
}

impl Province {
    /// The picture with this hash: PNG, 128 by 128, at most 64 KiB.
    ///
    /// # Errors
    /// [`DeedError::NotFound`].
    pub async fn client_logo(&self, hash: &str) -> Result<Vec<u8>, DeedError> {
        let hash = hash.to_owned();
        self.store
            .read_one::<_, DeedError, _>(move |tx| Box::pin(async move { Ok(client_logo::find(tx, &hash).await?) }))
            .await?
            .ok_or(DeedError::NotFound("logo"))
    }
}

fn not_one(why: &str) -> DeedError {
    DeedError::invalid(
        "metadata",
        format!("yima_logo 要一张 PNG 或 JPEG 图片，写成 data:image/png;base64,…。{why}"),
        format!("yima_logo: a PNG or JPEG picture as data:image/png;base64,... is needed; {why}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r40_metadata_names_a_picture_by_the_hash_of_what_is_shown() {
        // One red pixel.
        let red = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR42mP4z8AAAAMBAQD3A0FDAAAAAElFTkSuQmCC";
        let (kept, made) =
            taken_out(format!(r#"{{"yima_logo":"data:image/png;base64,{red}","scope":"openid"}}"#)).unwrap();
        let made = made.unwrap();
        let kept: Value = serde_json::from_str(&kept).unwrap();
        assert_eq!((kept[MEMBER].as_str(), kept["scope"].as_str()), (Some(made.hash.as_str()), Some("openid")));
        assert_eq!(made.hash, hex::encode(yima_keys::sha256(&[&made.png])));
        for bad in ["data:image/svg+xml;base64,PHN2Zy8+", "data:image/png;base64,!", "data:image/png;base64,AAAA"] {
            let sent = format!(r#"{{"yima_logo":"{bad}"}}"#);
            assert!(matches!(taken_out(sent), Err(DeedError::Invalid { field: "metadata", .. })), "{bad}");
        }
        let plain = r#"{ "client_name" : "data:image/x" }"#.to_owned();
        assert_eq!(taken_out(plain.clone()).unwrap().0, plain, "what has no picture stays as it came");
    }
}

//! Whether a file is its source's: the source is registered, and where it has keys, one of them signed this very file as a file of
//! this kind. Asked before the first row is read, and again in the transaction of each part. It does not know rows.

use super::{found, key_of};
use crate::Province;
use crate::error::{DeedError, Text};
use crate::row_seal::RowSealer;
use yima_oidc::detached::{self, NotASignature};
use yima_store::Tx;
use yima_store::organisation::BatchKind;
use yima_store::registered_key::{self, Purpose, RegisteredKey, State};

/// How old a signature may be: one that somebody kept back says nothing of today.
const SIGNED_WITHIN_S: i64 = 31 * 86_400;
/// How far the clock of a source may be ahead.
const AHEAD_S: i64 = 300;

/// What a signed file may bring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FileKind {
    Residents,
    Of(BatchKind),
}

impl FileKind {
    /// The word in the header of a signature.
    fn as_str(self) -> &'static str {
        match self {
            Self::Residents => "residents",
            Self::Of(kind) => kind.as_str(),
        }
    }
}

/// On whose word a file is taken.
#[derive(Clone)]
pub(crate) struct Vouched {
    /// The source, as it was given.
    pub source: String,
    /// Thumbprint of the key that signed the file.
    pub key: Option<String>,
    /// The registration by which it is taken; None while no source is registered.
    registered: Option<String>,
    seals: RowSealer,
}

impl Vouched {
    /// Whether that still holds, in the transaction of what relies on it.
    ///
    /// # Errors
    /// [`DeedError::Conflict`] when the key was ended meanwhile, or the register was begun.
    pub async fn holds(&self, tx: &mut Tx) -> Result<(), DeedError> {
        registered_key::rely_on(tx).await?;
        match &self.registered {
            Some(id) if found(tx, &self.seals, id).await?.state == State::Active => Ok(()),
            None if registered_key::owners(tx, Purpose::Import, 1).await?.is_empty() => Ok(()),
            _ => Err(DeedError::Conflict(Text::new(
                "来源的密钥或登记刚刚停用，导入停下；已写入的可以整批撤销",
                "the source's key or registration was ended meanwhile: stopped; what is written can be undone as one",
            ))),
        }
    }

    /// With what a use says of a part of the import.
    pub fn beside(&self, mut detail: serde_json::Value) -> serde_json::Value {
        if !self.source.is_empty() {
            detail["key"] = self.key.as_deref().into();
            detail["source"] = self.source.as_str().into();
        }
        detail
    }
}

impl Province {
    /// On whose word a file is taken. While no source was ever registered anybody's is, without a signature.
    ///
    /// # Errors
    /// [`DeedError::Invalid`] for the source or the signature.
    pub(crate) async fn vouched(
        &self,
        kind: FileKind,
        source: &str,
        file_hash: &[u8; 32],
        signature: Option<&str>,
    ) -> Result<Vouched, DeedError> {
        let (named, now_s) = (source.to_owned(), self.now_s());
        let (closed, standing) = self
            .store
            .read::<_, DeedError, _>(move |tx| {
                Box::pin(async move {
                    let closed = !registered_key::owners(tx, Purpose::Import, 1).await?.is_empty();
                    Ok((closed, registered_key::active(tx, Purpose::Import, &named).await?))
                })
            })
            .await?;
        let seals = self.sealer_of_rows();
        standing.iter().try_for_each(|row| seals.holds(row))?;
        let by = match (standing.as_slice(), signature) {
            ([], _) if closed => return Err(not_registered(source)),
            ([], None) => None,
            ([], Some(_)) => return Err(nobody_checks()),
            ([row], None) if row.kid.is_none() => Some(row),
            ([row], Some(_)) if row.kid.is_none() => return Err(nobody_checks()),
            (_, None) => return Err(unsigned(source)),
            (rows, Some(signature)) => {
                let checked = signed_by(rows, kind, source, file_hash, signature, now_s);
                if let Err(why) = &checked {
                    tracing::warn!(alarm = "file_signature", source, kind = kind.as_str(), %why, "a file was not taken");
                }
                Some(checked?)
            }
        };
        Ok(Vouched {
            source: source.to_owned(),
            key: by.and_then(|row| row.kid.clone()),
            registered: by.map(|row| row.id.clone()),
            seals,
        })
    }
}

/// Which of a source's keys signed the file.
fn signed_by<'a>(
    rows: &'a [RegisteredKey],
    kind: FileKind,
    source: &str,
    file_hash: &[u8; 32],
    signature: &str,
    now_s: i64,
) -> Result<&'a RegisteredKey, DeedError> {
    let jws = detached::read(signature.trim()).map_err(not_taken)?;
    let row = rows.iter().find(|row| row.kid.as_deref() == Some(jws.header.kid.as_str())).ok_or_else(|| {
        wrong(
            "签名用的密钥（kid）不是这个来源在用的密钥",
            "the key of the signature (kid) is none that stands for this source",
        )
    })?;
    let key = key_of(row)?.ok_or_else(|| DeedError::internal("a thumbprint without a key"))?;
    let header = jws.holds(&key, file_hash).map_err(not_taken)?;
    if header.source != source {
        return Err(wrong("签名写的是另一个来源", "the signature names another source"));
    }
    if header.kind != kind.as_str() {
        return Err(wrong(
            format!("签名写的内容是 {}，这次导入的是 {}", header.kind, kind.as_str()),
            format!("the signature is over {}, and this imports {}", header.kind, kind.as_str()),
        ));
    }
    if !(now_s - SIGNED_WITHIN_S..=now_s + AHEAD_S).contains(&header.iat) {
        return Err(wrong(
            "签名超过 31 天，或来源的时钟走快了：请来源重新签名",
            "the signature is older than 31 days, or the source's clock is ahead: let the source sign anew",
        ));
    }
    Ok(row)
}

fn wrong(zh: impl Into<String>, en: impl Into<String>) -> DeedError {
    DeedError::invalid("signature", zh, en)
}

fn not_taken(why: NotASignature) -> DeedError {
    let zh = match why {
        NotASignature::Malformed => "不是分离式 JWS：应为 头..签名，2048 字节以内",
        NotASignature::Attached => "签名里不要带内容：两个点之间留空（RFC 7515 附录 F）",
        NotASignature::Header => "签名头要恰好有 alg、typ、kid、kind、source、iat，各一次",
        NotASignature::Type => "签名头的 typ 要是 yima-file+jws",
        NotASignature::Algorithm => "签名头的 alg 不是登记的密钥的算法",
        NotASignature::Signature => "签名验不过：文件改过，或不是这把密钥签的",
    };
    wrong(zh, why.to_string())
}

fn not_registered(source: &str) -> DeedError {
    if source.is_empty() {
        return DeedError::invalid(
            "source",
            "要写明来源（--source），登记过的才收",
            "name the source (--source): registered ones alone are taken",
        );
    }
    DeedError::invalid(
        "source",
        format!("来源“{source}”没有登记，或密钥都已停用；登记要两个人，名称要一字不差"),
        format!(
            "no source \"{source}\" stands in the register: two persons register one, and imports name it letter for letter"
        ),
    )
}

fn unsigned(source: &str) -> DeedError {
    wrong(
        format!("来源“{source}”登记了密钥，文件要带它的签名（--signature）"),
        format!("the source \"{source}\" has a key: its files come with its signature (--signature)"),
    )
}

fn nobody_checks() -> DeedError {
    wrong(
        "这个来源没有登记密钥，签名没法核对：先登记密钥",
        "no key is registered for that source, so nobody could check the signature: register its key first",
    )
}

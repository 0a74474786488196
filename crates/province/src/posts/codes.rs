//! Officer codes (公务码): codes of the officer's own handle, in a slot from 128 on that the post took. A check that reads
//! the slot finds the post and its office. It does not know how a code is drawn or verified.

use super::{held, office_stands, read};
use crate::clock::MICROS;
use crate::error::{DeedError, Text};
use crate::row_seal::RowSealer;
use yima_kernel::id::AccountId;
use yima_kernel::post::{InPost, PostRole};
use yima_store::family_slot::BehindPost;
use yima_store::organisation;
use yima_store::post::{self, Post};
use yima_store::{StoreError, Tx};

/// The post in which a code is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfficePost {
    /// `pst_…`
    pub id: String,
    /// Whose.
    pub account: String,
    /// `org_…`
    pub organisation: String,
    /// Registered name of the office.
    pub office: String,
    /// `counter`, `handler`, `reviewer`, `head`.
    pub role: String,
    /// It is a deputy's.
    pub deputy: bool,
}

impl OfficePost {
    /// Small facts for a use.
    pub(crate) fn said(&self) -> serde_json::Value {
        serde_json::json!({
            "deputy": self.deputy, "id": self.id, "office": self.office, "organisation": self.organisation,
            "role": self.role,
        })
    }

    pub(super) async fn of(tx: &mut Tx, row: &Post, account: &str) -> Result<Self, StoreError> {
        let office = organisation::find(tx, &row.organisation).await?.map(|of| of.name).unwrap_or_default();
        Ok(Self {
            id: row.id.clone(),
            account: account.to_owned(),
            organisation: row.organisation.clone(),
            office,
            role: row.role.clone(),
            deputy: row.parent.is_some(),
        })
    }
}

/// A post for the decision, with its row; both stay as read until this deed is durable. Rely on the account before.
pub(super) async fn in_post(tx: &mut Tx, seals: &RowSealer, id: &str) -> Result<(InPost, Post), DeedError> {
    let (row, officer, office_stands) = read(tx, seals, id).await?;
    // Nobody accepted it yet: for this deed it is not there.
    let account = row.account.as_deref().ok_or(DeedError::NotFound("post"))?;
    let account = AccountId::parse(account).map_err(|_| DeedError::internal("post.account"))?;
    Ok((InPost { account, held: held(&row), officer: officer.as_ref().map(held), office_stands }, row))
}

/// The post behind a code, and whether it lets it be shown now.
pub(crate) async fn post_of_code(
    tx: &mut Tx,
    seals: &RowSealer,
    found: &BehindPost,
    now_s: i64,
) -> Result<(OfficePost, bool), DeedError> {
    let (post, row) = in_post(tx, seals, &found.post).await?;
    let good = post.stands(now_s) && post.account.as_str() == found.account;
    Ok((OfficePost::of(tx, &row, &found.account).await?, good))
}

/// What people call a post.
#[must_use]
pub fn role_words(role: &str) -> Text {
    match PostRole::parse(role) {
        Some(PostRole::Counter) => Text::new("窗口人员", "Counter"),
        Some(PostRole::Handler) => Text::new("经办人", "Case handler"),
        Some(PostRole::Reviewer) => Text::new("审核人", "Reviewer"),
        Some(PostRole::Head) => Text::new("负责人", "Head of office"),
        None => Text::new("职务", "Post"),
    }
}

/// Posts in which an account may show a code now, as a list: nothing is locked.
pub(super) async fn to_show(
    tx: &mut Tx,
    seals: &RowSealer,
    account: &str,
    now_s: i64,
) -> Result<Vec<(OfficePost, i64)>, DeedError> {
    let mut own = Vec::new();
    for row in post::standing_of(tx, account).await? {
        let officer = match &row.parent {
            Some(parent) => post::find(tx, parent).await?,
            None => None,
        };
        for one in officer.iter().chain([&row]) {
            seals.holds(one)?;
        }
        let stands = held(&row).stands(officer.as_ref().map(held), now_s);
        if stands && office_stands(tx, seals, &row.organisation).await? {
            let until = row.lease_until / MICROS;
            own.push((OfficePost::of(tx, &row, account).await?, until));
        }
    }
    Ok(own)
}

//! See and copy: everything held about a person, at once, to their own device. It does not know how a page is drawn.

use crate::Province;
use crate::doorway::Done;
use crate::error::{DeedError, Text};
use crate::held::{self, Held};
use crate::rights::holder;
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::rights::Right;
use yima_kernel::subject::Actor;
use yima_print::{FontPaths, Fonts, statement_pdf};

/// How a copy is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CopyForm {
    /// Portable: JSON, both languages.
    Json,
    /// To read and print, in Chinese or English.
    Pdf {
        /// English instead of Chinese.
        english: bool,
    },
}

impl Province {
    /// A copy of everything that is held about the actor; its record and all devices say that one was made.
    ///
    /// # Errors
    /// Refusals of the decision; [`DeedError::Conflict`] when a PDF lacks a Chinese font.
    pub async fn copy_data(&self, actor: &Actor, form: CopyForm) -> Result<Vec<u8>, DeedError> {
        // Before the deed is recorded: a copy that can't be printed is none.
        let fonts = match form {
            CopyForm::Json => None,
            CopyForm::Pdf { .. } => Some(fonts()?),
        };
        let holder = holder(actor)?;
        let asking = self.asking(actor, &holder, Right::Copy, None)?;
        let id = holder.as_str().to_owned();
        let word = if fonts.is_some() { "pdf" } else { "json" };
        let rows = self
            .short(
                Request::of(actor.clone(), Deed::CopyData).about(holder),
                |_| Box::pin(async { Ok((Facts::default(), ())) }),
                move |tx, (), door| {
                    Box::pin(async move {
                        let row = asking.written(tx, door.now_us, "copied").await?;
                        let rows = held::gather(tx, &id, door.now_us).await?;
                        let detail = serde_json::json!({ "request": row.id, "form": word });
                        Ok(Done::plain(rows).detail(detail))
                    })
                },
            )
            .await?;
        let held = self.kept_about(rows)?;
        match (form, fonts) {
            (CopyForm::Pdf { english }, Some(fonts)) => self.printed(&held, english, &fonts),
            _ => held.to_json(),
        }
    }

    pub(crate) fn printed(&self, held: &Held, english: bool, fonts: &Fonts) -> Result<Vec<u8>, DeedError> {
        statement_pdf(fonts, &held.statement(english, self.demo)).map_err(DeedError::internal)
    }
}

pub(crate) fn fonts() -> Result<Fonts, DeedError> {
    Fonts::find(&FontPaths::default()).map_err(|e| {
        DeedError::Conflict(Text::new(
            format!("服务器缺中文字体，印不了；可以先取 JSON 文件：{e}"),
            format!("the server lacks a Chinese font, so nothing can be printed; take the JSON file: {e}"),
        ))
    })
}

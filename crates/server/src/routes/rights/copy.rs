//! POST /rights/copy: everything that is held about the asking person, as a file.
//! It does not know what that is.

use crate::app::{Answer, App};
use crate::error::{Code, Refused};
use crate::extract::DeviceOrPerson;
use crate::routes::pdf;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use yima_province::CopyForm;
use yima_wire::rights::CopyRequest;

const JSON_FILE: &str = "attachment; filename=\"yima-my-data.json\"";
const PDF_FILE: &str = "yima-my-data.pdf";

/// A copy of everything: portable JSON, or a PDF to read. All devices are told.
#[utoipa::path(post, path = "/api/v1/rights/copy", tag = "device", request_body = CopyRequest,
    responses((status = 200, description = "The file.", content((serde_json::Value = "application/json"), (Vec<u8> = "application/pdf")))),
    security(("device" = []), ("person" = [])))]
pub async fn copy(State(app): State<App>, caller: DeviceOrPerson) -> Answer<Response> {
    let wish: CopyRequest = caller.parse()?;
    match wish.form.as_str() {
        "json" => {
            let bytes = app.province.copy_data(&caller.actor, CopyForm::Json).await?;
            Ok(([(header::CONTENT_TYPE, "application/json"), (header::CONTENT_DISPOSITION, JSON_FILE)], bytes)
                .into_response())
        }
        "pdf" => {
            let english = english(wish.lang.as_deref())?;
            Ok(pdf(app.province.copy_data(&caller.actor, CopyForm::Pdf { english }).await?, PDF_FILE))
        }
        _ => Err(Refused::new(Code::Invalid, "form").saying("form 只能是 json 或 pdf。", "The form is json or pdf.")),
    }
}

/// Chinese unless English is named.
pub(super) fn english(lang: Option<&str>) -> Answer<bool> {
    match lang {
        None | Some("zh") => Ok(false),
        Some("en") => Ok(true),
        Some(_) => {
            Err(Refused::new(Code::Invalid, "lang").saying("lang 只能是 zh 或 en。", "The language is zh or en."))
        }
    }
}

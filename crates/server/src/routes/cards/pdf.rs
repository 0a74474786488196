//! GET and POST /cards/{id}/pdf: the paper itself, with a photo when one is sent; neither is kept.
//! It does not know how it is drawn.

use crate::app::{Answer, App};
use crate::bytes;
use crate::extract::{Json, OperatorCaller, Path};
use crate::routes::pdf;
use axum::extract::State;
use axum::response::Response;
use yima_wire::resident::CardPhoto;

const PHOTO_BYTES_MAX: usize = 512 * 1024;
const FILE: &str = "yima-card.pdf";

/// The card as a PDF, with an empty frame for the photo.
#[utoipa::path(get, path = "/api/v1/cards/{id}/pdf", tag = "operator", params(("id" = String, Path, description = "`crd_…`")),
    responses((status = 200, body = Vec<u8>, content_type = "application/pdf")), security(("operator" = [])))]
pub async fn print(State(app): State<App>, Path(id): Path<String>, operator: OperatorCaller) -> Answer<Response> {
    Ok(pdf(app.province.card_pdf(operator.actor(), &id, None).await?, FILE))
}

/// The card as a PDF with this photo, which is printed and forgotten.
#[utoipa::path(post, path = "/api/v1/cards/{id}/pdf", tag = "operator", request_body = CardPhoto,
    params(("id" = String, Path, description = "`crd_…`")),
    responses((status = 200, body = Vec<u8>, content_type = "application/pdf")), security(("operator" = [])))]
pub async fn print_with_photo(
    State(app): State<App>,
    Path(id): Path<String>,
    operator: OperatorCaller,
    Json(sent): Json<CardPhoto>,
) -> Answer<Response> {
    let photo = bytes::read("photo", &sent.photo, PHOTO_BYTES_MAX)?;
    Ok(pdf(app.province.card_pdf(operator.actor(), &id, Some(photo)).await?, FILE))
}

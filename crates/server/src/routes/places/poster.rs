//! GET /places/{site}/poster.pdf: the place code (场所码) to hang on a wall.
//! It does not know how it is drawn.

use crate::app::{Answer, App};
use crate::extract::{OperatorCaller, Path};
use crate::routes::pdf;
use axum::extract::State;
use axum::response::Response;

/// The poster as a PDF.
#[utoipa::path(get, path = "/api/v1/places/{site}/poster.pdf", tag = "operator", params(("site" = u32, Path, description = "Site number.")),
    responses((status = 200, body = Vec<u8>, content_type = "application/pdf")), security(("operator" = [])))]
pub async fn poster(State(app): State<App>, Path(site): Path<u32>, _operator: OperatorCaller) -> Answer<Response> {
    Ok(pdf(app.province.poster_pdf(site)?, "yima-place.pdf"))
}

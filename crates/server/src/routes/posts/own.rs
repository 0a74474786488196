//! GET /posts and POST /posts/{id}/draw: the posts in which the caller's device shows officer codes, and their codes.
//! It does not know when a post stands.

use crate::app::{Answer, App};
use crate::convert;
use crate::extract::{Drawing, Json, Path, SignedBy};
use crate::routes::tokens::draw::draw_of;
use axum::extract::State;
use yima_wire::post::PostsToShow;
use yima_wire::token::{DrawAnswer, DrawRequest};

/// Posts of the caller that stand now.
#[utoipa::path(get, path = "/api/v1/posts", tag = "device", responses((status = 200, body = PostsToShow)), security(("device" = [])))]
pub async fn own(State(app): State<App>, SignedBy(actor): SignedBy) -> Answer<Json<PostsToShow>> {
    let posts = app.province.posts_to_show(&actor).await?;
    Ok(Json(PostsToShow { posts: posts.into_iter().map(convert::post::to_show).collect() }))
}

/// Draw codes to be shown in a post: at most 16 of each form a day, every T1 of flavour `acting`.
#[utoipa::path(post, path = "/api/v1/posts/{id}/draw", tag = "device", request_body = DrawRequest,
    params(("id" = String, Path, description = "`pst_…`")),
    responses((status = 200, body = DrawAnswer)), security(("device" = [])))]
pub async fn draw(
    State(app): State<App>,
    Path(id): Path<String>,
    drawing: Drawing<DrawRequest>,
) -> Answer<Json<DrawAnswer>> {
    let Drawing { actor, wish, place } = drawing;
    let draw = draw_of(&wish)?;
    let drawn = app.province.draw_for_post(&actor, &id, draw).await?;
    drop(place);
    Ok(Json(convert::token::drawn(drawn, app.province.now_s())))
}

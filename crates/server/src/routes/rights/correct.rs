//! POST /rights/correct: ask that something be corrected.
//! It does not know who decides.

use crate::app::{Answer, App};
use crate::convert;
use crate::error::{Code, Refused};
use crate::extract::{DeviceOrPerson, Json};
use axum::extract::State;
use yima_province::{CorrectData, Correctable};
use yima_wire::rights::{CorrectRequest, RightsRequest};

/// Ask for a correction of name, telephone or region. An ID number comes from the register and can't be changed here.
#[utoipa::path(post, path = "/api/v1/rights/correct", tag = "device", request_body = CorrectRequest,
    responses((status = 200, body = RightsRequest)), security(("device" = []), ("person" = [])))]
pub async fn correct(State(app): State<App>, caller: DeviceOrPerson) -> Answer<Json<RightsRequest>> {
    let wish: CorrectRequest = caller.parse()?;
    let field = Correctable::parse(&wish.field).ok_or_else(|| {
        Refused::new(Code::Invalid, "field").saying(
            "只能更正姓名、手机、地区；证号由公安机关更正后随户籍资料更新。",
            "Name, telephone and region can be corrected here; an ID number comes with the register of the police.",
        )
    })?;
    let wish = CorrectData { field, to: wish.to, why: wish.why };
    Ok(Json(convert::rights::row(app.province.correct_data(&caller.actor, wish).await?)))
}

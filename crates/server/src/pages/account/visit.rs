//! The kiosk of a counter (R12): a short code opens the visit that an officer began, its forms do what it lists, and at its end
//! this browser forgets everything. It does not decide: each form calls a deed of the province.

use super::frame::{go, mark, notice, page as whole, refusal, with_status};
use super::sent::{Marked, Marks, SentHere, foreign, marked, read};
use super::visit_page::{Seen, shown as page_of};
use super::visitor::Visitor;
use crate::app::App;
use crate::error::Refused;
use axum::extract::{FromRequest, Path, Request, State};
use axum::http::{HeaderName, HeaderValue};
use axum::response::Response;
use maud::html;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use yima_kernel::deed::Deed;
use yima_province::{DeedError, Person, VisitShown};

/// The kiosk keeps nothing of a visit (W3C Clear Site Data, section 3.1).
const CLEAR: &str = "\"cache\", \"cookies\", \"storage\"";

/// The letters on the officer's screen.
#[derive(Deserialize)]
pub struct Code {
    mark: String,
    code: String,
}

/// The switches: absent means off.
#[derive(Deserialize)]
pub struct Switches {
    mark: String,
    paper: Option<String>,
    short: Option<String>,
}

/// A question about the rules.
#[derive(Deserialize)]
pub struct Question {
    mark: String,
    question: String,
}

marked!(Code, Switches, Question);

/// A form of the visit that is open in this browser: none is, and the page that asks for its letters is the answer.
pub struct SentInVisit<T>(Visitor, Person, T);

impl<T: DeserializeOwned + Marks> FromRequest<App> for SentInVisit<T> {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let (mut visitor, sent) = read::<T>(request, app).await?;
        let Some(person) = visitor.person.clone() else { return Err(go(&mut visitor, "/account/visit")) };
        foreign(&mut visitor, &sent).map_or(Ok(Self(visitor, person, sent)), Err)
    }
}

/// GET /account/visit.
pub async fn page(State(app): State<App>, mut visitor: Visitor) -> Response {
    match standing(&app, &visitor).await {
        Ok(Some((person, visit))) => shown(&app, &mut visitor, &person, &visit, None).await,
        Ok(None) if visitor.is_kiosk() => over(&mut visitor),
        Ok(None) => code_form(&mut visitor, None),
        Err(error) => refusal(&mut visitor, &Refused::from(error)),
    }
}

/// POST /account/visit: what stands in this browser ends, and the next one opens.
pub async fn open(State(app): State<App>, SentHere(mut visitor, sent): SentHere<Code>) -> Response {
    if let Err(error) = leave(&app, &visitor).await {
        return refusal(&mut visitor, &Refused::from(error));
    }
    match app.province.open_visit(&visitor.browser, &sent.code).await {
        Ok(opened) => {
            visitor.is_in_visit(&opened.token, opened.until_at);
            go(&mut visitor, "/account/visit")
        }
        Err(error) => {
            let refused = match error {
                DeedError::SignIn => Refused::from(DeedError::SignIn).saying(
                    "没有等着的协助是这个码，或已过 3 分钟。请看工作人员屏幕上的码",
                    "No visit waits for these letters, or three minutes are over. Look at the officer's screen",
                ),
                error => Refused::from(error),
            };
            let shown = code_form(&mut visitor, Some(&refused));
            with_status(&refused, shown)
        }
    }
}

/// POST /account/visit/end.
pub async fn end(State(app): State<App>, SentHere(mut visitor, _): SentHere<Marked>) -> Response {
    match leave(&app, &visitor).await {
        Ok(()) => over(&mut visitor),
        Err(error) => refusal(&mut visitor, &Refused::from(error)),
    }
}

/// POST /account/visit/settings.
pub async fn settings(
    State(app): State<App>,
    SentInVisit(mut visitor, person, sent): SentInVisit<Switches>,
) -> Response {
    let (paper_off, short_off) = (sent.paper.is_none(), sent.short.is_none());
    let done = app.province.change_settings(&person.actor(), Some(paper_off), Some(short_off)).await;
    done_or_said(&app, &mut visitor, &person, done.map(drop)).await
}

/// POST /account/visit/explain.
pub async fn explain(
    State(app): State<App>,
    SentInVisit(mut visitor, person, sent): SentInVisit<Question>,
) -> Response {
    let done = app.province.explain_data(&person.actor(), &sent.question).await;
    done_or_said(&app, &mut visitor, &person, done.map(drop)).await
}

/// POST /account/visit/sessions/end.
pub async fn end_sessions(
    State(app): State<App>,
    SentInVisit(mut visitor, person, _): SentInVisit<Marked>,
) -> Response {
    let done = app.province.end_other_sessions(&person.actor()).await;
    done_or_said(&app, &mut visitor, &person, done.map(drop)).await
}

/// POST /account/visit/apps/{id}/withdraw.
pub async fn withdraw(
    State(app): State<App>,
    Path(id): Path<String>,
    SentInVisit(mut visitor, person, _): SentInVisit<Marked>,
) -> Response {
    let done = app.province.withdraw_app(&person.actor(), &id).await;
    done_or_said(&app, &mut visitor, &person, done).await
}

/// POST /account/visit/requests/{id}/stop.
pub async fn stop(
    State(app): State<App>,
    Path(id): Path<String>,
    SentInVisit(mut visitor, person, _): SentInVisit<Marked>,
) -> Response {
    let done = app.province.stop_request(&person.actor(), &id).await;
    done_or_said(&app, &mut visitor, &person, done).await
}

/// After a form: the page again, with what was refused above it; or the end of what is over.
async fn done_or_said(app: &App, visitor: &mut Visitor, person: &Person, done: Result<(), DeedError>) -> Response {
    let Err(error) = done else { return go(visitor, "/account/visit") };
    let refused = Refused::from(error);
    match app.province.visit_shown(person).await {
        Ok(Some(visit)) => {
            let page = shown(app, visitor, person, &visit, Some(&refused)).await;
            with_status(&refused, page)
        }
        _ => go(visitor, "/account/visit"),
    }
}

/// Reads what the visit lists and no more, so that nothing is looked at that nobody asked for.
async fn shown(
    app: &App,
    visitor: &mut Visitor,
    person: &Person,
    visit: &VisitShown,
    refused: Option<&Refused>,
) -> Response {
    match seen(app, person, visit).await {
        Ok(seen) => {
            let left = (visit.until_at - app.province.now_s()).max(1);
            let mut page = page_of(visitor, visit, &seen, refused);
            // Without a script too the kiosk finds out by itself that the time is over.
            if let Ok(value) = HeaderValue::from_str(&format!("{left}; url=/account/visit")) {
                page.headers_mut().insert(HeaderName::from_static("refresh"), value);
            }
            page
        }
        Err(error) => refusal(visitor, &Refused::from(error)),
    }
}

async fn seen(app: &App, person: &Person, visit: &VisitShown) -> Result<Seen, DeedError> {
    let (province, actor) = (&app.province, person.actor());
    let lists = |deed| visit.deeds.contains(&deed);
    Ok(Seen {
        record: province.record(&actor, None).await?.entries,
        settings: if lists(Deed::ChangeSettings) { Some(province.settings_of(&actor).await?) } else { None },
        apps: if lists(Deed::WithdrawApp) { Some(province.allowed_apps(&actor).await?) } else { None },
        requests: if lists(Deed::StopRequest) { Some(province.rights(&actor).await?.requests) } else { None },
        sessions: if lists(Deed::EndSession) { Some(province.sessions_of(person).await?.len()) } else { None },
    })
}

async fn standing(app: &App, visitor: &Visitor) -> Result<Option<(Person, VisitShown)>, DeedError> {
    let Some(person) = visitor.person.clone().filter(Person::is_helped) else { return Ok(None) };
    Ok(app.province.visit_shown(&person).await?.map(|visit| (person, visit)))
}

/// Ends the visit of this browser, if one stands.
async fn leave(app: &App, visitor: &Visitor) -> Result<(), DeedError> {
    let Some((person, _)) = standing(app, visitor).await? else { return Ok(()) };
    match app.province.leave_visit(&person).await {
        Err(DeedError::Conflict(_) | DeedError::NotFound(_)) => Ok(()),
        other => other,
    }
}

fn code_form(visitor: &mut Visitor, refused: Option<&Refused>) -> Response {
    let looks = visitor.looks;
    let body = html! {
        (notice(visitor, refused))
        p { (looks.t(
            "工作人员看过你的证件后，会给你 8 位协助码。输入后 15 分钟内，只能办你们说好的几件事；每件事的记录里都有工作人员。",
            "Once an officer has seen your document they give you eight letters. For 15 minutes you can then do what you agreed on and nothing else; each entry of your record names the help.")) }
        form method="post" action="/account/visit" {
            (mark(visitor))
            label { (looks.t("协助码", "Letters of the visit"))
                input name="code" required autocomplete="off" autocapitalize="none" spellcheck="false" maxlength="12" placeholder="abcd-efgh"; }
            button.btn.primary type="submit" { (looks.t("开始", "Begin")) }
        }
        p.hint { (looks.t("这里不要输入密码，也不用密码。", "No password is needed here, and none should be typed.")) }
    };
    whole(visitor, looks.t("窗口协助", "Help at a counter"), false, &body)
}

/// The visit is over: nothing of it stays in this browser.
fn over(visitor: &mut Visitor) -> Response {
    let looks = visitor.looks;
    let body = html! {
        div.notice role="status" { p { (looks.t(
            "这次协助已结束，这台机器上没有留下你的任何内容。",
            "This visit is over, and nothing of yours stays on this machine.")) } }
        p { a.btn.primary href="/account/visit" { (looks.t("下一位", "Next person")) } }
    };
    visitor.left_visit();
    let mut page = whole(visitor, looks.t("协助结束", "The visit is over"), false, &body);
    page.headers_mut().insert(HeaderName::from_static("clear-site-data"), HeaderValue::from_static(CLEAR));
    page
}

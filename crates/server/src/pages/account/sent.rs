//! What a form of the account sent: taken only when it carries the mark of this browser, and where somebody has to be signed
//! in, from them. Each handler begins after that, with its own matter. It does not know deeds.

use super::frame::{refusal, sign_in_first};
use super::visitor::Visitor;
use crate::app::App;
use axum::Form;
use axum::extract::{FromRequest, FromRequestParts as _, Request};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use yima_province::Person;

/// A form that carries the mark of the browser for which it was written.
pub trait Marks {
    /// The mark, as it came.
    fn mark(&self) -> &str;
}

/// Says of forms that their field `mark` is their mark.
macro_rules! marked {
    ($($form:ty),+) => {$(
        impl $crate::pages::account::sent::Marks for $form {
            fn mark(&self) -> &str {
                &self.mark
            }
        }
    )+};
}
pub(super) use marked;

/// A form with nothing but its mark.
#[derive(Deserialize)]
pub struct Marked {
    mark: String,
}

marked!(Marked);

/// A form of which a field may come more than once.
#[derive(Deserialize)]
#[serde(transparent)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// The first of that name; empty where there is none.
    pub fn one(&self, name: &str) -> &str {
        self.0.iter().find(|(of, _)| of == name).map_or("", |(_, value)| value)
    }

    /// All of that name.
    pub fn all(&self, name: &str) -> Vec<String> {
        self.0.iter().filter(|(of, _)| of == name).map(|(_, value)| value.clone()).collect()
    }
}

impl Marks for Fields {
    fn mark(&self) -> &str {
        self.one("mark")
    }
}

/// A form of this browser, whoever is signed in there. A form that can't be read is refused before its mark is looked at.
pub struct SentHere<T>(pub Visitor, pub T);

/// The same, by the person who is signed in: nobody is, and the page of signing in is the answer, whatever the mark.
pub struct SentBy<T>(pub Visitor, pub Person, pub T);

impl<T: DeserializeOwned + Marks> FromRequest<App> for SentHere<T> {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let (mut visitor, sent) = read::<T>(request, app).await?;
        foreign(&mut visitor, &sent).map_or(Ok(Self(visitor, sent)), Err)
    }
}

impl<T: DeserializeOwned + Marks> FromRequest<App> for SentBy<T> {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let (mut visitor, sent) = read::<T>(request, app).await?;
        let Some(person) = visitor.person.clone() else { return Err(sign_in_first(&mut visitor)) };
        foreign(&mut visitor, &sent).map_or(Ok(Self(visitor, person, sent)), Err)
    }
}

/// Who sent a form, and what it says; or why it can't be read.
pub(super) async fn read<T: DeserializeOwned>(request: Request, app: &App) -> Result<(Visitor, T), Response> {
    let (mut parts, body) = request.into_parts();
    let visitor = Visitor::from_request_parts(&mut parts, app).await.map_err(|refused| refused.into_response())?;
    let sent = Form::from_request(Request::from_parts(parts, body), app).await;
    sent.map(|Form(sent)| (visitor, sent)).map_err(|rejection| rejection.into_response())
}

/// The answer to a form that does not carry the mark of this browser; nothing for one that does.
pub(super) fn foreign<T: Marks>(visitor: &mut Visitor, sent: &T) -> Option<Response> {
    visitor.form_is_ours(sent.mark()).err().map(|refused| refusal(visitor, &refused))
}

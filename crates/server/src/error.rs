//! The only status codes of the house: every way a request can fail, as RFC 9457 problem details in two languages.
//! It does not decide anything; refusals that would tell a stranger something share one answer, the reason goes to the log.

pub mod oauth;
pub mod scim;

use crate::pages::account::frame::moment;
use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::borrow::Cow;
use yima_kernel::access::Refusal;
use yima_province::{DeedError, Text};
use yima_wire::problem::Problem;

/// What a caller is told; [`code_row`] has the status and the sentences.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// The request is not in the form that the API describes.
    Malformed,
    /// A field holds what it may not.
    Invalid,
    /// No device signature, or none that holds; unknown and ended devices look the same.
    NotSigned,
    /// The device's clock is too far off to be believed.
    Clock,
    /// No gate key, or none that opens.
    GateKeyNeeded,
    /// No session.
    SignInNeeded,
    /// Code, name, number, password or second factor: one answer for all.
    NotAccepted,
    /// A page of another site tried to act with this session.
    CrossSite,
    /// This caller may not do this.
    NotAllowed,
    /// The same person prepared it.
    SamePerson,
    /// The manifest does not name what was asked for.
    NotInManifest,
    /// The resident has not agreed to it.
    NotAgreed,
    /// A fresh or a stronger sign-in is needed.
    StepUp,
    /// No mandate in force allows it.
    NotMandated,
    /// In the hold after a recovery.
    InHold,
    /// A phone that a recovery did not keep by name.
    PhoneSuspended,
    /// A phone that was enrolled a short time ago and that nobody vouched for.
    PhoneYoung,
    /// The visit at a counter does not list it.
    NotInVisit,
    /// The mandate for it was ended.
    MandateOver,
    /// The mandate for it waits for somebody's word.
    MandateWaits,
    /// The mandate for it is narrower.
    MandateNarrower,
    /// It is the officer's own file.
    OwnFile,
    /// It is a relative's file.
    KinFile,
    /// It is somebody of the same office.
    SameOffice,
    /// Which resident the officer is is not known.
    NotNamed,
    /// Too many files within the hour.
    MassReading,
    /// The officer's post has run out.
    FeedSilent,
    /// The policy could not be evaluated.
    PolicyUnchecked,
    /// It is not there, or not the caller's.
    NotFound,
    /// The path exists, the method does not.
    MethodNotAllowed,
    /// The resident does not hold what a code was to disclose.
    NotHeld,
    /// Too few share what a code was to disclose.
    TooFewHolders,
    /// It clashes with what stands.
    Conflict,
    /// The resident is suspended or dead.
    SubjectNotActive,
    /// Body over the limit.
    TooLarge,
    /// Not JSON.
    MediaType,
    /// Over a limit of tries.
    TooMany,
    /// The server is full for the moment.
    Busy,
    /// The disk is full.
    Full,
    /// A defect, or a part that failed.
    Internal,
}

/// A request that was not done.
#[derive(Clone, Debug)]
pub struct Refused {
    code: Code,
    told: Option<Text>,
    retry_after_s: Option<u32>,
    server_at: Option<i64>,
    reason: Cow<'static, str>,
}

impl Refused {
    /// A refusal with its standard sentences; `reason` is for the log alone and holds nothing that a caller sent.
    #[must_use]
    pub const fn new(code: Code, reason: &'static str) -> Self {
        Self { code, told: None, retry_after_s: None, server_at: None, reason: Cow::Borrowed(reason) }
    }

    /// The same with a sentence of its own.
    #[must_use]
    pub fn saying(mut self, zh: impl Into<String>, en: impl Into<String>) -> Self {
        self.told = Some(Text { zh: zh.into(), en: en.into() });
        self
    }

    /// The same with a time to come back.
    #[must_use]
    pub const fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after_s = Some(seconds);
        self
    }

    /// The same with the server's time.
    #[must_use]
    pub const fn at(mut self, server_at: i64) -> Self {
        self.server_at = Some(server_at);
        self
    }

    /// The machine word.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        code_row(self.code).1
    }

    /// Its status, for a page that words it itself.
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        code_row(self.code).0
    }

    /// What the caller is told, in both languages.
    #[must_use]
    pub fn words(&self) -> Text {
        let (_, _, _, en, zh) = code_row(self.code);
        self.told.clone().unwrap_or_else(|| Text::new(zh, en))
    }

    /// A signed-in person has to prove more first.
    #[must_use]
    pub fn wants_step_up(&self) -> bool {
        self.code == Code::StepUp
    }

    /// Seconds after which to come again, if the answer names them.
    #[must_use]
    pub const fn comes_again_s(&self) -> Option<u32> {
        self.retry_after_s
    }

    /// Why, for the log.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// The whole answer. Called once, by the layer that knows the request's id.
    #[must_use]
    pub fn render(&self, request_id: &str) -> Response {
        let (status, word, title, en, zh) = code_row(self.code);
        let (en, zh) = self.told.as_ref().map_or((en, zh), |told| (&told.en, &told.zh));
        let problem = Problem {
            kind: format!("/problems/{word}"),
            title: title.to_owned(),
            status: status.as_u16(),
            code: word.to_owned(),
            detail: en.to_owned(),
            detail_zh: zh.to_owned(),
            request_id: request_id.to_owned(),
            server_at: self.server_at,
        };
        let body = serde_json::to_vec(&problem).unwrap_or_default();
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = self.retry_after_s {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Some(scheme) = challenge(self.code) {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(scheme));
        }
        response
    }
}

/// Leaves the body to the layer that knows the request id.
impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let mut response = code_row(self.code).0.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<DeedError> for Refused {
    fn from(error: DeedError) -> Self {
        match error {
            DeedError::Refused(refusal) => refused(refusal),
            DeedError::NotFound(what) => Self::new(Code::NotFound, what),
            DeedError::Invalid { field, why } => Self::new(Code::Invalid, field).saying(why.zh, why.en),
            DeedError::TooMany { retry_after_s, why } => {
                Self::new(Code::TooMany, "limit").saying(why.zh, why.en).retry_after(retry_after_s)
            }
            DeedError::SignIn => Self::new(Code::NotAccepted, "proof"),
            DeedError::NotHeld(why) => Self::new(Code::NotHeld, "not held").saying(why.zh, why.en),
            DeedError::TooFewHolders(why) => Self::new(Code::TooFewHolders, "too few holders").saying(why.zh, why.en),
            DeedError::Conflict(why) => Self::new(Code::Conflict, "conflict").saying(why.zh, why.en),
            DeedError::Busy => Self::new(Code::Busy, "store").retry_after(1),
            DeedError::Full => Self::new(Code::Full, "disk").retry_after(60),
            DeedError::Internal(reason) => Self { reason: Cow::Owned(reason), ..Self::new(Code::Internal, "") },
        }
    }
}

fn refused(refusal: Refusal) -> Refused {
    let code = match refusal {
        Refusal::NotAllowed => Code::NotAllowed,
        Refusal::NotYours => Code::NotFound,
        Refusal::ActorEnded => Code::NotSigned,
        Refusal::SubjectNotActive => Code::SubjectNotActive,
        Refusal::SamePerson => Code::SamePerson,
        Refusal::NotInManifest => Code::NotInManifest,
        Refusal::NotAgreed => Code::NotAgreed,
        Refusal::StepUp => Code::StepUp,
        Refusal::NotMandated => Code::NotMandated,
        Refusal::InHold => Code::InHold,
        Refusal::PhoneSuspended => Code::PhoneSuspended,
        Refusal::PhoneYoung { until_s } => return phone_young(until_s),
        Refusal::NotInVisit => Code::NotInVisit,
        Refusal::MandateOver => Code::MandateOver,
        Refusal::MandateWaits => Code::MandateWaits,
        Refusal::MandateNarrower => Code::MandateNarrower,
        Refusal::OwnFile => Code::OwnFile,
        Refusal::KinFile => Code::KinFile,
        Refusal::SameOffice => Code::SameOffice,
        Refusal::NotNamed => Code::NotNamed,
        Refusal::MassReading => Code::MassReading,
        Refusal::FeedSilent => Code::FeedSilent,
        Refusal::PolicyUnchecked => Code::PolicyUnchecked,
    };
    Refused::new(code, refusal.as_str())
}

/// Until when, for whoever holds the phone.
fn phone_young(until_s: i64) -> Refused {
    let until = moment(until_s);
    Refused::new(Code::PhoneYoung, "phone_young").saying(
        format!(
            "这部手机是新登记的。亮码、签到、看记录照常；取走、更正、删除信息，请代办人，答应给身份证号，要等到 {until}。\
             现在就要办：在“我的账户”用通行密钥登录，点这部手机旁的“是我的手机”。没有通行密钥，请到窗口。"
        ),
        format!(
            "This phone was added a short time ago. Codes, check-ins and your record work as always; copying, correcting and \
             deleting your data, helpers, and agreeing to give your ID number wait until {until}. To do it now, sign in on \
             My account with a passkey and press \"This phone is mine\" beside this phone. No passkey? Go to a counter."
        ),
    )
}

/// RFC 9110 section 11.6.1 wants a challenge beside each 401.
const fn challenge(code: Code) -> Option<&'static str> {
    match code {
        Code::NotSigned | Code::Clock => Some("Signature realm=\"yima\""),
        Code::GateKeyNeeded => Some("Bearer realm=\"yima\""),
        Code::SignInNeeded => Some("Session realm=\"yima\""),
        Code::StepUp => Some(
            "Session realm=\"yima\", error=\"insufficient_user_authentication\", acr_values=\"yima:3\", max_age=300",
        ),
        _ => None,
    }
}

type Row = (StatusCode, &'static str, &'static str, &'static str, &'static str);

/// Status, machine word, title, detail in English, detail in Chinese.
#[rustfmt::skip]
const fn code_row(code: Code) -> Row {
    match code {
        Code::Malformed => (StatusCode::BAD_REQUEST, "malformed", "Not in the expected form",
            "The request is not in the form that /api/docs describes.", "请求格式不对，请对照 /api/docs。"),
        Code::Invalid => (StatusCode::UNPROCESSABLE_ENTITY, "invalid", "A field cannot be taken",
            "One of the fields holds a value that cannot be taken.", "有一项填写的内容不能接受。"),
        Code::NotSigned => (StatusCode::UNAUTHORIZED, "not_signed", "Not signed by an enrolled device",
            "The request is not signed by a device that is enrolled. Enrol this device again, or go to a service counter.",
            "这个请求没有有效的设备签名。请重新登记这部设备，或到服务窗口办理。"),
        Code::Clock => (StatusCode::UNAUTHORIZED, "clock", "This device's clock is off",
            "The clock of this device is more than five minutes off. Take the server's time and try again.",
            "这部设备的时间相差超过五分钟，请按服务器时间校准后再试。"),
        Code::GateKeyNeeded => (StatusCode::UNAUTHORIZED, "gate_key_needed", "No valid gate key",
            "Send the gate's key as `Authorization: Bearer ygk_…`. An ended gate has none.",
            "请提供有效的核验点密钥。已停用的核验点没有密钥。"),
        Code::SignInNeeded => (StatusCode::UNAUTHORIZED, "sign_in_needed", "Sign in first",
            "There is no session, or it has ended. Please sign in.", "还没有登录，或登录已过期，请重新登录。"),
        Code::NotAccepted => (StatusCode::FORBIDDEN, "not_accepted", "Not accepted",
            "What was given does not match. Check it and try again.", "填写的信息不匹配，请核对后再试。"),
        Code::CrossSite => (StatusCode::FORBIDDEN, "cross_site", "Sent by another site",
            "This action was asked for by a page of another site, and was not done.", "这个操作来自别的网站，没有执行。"),
        Code::NotAllowed => (StatusCode::FORBIDDEN, "not_allowed", "Not allowed",
            "This sign-in may not do this.", "当前身份不能做这件事。"),
        Code::SamePerson => (StatusCode::FORBIDDEN, "same_person", "Somebody else must review it",
            "Who prepared it cannot review it. Ask a colleague.", "提交的人不能自己审核，请另一位同事来审。"),
        Code::NotInManifest => (StatusCode::FORBIDDEN, "not_in_manifest", "The manifest does not name it",
            "The reviewed manifest of this scenario does not name what was asked for.", "这个场景的清单没有列出所要的内容。"),
        Code::NotAgreed => (StatusCode::FORBIDDEN, "not_agreed", "The resident has not agreed to it",
            "The resident has not agreed to this. They can on their page, under Who saw my code, Consents; then show the code again.",
            "居民还没有同意。请他在自己的页面“谁看过我的码”的“授权”里同意，再亮一次码。"),
        Code::StepUp => (StatusCode::UNAUTHORIZED, "step_up", "Confirm it is you",
            "This needs a fresh sign-in with your passkey. Confirm it is you, and it goes on.",
            "这件事需要再用通行密钥确认一次是你本人，确认后继续。"),
        Code::NotMandated => (StatusCode::FORBIDDEN, "not_mandated", "No mandate in force",
            "You have no mandate for this, or it is over, suspended or narrower. See Family on your page.",
            "没有这件事的授权，或授权已结束、暂停、不含这一项。请看自己页面的“家人”。"),
        Code::InHold => (StatusCode::FORBIDDEN, "in_hold", "Waits after the recovery",
            "This account was recovered a short time ago. Agreeing, mandates, ways to sign in, a phone by text message and deletion wait until the hold is over; your account page says when. A counter's code adds a phone now.",
            "账户刚刚找回。授权、家人、登录方式、用短信添加手机和注销要等保护期过后再办，期限见“我的账户”。现在要添加手机，请到窗口领登记码。"),
        Code::PhoneSuspended => (StatusCode::FORBIDDEN, "phone_suspended", "This phone is paused",
            "The account was recovered and this phone was not kept, so it draws and shows no codes. Not you? Stop the recovery on this phone. It was you? Add this phone again with a code from a counter.",
            "账户刚找回，这部手机没有被保留，不能备码、亮码。不是你办的？在这部手机上停止找回。是你办的？到窗口领登记码，重新添加这部手机。"),
        Code::PhoneYoung => (StatusCode::FORBIDDEN, "phone_young", "This phone is new",
            "This phone was added a short time ago, and what matters waits for a day. A passkey on My account opens it now.",
            "这部手机是新登记的，重要的事过一天再办。在“我的账户”用通行密钥确认，现在就能办。"),
        Code::NotInVisit => (StatusCode::FORBIDDEN, "not_in_visit", "Not in this visit",
            "This visit at the counter does not list that. Ask the officer to open another visit for it, or do it on your own device.",
            "这次窗口协助不包括这一项。请工作人员另开一次，或在自己的设备上办。"),
        Code::MandateOver => (StatusCode::FORBIDDEN, "mandate_over", "The mandate is over",
            "Your mandate for this enterprise was ended or its time is over. What was filed before stands.",
            "你替这家企业办事的授权已经结束或到期。之前办的仍然有效。"),
        Code::MandateWaits => (StatusCode::FORBIDDEN, "mandate_waits", "The mandate waits",
            "The enterprise's representative changed, or you have not accepted yet: nothing new is filed until the mandate is confirmed.",
            "企业换了法定代表人，或你还没接受：授权确认前不能办新的事。"),
        Code::MandateNarrower => (StatusCode::FORBIDDEN, "mandate_narrower", "The mandate is narrower",
            "Your mandate does not cover this service or this amount.",
            "你的授权不含这个事项，或金额超过限额。"),
        Code::OwnFile => (StatusCode::FORBIDDEN, "own_file", "Your own file",
            "This is your own file, or the colleague of this matter is yourself. Ask another colleague.",
            "这是您本人的档案，或这一件的另一位经办人就是您本人，请由别的同事办理。"),
        Code::KinFile => (StatusCode::FORBIDDEN, "kin_file", "A relative's file",
            "A mandate joins you and this person, or you and the colleague of this matter. Ask another colleague.",
            "您与此人，或与这一件的另一位经办同事，有亲属、授权或代理关系，应当回避，请由别的同事办理。"),
        Code::SameOffice => (StatusCode::FORBIDDEN, "same_office", "Somebody of your own office",
            "This person works in your own office. Ask an auditor of another office.", "此人与您同一单位，应当回避，请由其他单位的审计人员办理。"),
        Code::NotNamed => (StatusCode::FORBIDDEN, "not_named", "Which resident you are is not known",
            "This province asks which resident an operator is, and yours is not known. Have it named on the page Operators.",
            "本平台要求登记管理员本人是哪位居民，您还没有登记。请先在“管理员”页登记。"),
        Code::MassReading => (StatusCode::FORBIDDEN, "mass_reading", "Too many files in an hour",
            "You have looked at as many files as one hour allows. Go on in an hour.", "您一小时内查看的档案已到上限，请一小时后再继续。"),
        Code::FeedSilent => (StatusCode::FORBIDDEN, "feed_silent", "Your post has run out",
            "Your office has not confirmed your post in time. Ask it to send its staff list.", "所在单位未按时确认您的岗位，请单位报送人员名单后再办。"),
        Code::PolicyUnchecked => (StatusCode::FORBIDDEN, "policy_unchecked", "Could not be checked",
            "Whether you may do this could not be checked, so it was not done. If it is a search by person, your own file has to be registered with your post first.",
            "无法核对您能否办理，因此没有执行。按人检索的，须先登记您本人的档案。"),
        Code::NotFound => (StatusCode::NOT_FOUND, "not_found", "Not found",
            "There is nothing here.", "没有找到。"),
        Code::MethodNotAllowed => (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "Method not allowed",
            "This address does not take this method.", "这个地址不支持这种请求方法。"),
        Code::NotHeld => (StatusCode::CONFLICT, "not_held", "The resident holds no such thing",
            "There is nothing of that kind to show. A service counter can register it.",
            "没有这一项可以出示，可以到服务窗口登记。"),
        Code::TooFewHolders => (StatusCode::CONFLICT, "too_few_holders", "Too few holders share it",
            "Showing it would single its holder out. Show a plain code instead.",
            "和你一样的人还不够多，出示这一项会让人认出你。请出示普通码。"),
        Code::Conflict => (StatusCode::CONFLICT, "conflict", "It clashes with what stands",
            "Something else has happened meanwhile. Look again and decide anew.", "情况已经变化，请刷新后再定。"),
        Code::SubjectNotActive => (StatusCode::CONFLICT, "subject_not_active", "The resident is not active",
            "The resident's account is suspended or ended. A service counter can say more.",
            "该居民账户已暂停或注销，请到服务窗口了解。"),
        Code::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "too_large", "Too large",
            "The body is larger than this address takes.", "内容太大，超出了限制。"),
        Code::MediaType => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "media_type", "JSON is expected",
            "Send the body as application/json.", "请以 application/json 发送内容。"),
        Code::TooMany => (StatusCode::TOO_MANY_REQUESTS, "too_many", "Too many tries",
            "There were too many tries. Wait a little and try again.", "尝试次数过多，请稍等再试。"),
        Code::Busy => (StatusCode::SERVICE_UNAVAILABLE, "busy", "Busy for the moment",
            "The service is busy for the moment. Try again shortly; codes still work offline.",
            "系统正忙，请稍后再试；离线出示和核验不受影响。"),
        Code::Full => (StatusCode::INSUFFICIENT_STORAGE, "full", "Nothing more can be stored",
            "Nothing was stored, because the disk is full. The operators have to make room.",
            "存储已满，没有保存任何内容，请联系运维人员。"),
        Code::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "server_error", "Something went wrong here",
            "Something went wrong on the server. It was logged under the request id.",
            "服务器出错，已按请求编号记录。"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_stranger_must_not_learn_looks_alike() {
        let word = |error: DeedError| Refused::from(error).word();
        assert_eq!(word(DeedError::Refused(Refusal::NotYours)), word(DeedError::NotFound("device")));
        assert_eq!(Refused::from(DeedError::Refused(Refusal::ActorEnded)).code, Code::NotSigned);
    }

    #[test]
    fn every_401_carries_a_challenge_and_no_other_status_does() {
        use Code as C;
        let all = [
            C::Malformed,
            C::Invalid,
            C::NotSigned,
            C::Clock,
            C::GateKeyNeeded,
            C::SignInNeeded,
            C::NotAccepted,
            C::CrossSite,
            C::NotAllowed,
            C::SamePerson,
            C::NotInManifest,
            C::NotAgreed,
            C::StepUp,
            C::NotMandated,
            C::InHold,
            C::PhoneSuspended,
            C::PhoneYoung,
            C::NotInVisit,
            C::MandateOver,
            C::MandateWaits,
            C::MandateNarrower,
            C::OwnFile,
            C::KinFile,
            C::SameOffice,
            C::NotNamed,
            C::MassReading,
            C::FeedSilent,
            C::PolicyUnchecked,
            C::NotFound,
            C::MethodNotAllowed,
            C::NotHeld,
            C::TooFewHolders,
            C::Conflict,
            C::SubjectNotActive,
            C::TooLarge,
            C::MediaType,
            C::TooMany,
            C::Busy,
            C::Full,
            C::Internal,
        ];
        for code in all {
            let response = Refused::new(code, "").render("r");
            let unauthorized = response.status() == StatusCode::UNAUTHORIZED;
            assert_eq!(unauthorized, response.headers().contains_key(header::WWW_AUTHENTICATE), "{code:?}");
        }
    }
}

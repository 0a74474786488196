//! Who looks at a page of the account: a browser with its cookies, and the person who is signed in on it, if any.
//! Every form comes back with the mark of its browser, and only from our own pages. It does not know what a page shows.

use super::looks::Looks;
use crate::app::App;
use crate::cookies::{Cookie, form_is_ours};
use crate::error::{Code, Refused};
use crate::extract::PersonCaller;
use axum::extract::{ConnectInfo, FromRequestParts, OptionalFromRequestParts};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, HeaderValue, header};
use std::net::{IpAddr, SocketAddr};
use yima_province::{Browser, Person, SignedInNow};

/// A known device is known for 180 days.
pub const KNOWN_S: i64 = 180 * 86_400;
/// A browser cookie and its looks live for a year.
const YEAR_S: i64 = 365 * 86_400;

/// A browser at a page of the account.
pub struct Visitor {
    /// What the province is told of it.
    pub browser: Browser,
    /// Who is signed in.
    pub person: Option<Person>,
    /// The session's token, for a rise.
    pub token: String,
    /// Language and size.
    pub looks: Looks,
    /// The path and query of the page, without language and size.
    pub here: String,
    app: App,
    headers: HeaderMap,
    cookies: Vec<HeaderValue>,
}

impl FromRequestParts<App> for Visitor {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refused> {
        // Turns requests of other sites' pages away as well.
        let caller = <PersonCaller as OptionalFromRequestParts<App>>::from_request_parts(parts, app).await?;
        let person = caller.map(|PersonCaller(person)| person);
        let headers = parts.headers.clone();
        let query = parts.uri.query().unwrap_or_default();
        let looks = Looks::of(query, Cookie::Looks.read(app, &headers), &headers);
        let token = Cookie::Session.read(app, &headers).unwrap_or_default().to_owned();
        let mut cookies = Vec::new();
        let kept = Cookie::Browser.read(app, &headers).map(str::to_owned);
        let cookie = kept.unwrap_or_else(|| {
            let fresh = app.province.fresh_browser();
            cookies.push(Cookie::Browser.set(app, &fresh, Some(YEAR_S)));
            fresh
        });
        if query.split('&').any(|pair| pair.starts_with("lang=") || pair.starts_with("size=")) {
            cookies.push(Cookie::Looks.set(app, &looks.cookie(), Some(YEAR_S)));
        }
        let address = address_of(&parts.headers, &parts.extensions, app.behind_proxy);
        let browser = Browser {
            cookie,
            known: Cookie::KnownDevice.read(app, &headers).unwrap_or_default().to_owned(),
            network: address.map(network).unwrap_or_default(),
            region: address.and_then(|address| app.province.region_of(address)),
            label: label_of(&headers),
            client: None,
        };
        let here = without_looks(parts.uri.path(), query);
        Ok(Self { browser, person, token, looks, here, app: app.clone(), headers, cookies })
    }
}

impl Visitor {
    /// The mark that this browser's forms carry.
    #[must_use]
    pub fn mark(&self) -> String {
        self.app.province.form_mark(&self.browser.cookie, &self.token)
    }

    /// A form must carry the mark of its browser.
    ///
    /// # Errors
    /// `cross_site`: the page is of another browser or of before a sign-in; load it again.
    pub fn form_is_ours(&self, mark: &str) -> Result<(), Refused> {
        if form_is_ours(&self.app, &self.headers, mark) {
            return Ok(());
        }
        Err(Refused::new(Code::CrossSite, "form mark").saying(
            "这个页面太旧了，没有执行。请重新打开再试",
            "This page is too old, and nothing was done. Open it again and try once more",
        ))
    }

    /// The person who is signed in.
    ///
    /// # Errors
    /// `sign_in_needed`.
    pub fn signed_in(&self) -> Result<&Person, Refused> {
        self.person.as_ref().ok_or_else(|| {
            self.app.metrics.stopped_at_the_door();
            Refused::new(Code::SignInNeeded, "no session")
        })
    }

    /// Gives the browser a session, and a new browser cookie with it, so that nothing of before is of use afterwards: a
    /// session that it had ends.
    pub async fn is_signed_in(&mut self, now: &SignedInNow) {
        if let Some(before) = self.person.take()
            && let Err(error) = self.app.province.sign_person_out(&before).await
        {
            // It is over by itself in half an hour, and the new one is there.
            tracing::info!(%error, "the session of before was over already");
        }
        self.has_session(&now.session.token, now.session.until_at);
        if let Some(known) = &now.known {
            self.cookies.push(Cookie::KnownDevice.set(&self.app, known, Some(KNOWN_S)));
        }
        self.has_browser_cookie(&self.app.province.fresh_browser());
    }

    /// Gives it the token of a session.
    pub fn has_session(&mut self, token: &str, until_at: i64) {
        let lasts_s = until_at - self.app.province.now_s();
        self.cookies.push(Cookie::Session.set(&self.app, token, Some(lasts_s)));
    }

    /// Gives it another browser cookie.
    pub fn has_browser_cookie(&mut self, value: &str) {
        self.browser.cookie = value.to_owned();
        self.cookies.push(Cookie::Browser.set(&self.app, value, Some(YEAR_S)));
    }

    /// Is this browser a kiosk whose visit was not cleared away yet?
    #[must_use]
    pub fn is_kiosk(&self) -> bool {
        Cookie::Kiosk.read(&self.app, &self.headers).is_some()
    }

    /// Gives a kiosk the session of a visit, and no mark by which it would be known again.
    pub fn is_in_visit(&mut self, token: &str, until_at: i64) {
        self.has_session(token, until_at);
        self.has_browser_cookie(&self.app.province.fresh_browser());
        self.cookies.push(Cookie::KnownDevice.set(&self.app, "", Some(0)));
        self.cookies.push(Cookie::Kiosk.set(&self.app, "1", None));
    }

    /// Takes all that a kiosk kept of a visit.
    pub fn left_visit(&mut self) {
        self.cookies.clear();
        for cookie in [Cookie::Session, Cookie::Browser, Cookie::KnownDevice, Cookie::Looks, Cookie::Kiosk] {
            self.cookies.push(cookie.set(&self.app, "", Some(0)));
        }
    }

    /// Takes the session away.
    pub fn is_signed_out(&mut self) {
        self.cookies.push(Cookie::Session.set(&self.app, "", Some(0)));
    }

    /// The cookies to be set, for the answer.
    pub fn cookies(&mut self) -> Vec<HeaderValue> {
        std::mem::take(&mut self.cookies)
    }
}

/// The caller's address: the last one that the proxy in front wrote, or the socket's.
pub fn address_of(headers: &HeaderMap, extensions: &Extensions, behind_proxy: bool) -> Option<IpAddr> {
    if behind_proxy {
        let line = headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?;
        return line.rsplit(',').next()?.trim().parse().ok();
    }
    extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(address)| address.ip())
}

/// The network that an address is of: /24, or /56 (R4).
pub fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            format!("{a}.{b}.{c}.0/24")
        }
        IpAddr::V6(v6) => {
            let bytes = v6.octets();
            format!("{}/56", hex::encode(&bytes[..7]))
        }
    }
}

/// What a browser seems to be, in a few words; what is not known is not written down.
fn label_of(headers: &HeaderMap) -> String {
    let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let first = |table: &[(&str, &'static str)]| {
        table.iter().find(|(part, _)| agent.contains(part)).map_or("", |(_, name)| *name)
    };
    let browser = first(&[
        ("MicroMessenger", "WeChat"),
        ("HarmonyOS", "HarmonyOS"),
        ("Edg/", "Edge"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chromium"),
        ("Safari/", "Safari"),
    ]);
    let system = first(&[
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ]);
    [browser, system].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}

fn without_looks(path: &str, query: &str) -> String {
    let kept: Vec<&str> = query
        .split('&')
        .filter(|pair| !pair.is_empty() && !pair.starts_with("lang=") && !pair.starts_with("size="))
        .collect();
    if kept.is_empty() { path.to_owned() } else { format!("{path}?{}", kept.join("&")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_is_coarser_than_a_person() {
        let table = [
            ("203.0.113.77", "203.0.113.0/24"),
            ("::ffff:203.0.113.77", "203.0.113.0/24"),
            ("2001:db8:1:2345::9", "20010db8000123/56"),
        ];
        for (address, expected) in table {
            assert_eq!(network(address.parse().unwrap()), expected);
        }
    }

    #[test]
    fn only_the_proxy_in_front_says_where_somebody_is() {
        let mut request = axum::http::Request::new(());
        let headers = request.headers_mut();
        // What a caller writes itself comes first; the proxy adds what it saw.
        headers.append("x-forwarded-for", HeaderValue::from_static("192.0.2.1, 203.0.113.9"));
        headers.append("forwarded", HeaderValue::from_static("for=192.0.2.1"));
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([198, 51, 100, 7], 443))));
        let (parts, ()) = request.into_parts();
        assert_eq!(address_of(&parts.headers, &parts.extensions, true), Some(IpAddr::from([203, 0, 113, 9])));
        assert_eq!(address_of(&parts.headers, &parts.extensions, false), Some(IpAddr::from([198, 51, 100, 7])));
    }

    #[test]
    fn a_browser_is_named_in_a_few_words() {
        let table = [
            ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36", "Chromium · Linux"),
            ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/605.1", "Safari · iPhone"),
            ("curl/8", ""),
        ];
        for (agent, expected) in table {
            let headers = HeaderMap::from_iter([(header::USER_AGENT, HeaderValue::from_static(agent))]);
            assert_eq!(label_of(&headers), expected);
        }
        assert_eq!(without_looks("/account", "next=%2F&lang=en&size=large"), "/account?next=%2F");
    }
}

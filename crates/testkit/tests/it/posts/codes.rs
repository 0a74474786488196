//! Officer codes of a deputy, the records of both sides, and what ends them: the officer's end, the office's, silence.

use super::{Office, code, first, press};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::Method;
use serde_json::{Value, json};
use yima_code::Challenge;
use yima_code::bundle::Bundle;
use yima_code::check::{CheckerClock, Context, ListTimes, Place, check_digits};
use yima_code::gate_state::GateFloor;
use yima_code::seen::SeenInMemory;
use yima_kernel::assurance::Acr;
use yima_kernel::subject::Actor;
use yima_keys::Suite;
use yima_province::{NewPlace, Text};
use yima_testkit::{Database, Phone, Town};

/// A window that looks on, and its gate's key.
struct Window {
    key: String,
    site: u32,
    scenario: u16,
    shown: u8,
}

impl Window {
    async fn of(town: &Town) -> Self {
        let name = Text::new("窗口", "Window");
        let new = NewPlace { name, scenario: "window".into(), region: "370102".into() };
        let place = town.province.add_place(&Actor::System, new).await.unwrap();
        town.province.publish_bundle(&Actor::System).await.unwrap();
        let key = town.province.add_gate(&Actor::System, "window", place.site).await.unwrap().key;
        Self { key, site: place.site, scenario: place.scenario_id, shown: 0 }
    }

    /// Has a phone answer this window's challenge with a code of a post, and checks it.
    async fn checks(&mut self, town: &Town, phone: &mut Phone, post: &str) -> Value {
        self.shown += 1;
        let now = u32::try_from(town.now()).unwrap();
        let challenge = Challenge::unsigned(self.scenario, self.site, now, [self.shown; 8]);
        phone.turn_to(post);
        let digits = phone.answer(town.now(), &challenge);
        phone.turn_to(post);
        let check = json!({ "challenge": URL_SAFE_NO_PAD.encode(challenge.to_bytes()), "digits": digits });
        town.door.gate(&self.key, "/api/v1/codes/check", check).await.ok()
    }
}

async fn phone(town: &Town, account: &str, number: u64) -> Phone {
    let code = crate::passkeys::code(town, account).await;
    let mut phone = Phone::new(Suite::Es256, number);
    assert_eq!(phone.enrol(&town.door, town.now(), json!({ "code": code })).await.word(), "ok");
    phone
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deputy_shows_the_code_of_the_office_until_the_officers_post_ends() {
    for database in Database::all() {
        let office = Office::of(Town::open(&database).await).await;
        let town = &office.town;
        let mut window = Window::of(town).await;
        let id = |made: Value| made["id"].as_str().unwrap().to_owned();
        let (head, colleague) = (id(office.made(0, "head").await), id(office.made(1, "handler").await));
        let mut officer = office.browser(0, Acr::Passkey).await;
        let mut deputy = office.browser(1, Acr::Passkey).await;
        assert_eq!(press(&mut officer, &head, "accept", &[]).await.status, 303);
        assert_eq!(press(&mut deputy, &colleague, "accept", &[]).await.status, 303);
        let named = code(&mut deputy).await;
        assert_eq!(press(&mut officer, &head, "deputy", &[("days", "7"), ("code", &named)]).await.status, 303);
        let acting = first(&mut deputy, "accept").await;

        // Not before the deputy's own yes; then both of their posts.
        let mut hers = phone(town, office.account(1), 31).await;
        assert_eq!(hers.draw_acting(&town.door, town.now(), &acting, 4, 0).await.word(), "not_found");
        assert_eq!(press(&mut deputy, &acting, "accept", &[]).await.status, 303);
        let listed = hers.send(&town.door, town.now(), Method::GET, "/api/v1/posts", None).await.ok();
        let mut words: Vec<_> = listed["posts"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| (one["role"].as_str(), one["deputy"] == true))
            .collect();
        // The town's clock stands still: posts of one moment are in no order.
        words.sort_unstable();
        assert_eq!(words, [(Some("handler"), false), (Some("head"), true)]);
        assert_eq!(hers.draw_acting(&town.door, town.now(), &acting, 4, 0).await.word(), "ok");
        let seen = window.checks(town, &mut hers, &acting).await;
        assert_eq!(
            (&seen["verdict"], &seen["acting"], &seen["shown_for"]),
            (&json!("valid"), &json!(true), &json!("省厅"))
        );
        assert_eq!(seen["post"]["deputy"], true, "{seen}");
        assert_eq!(seen["post"]["words"]["en"], "Head of office");

        // The officer's own record and the office's: the head reads the office's on their page, the deputy may too.
        let record = hers.send(&town.door, town.now(), Method::GET, "/api/v1/record", None).await.ok();
        let all = record["entries"].as_array().unwrap();
        let top = all.iter().find(|one| one["deed"] == "check").unwrap();
        assert_eq!(top["role"]["en"], "Shown as Head of office of 省厅", "{top}");
        let page = officer.get("/account/posts?lang=en").await.body;
        assert!(page.contains("Officer codes of 省厅"), "{page}");
        assert!(page.contains("Code checked · valid") && page.contains("Codes drawn · done"), "{page}");

        // Another device takes the slot over, and the codes of the first one are over.
        // One of a moment ago does so only when a passkey vouched for it (R11): until then the first goes on.
        let mut second = phone(town, office.account(1), 32).await;
        assert_eq!(second.draw_acting(&town.door, town.now(), &acting, 4, 0).await.word(), "phone_young");
        assert_eq!(window.checks(town, &mut hers, &acting).await["verdict"], "valid");
        let vouch = format!("/account/devices/{}/vouch", second.id);
        assert_eq!(deputy.form("/account", &vouch, &[]).await.to, "/account");
        assert_eq!(second.draw_acting(&town.door, town.now(), &acting, 4, 0).await.word(), "ok");
        assert_eq!(window.checks(town, &mut hers, &acting).await["reason"], "withdrawn");
        assert_eq!(window.checks(town, &mut second, &acting).await["verdict"], "valid");

        // The officer leaves: the deputy's code ends with it.
        assert_eq!(press(&mut officer, &head, "leave", &[]).await.status, 303);
        assert_eq!(window.checks(town, &mut second, &acting).await["reason"], "withdrawn");
        assert_eq!(second.draw_acting(&town.door, town.now(), &acting, 1, 0).await.word(), "mandate_over");
        let listed = second.send(&town.door, town.now(), Method::GET, "/api/v1/posts", None).await.ok();
        assert_eq!(listed["posts"].as_array().unwrap().len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_office_that_is_suspended_and_a_feed_that_is_silent_end_the_codes_online_at_once() {
    let mut office = Office::of(Town::open(&Database::Sqlite).await).await;
    let mut window = Window::of(&office.town).await;
    let handler = office.made(0, "handler").await["id"].as_str().unwrap().to_owned();
    let mut own = office.browser(0, Acr::Passkey).await;
    assert_eq!(press(&mut own, &handler, "accept", &[]).await.status, 303);
    let mut his = phone(&office.town, office.account(0), 33).await;
    assert_eq!(his.draw_acting(&office.town.door, office.town.now(), &handler, 4, 0).await.word(), "ok");
    let path = format!("/organisations/{}", office.top);
    let why = || Some(json!({ "reason": "test" }));
    assert_eq!(office.operator(Method::POST, &format!("{path}/suspend"), why()).await.word(), "ok");
    assert_eq!(window.checks(&office.town, &mut his, &handler).await["reason"], "withdrawn");
    assert_eq!(his.draw_acting(&office.town.door, office.town.now(), &handler, 1, 0).await.word(), "mandate_over");
    assert_eq!(office.operator(Method::POST, &format!("{path}/resume"), why()).await.word(), "ok");

    // Seven days without a word: at the second, nobody having swept. The codes are of that day, and still in time.
    office.later(7 * 86_400 - 120).await;
    office.town.province.publish_bundle(&Actor::System).await.unwrap();
    let drawn = his.draw_acting(&office.town.door, office.town.now(), &handler, 4, 0).await;
    assert_eq!(drawn.word(), "ok", "{}", drawn.body);
    assert_eq!(window.checks(&office.town, &mut his, &handler).await["verdict"], "valid");
    office.later(120).await;
    assert_eq!(window.checks(&office.town, &mut his, &handler).await["reason"], "withdrawn");
}

/// What a gate without a network says of an answer, by the newest bundle.
async fn offline(town: &Town, window: &mut Window, phone: &mut Phone, post: &str) -> String {
    window.shown += 1;
    let now = u32::try_from(town.now()).unwrap();
    let challenge = Challenge::unsigned(window.scenario, window.site, now, [window.shown; 8]);
    phone.turn_to(post);
    let digits = phone.answer(town.now(), &challenge);
    phone.turn_to(post);
    let file = town.door.get("/api/v1/bundle").await.bytes;
    let floor = GateFloor::pinned(town.province.root_fingerprint());
    let (bundle, _) = Bundle::open(&file, &floor, now).unwrap().keep(|_| Ok::<_, ()>(())).unwrap();
    let context = Context {
        place: Place { scenario: window.scenario, site: window.site },
        rule: bundle.rule(window.scenario).unwrap(),
        clock: CheckerClock::Trusted(now),
        issuers: &bundle,
        withdrawn: &bundle,
        lists: ListTimes { bundle_at: Some(bundle.head().time), urgent_at: Some(bundle.urgent().as_of) },
        challenge: Some(challenge.open()),
        guardian_at: None,
    };
    let verdict = check_digits(&digits, &context, &mut SeenInMemory::with_capacity(8));
    verdict.reason.map_or(verdict.kind.as_str(), |reason| reason.as_str()).to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_office_that_is_suspended_ends_its_codes_with_the_next_bundle_and_its_officers_draw_anew() {
    for database in Database::all() {
        let office = Office::of(Town::open(&database).await).await;
        let town = &office.town;
        let mut window = Window::of(town).await;
        let handler = office.made(0, "handler").await["id"].as_str().unwrap().to_owned();
        let mut own = office.browser(0, Acr::Passkey).await;
        assert_eq!(press(&mut own, &handler, "accept", &[]).await.status, 303);
        let mut his = phone(town, office.account(0), 41).await;
        let drawn_here = async |his: &mut Phone| {
            let listed = his.send(&town.door, town.now(), Method::GET, "/api/v1/posts", None).await.ok();
            listed["posts"][0]["drawn_here"].clone()
        };
        assert_eq!(drawn_here(&mut his).await, false);
        assert_eq!(his.draw_acting(&town.door, town.now(), &handler, 6, 2).await.word(), "ok");
        assert_eq!(drawn_here(&mut his).await, true);
        town.province.publish_bundle(&Actor::System).await.unwrap();
        assert_eq!(offline(town, &mut window, &mut his, &handler).await, "valid", "{database:?}");

        // Suspended: with the next bundle no gate takes it.
        let path = format!("/organisations/{}", office.top);
        let why = || Some(json!({ "reason": "test" }));
        assert_eq!(office.operator(Method::POST, &format!("{path}/suspend"), why()).await.word(), "ok");
        town.province.publish_bundle(&Actor::System).await.unwrap();
        assert_eq!(offline(town, &mut window, &mut his, &handler).await, "withdrawn", "{database:?}");

        // Lifted: what was drawn stays withdrawn, online and offline alike, and what is drawn anew counts.
        assert_eq!(office.operator(Method::POST, &format!("{path}/resume"), why()).await.word(), "ok");
        assert_eq!(window.checks(town, &mut his, &handler).await["reason"], "withdrawn");
        assert_eq!(drawn_here(&mut his).await, false, "its page draws anew");
        assert_eq!(his.draw_acting(&town.door, town.now(), &handler, 4, 0).await.word(), "ok");
        assert_eq!(window.checks(town, &mut his, &handler).await["verdict"], "valid");
        town.province.publish_bundle(&Actor::System).await.unwrap();
        assert_eq!(offline(town, &mut window, &mut his, &handler).await, "valid", "{database:?}");
    }
}

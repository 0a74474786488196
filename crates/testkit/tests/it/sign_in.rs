//! Passwords, one-time passwords and sessions through the public door: one calm answer for all, nobody locks anybody out,
//! no form of another site, no way to another site, no session that was there before.

use crate::browsers::{Browser, Shown, field};
use crate::passkeys::code;
use reqwest::Method;
use serde_json::json;
use totp_rs::{Algorithm, Builder};
use yima_kernel::assurance::Acr;
use yima_kernel::id::OperatorId;
use yima_kernel::subject::{Actor, Role};
use yima_province::{Format, Import};
use yima_testkit::{Database, Town};

pub const PASSWORD: &str = "spring sleep, no dawn";

/// A resident who joined with a password, and how their second factor counts.
pub struct Owner {
    pub browser: Browser,
    secret: String,
    id_number: String,
}

impl Owner {
    pub async fn joined(town: &Town) -> Self {
        let account = town.accounts().await.remove(0);
        let mut browser = Browser::new(town);
        let code = code(town, &account).await;
        browser.form("/account/join", "/account/join", &[("code", &code)]).await;
        let page = browser.get("/account/join/ways").await.body;
        let (secret, offer) = (field(&page, "secret"), field(&page, "offer"));
        let mut owner = Self { browser, secret, id_number: id_number(town, &account).await };
        let digits = owner.digits(town.now());
        let fields = [
            ("sign_in_name", "zhang.san"),
            ("password", PASSWORD),
            ("secret", owner.secret.as_str()),
            ("offer", offer.as_str()),
            ("digits", digits.as_str()),
        ];
        let mark = field(&page, "mark");
        let done = owner.browser.form_with(&mark, "/account/join/password", &fields).await;
        assert_eq!((done.status, done.to.as_str()), (303, "/account"), "{}", done.body);
        owner
    }

    pub fn digits(&self, now: i64) -> String {
        let secret = totp_rs::Secret::try_from_base32(&self.secret).unwrap();
        let totp = Builder::new().with_algorithm(Algorithm::SHA1).with_digits(6).with_secret(secret).build().unwrap();
        totp.generate(u64::try_from(now).unwrap()).to_string()
    }
}

/// The ID number behind an account.
async fn id_number(town: &Town, account: &str) -> String {
    let clerk = Actor::Operator { operator: OperatorId::new(0, [0; 10]), role: Role::System };
    for resident in &town.residents {
        let page = town.province.find_residents(&clerk, Some(&resident.id_number), None, None).await.unwrap();
        if page.items.iter().any(|row| row.id == account) {
            return resident.id_number.clone();
        }
    }
    panic!("nobody is {account}")
}

pub async fn try_password(browser: &mut Browser, who: &str, password: &str, digits: &str) -> Shown {
    let fields = [("identifier", who), ("password", password), ("digits", digits)];
    browser.form("/account/sign-in", "/account/sign-in", &fields).await
}

/// A page without what differs by browser: its marks.
fn without_marks(shown: &Shown) -> String {
    let mark = field(&shown.body, "mark");
    shown.body.replace(&mark, "-")
}

#[tokio::test(flavor = "multi_thread")]
async fn known_and_unknown_wrong_and_waiting_are_one_answer() {
    let town = Town::open(&Database::Sqlite).await;
    let owner = Owner::joined(&town).await;
    town.clock.advance(60);
    let digits = owner.digits(town.now());
    let mut answers = Vec::new();
    let table = [
        ("zhang.san", "wrong password!", digits.as_str()),
        ("zhang.san", PASSWORD, "000000"),
        ("li.si", PASSWORD, digits.as_str()),
        (owner.id_number.as_str(), "wrong password!", digits.as_str()),
        ("110101199003074514", PASSWORD, digits.as_str()),
        ("", "", ""),
    ];
    for (who, password, digits) in table {
        let shown = try_password(&mut Browser::new(&town), who, password, digits).await;
        assert_eq!(shown.status, 403, "{who}");
        answers.push(without_marks(&shown));
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "one page for all");
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_make_strangers_wait_and_never_the_owner() {
    let town = Town::open(&Database::Sqlite).await;
    let mut owner = Owner::joined(&town).await;
    town.clock.advance(60);
    let known = owner.browser.cookie("kd").unwrap().to_owned();
    for _ in 0..5 {
        assert_eq!(try_password(&mut Browser::new(&town), "zhang.san", "wrong password!", "000000").await.status, 403);
    }
    // The right password from an unknown device waits, and looks as wrong as any.
    let digits = owner.digits(town.now());
    assert_eq!(try_password(&mut Browser::new(&town), "zhang.san", PASSWORD, &digits).await.status, 403);
    // The owner's own device does not wait.
    let mut own = Browser::new(&town);
    own.set_cookie("kd", &known);
    let shown = try_password(&mut own, "zhang.san", PASSWORD, &digits).await;
    assert_eq!(shown.status, 303, "{}", shown.body);
    // The same digits are used once.
    let mut again = Browser::new(&town);
    again.set_cookie("kd", &known);
    assert_eq!(try_password(&mut again, "zhang.san", PASSWORD, &digits).await.status, 403, "a step is used once");
    // After the wait a stranger's device may try again; the ID number does as well as the name.
    town.clock.advance(61);
    let digits = owner.digits(town.now());
    let shown = try_password(&mut Browser::new(&town), &owner.id_number, PASSWORD, &digits).await;
    assert_eq!(shown.status, 303, "{}", shown.body);
    let page = owner.browser.get("/account").await.body;
    assert!(page.contains("过去 24 小时有人试登录没有成功：7"), "the owner sees that somebody tried: {page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_wrong_ones_switch_passwords_off_until_the_owner_turns_them_on() {
    let town = Town::open(&Database::Sqlite).await;
    let mut owner = Owner::joined(&town).await;
    for _ in 0..101 {
        town.clock.advance(16 * 60);
        try_password(&mut Browser::new(&town), "zhang.san", "wrong password!", "000000").await;
    }
    town.clock.advance(16 * 60);
    let digits = owner.digits(town.now());
    assert_eq!(try_password(&mut Browser::new(&town), "zhang.san", PASSWORD, &digits).await.status, 403, "off");
    assert_eq!(try_password(&mut owner.browser, "zhang.san", PASSWORD, &digits).await.status, 303, "not here");
    let page = owner.browser.get("/account").await.body;
    assert!(page.contains("/account/password/on"), "{page}");
    assert_eq!(owner.browser.form("/account", "/account/password/on", &[]).await.to, "/account");
    // The network of so many wrong ones waits by itself.
    town.clock.advance(16 * 60);
    let digits = owner.digits(town.now());
    assert_eq!(try_password(&mut Browser::new(&town), "zhang.san", PASSWORD, &digits).await.status, 303);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_new_at_each_sign_in_and_dies_of_age_and_idleness() {
    let town = Town::open(&Database::Sqlite).await;
    let mut owner = Owner::joined(&town).await;
    town.clock.advance(60);
    let first = owner.browser.cookie("ys").unwrap().to_owned();
    let before = owner.browser.cookie("yb").unwrap().to_owned();
    owner.browser.forget("ys");
    // A session or a browser cookie that somebody planted is not the one that is used afterwards.
    owner.browser.set_cookie("ys", "AAAA");
    let digits = owner.digits(town.now());
    let shown = try_password(&mut owner.browser, "zhang.san", PASSWORD, &digits).await;
    assert_eq!(shown.status, 303, "{}", shown.body);
    let second = owner.browser.cookie("ys").unwrap().to_owned();
    assert!(second != first && second != "AAAA");
    assert_ne!(owner.browser.cookie("yb").unwrap(), before);
    for cookie in shown.cookies {
        assert!(
            cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Path=/"),
            "{cookie}"
        );
    }
    let alive = async |token: &str| town.province.person(token).await.unwrap().is_some();
    assert!(alive(&first).await && alive(&second).await);
    // A byte of the mark, another session's mark: nothing opens.
    let mut forged = second.clone().into_bytes();
    let last = forged.len() - 2;
    forged[last] = if forged[last] == b'A' { b'B' } else { b'A' };
    assert!(!alive(std::str::from_utf8(&forged).unwrap()).await);
    for _ in 0..3 {
        town.clock.advance(29 * 60);
        assert!(alive(&second).await, "used, it lives");
    }
    assert!(!alive(&first).await, "thirty idle minutes end it");
    for _ in 0..30 {
        town.clock.advance(29 * 60);
        alive(&second).await;
    }
    assert!(!alive(&second).await, "and twelve hours in any case");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_form_of_another_page_and_no_way_to_another_site() {
    let town = Town::open(&Database::Sqlite).await;
    let mut owner = Owner::joined(&town).await;
    let mark = owner.browser.mark("/account").await;
    let others = Browser::new(&town).mark("/account/sign-in").await;
    for wrong in ["", others.as_str()] {
        let shown = owner.browser.form_with(wrong, "/account/sign-out", &[]).await;
        assert_eq!(shown.status, 403, "a form without this browser's mark");
    }
    for (name, value) in [("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site")] {
        let request = owner.browser.form_request(&mark, "/account/sign-out", &[]);
        let (client, mut request) = request.build_split();
        let request = request.as_mut().unwrap();
        request.headers_mut().insert(name, value.parse().unwrap());
        let request = reqwest::RequestBuilder::from_parts(client, request.try_clone().unwrap());
        assert_eq!(owner.browser.send(request).await.status, 403, "{value}");
    }
    let page = owner.browser.get("/account").await;
    assert_eq!(
        page.policy,
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; \
         frame-ancestors 'none'; base-uri 'none'"
    );
    assert!(!page.body.contains("<script>") && !page.body.contains("style=\"") && !page.body.contains("onclick"));
    town.clock.advance(60);
    let table = [
        ("https://evil.example/", "/account"),
        ("//evil.example", "/account"),
        ("/\\evil.example", "/account"),
        ("/account/password", "/account/password"),
    ];
    for (next, to) in table {
        town.clock.advance(60);
        let digits = owner.digits(town.now());
        let mut browser = Browser::new(&town);
        let fields = [("identifier", "zhang.san"), ("password", PASSWORD), ("digits", digits.as_str()), ("next", next)];
        let shown = browser.form("/account/sign-in", "/account/sign-in", &fields).await;
        assert_eq!((shown.status, shown.to.as_str()), (303, to), "{next}");
    }
    town.clock.advance(60);
    let digits = owner.digits(town.now());
    let next = "/oauth2/authorize?client_id=app_1";
    let fields = [("identifier", "zhang.san"), ("password", PASSWORD), ("digits", digits.as_str()), ("next", next)];
    let shown = Browser::new(&town).form("/account/sign-in", "/account/sign-in", &fields).await;
    assert_eq!(shown.status, 200, "a request of an app goes on from a page of its own (R42)");
    assert!(shown.body.contains("content=\"0; url=/oauth2/authorize?client_id=app_1\""), "{}", shown.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn digits_by_message_open_little_three_times_at_most_and_five_times_a_day() {
    let town = Town::open(&Database::Sqlite).await;
    let id_number = town.residents[0].id_number.clone();
    let sent = || town.province.inbox().len();
    let digits = || {
        let text = town.province.inbox()[0].text.clone();
        text.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect::<String>()
    };
    let page = "/account/sign-in/message";
    let ask = async |who: &str| {
        let mut browser = Browser::new(&town);
        let shown = browser.form("/account/sign-in", page, &[("identifier", who)]).await;
        assert_eq!((shown.status, shown.to.as_str()), (303, "/account/sign-in/message?next=/account"), "{who}");
        browser
    };
    // Somebody whom nobody knows gets the same page, and nothing is sent.
    let mut nobody = ask("110101199003074514").await;
    assert_eq!(sent(), 0);
    let wrong = nobody.form(page, "/account/sign-in/digits", &[("digits", "12345678")]).await;
    assert_eq!(wrong.status, 403);

    let mut browser = ask(&id_number).await;
    assert_eq!(sent(), 1);
    assert_eq!(digits().len(), 8, "eight digits on a device that is not known");
    assert!(town.province.inbox()[0].text.contains("localhost"), "the message names the host");
    let right = digits();
    // Another browser can't use them.
    let mut thief = ask("110101199003074514").await;
    assert_eq!(thief.form(page, "/account/sign-in/digits", &[("digits", &right)]).await.status, 403);
    for _ in 0..3 {
        let wrong_again = browser.form(page, "/account/sign-in/digits", &[("digits", "00000000")]).await;
        assert_eq!(without_marks(&wrong_again), without_marks(&wrong), "the same page as for nobody");
    }
    assert_eq!(browser.form(page, "/account/sign-in/digits", &[("digits", &right)]).await.status, 403, "three tries");

    let mut browser = ask(&id_number).await;
    let right = digits();
    let done = browser.form(page, "/account/sign-in/digits", &[("digits", &right)]).await;
    assert_eq!(done.status, 303, "{}", done.body);
    let person = town.province.person(browser.cookie("ys").unwrap()).await.unwrap().unwrap();
    assert_eq!(person.standing.acr, Acr::OneTime);
    assert_eq!(browser.cookie("kd"), None, "a message makes no known device");
    let refused = browser.get("/account/passkey/add").await;
    assert!(refused.to.starts_with("/account/step-up"), "and adds no way to sign in (R7)");

    for n in 3..=7 {
        ask(&id_number).await;
        assert_eq!(sent(), n.min(5), "five a day");
    }
    let mut late = ask(&town.residents[1].id_number.clone()).await;
    let right = digits();
    town.clock.advance(181);
    assert_eq!(late.form(page, "/account/sign-in/digits", &[("digits", &right)]).await.status, 403, "three minutes");
}

#[tokio::test(flavor = "multi_thread")]
async fn r7_five_messages_a_day_belong_to_the_number_whoever_has_it_and_whatever_for() {
    for database in Database::all() {
        let town = Town::open(&database).await;
        let sent = || town.province.inbox().len();
        // Two accounts with one number.
        let first = &town.residents[0];
        let head = "37010119800505050";
        let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
        let sum: u32 = head.chars().zip(weights).map(|(digit, weight)| digit.to_digit(10).unwrap() * weight).sum();
        let second = format!("{head}{}", "10X98765432".chars().nth((sum % 11) as usize).unwrap());
        let csv = format!("name,id_number,phone,region\n颜小宁,{second},{},370102\n", first.phone);
        let import = Import {
            file_hash: yima_keys::sha256(&[csv.as_bytes()]),
            reader: Box::new(std::io::Cursor::new(csv)),
            format: Format::Csv,
            source: String::new(),
            signature: None,
            rejects: Box::new(std::io::sink()),
            proofing: 2,
        };
        assert_eq!(town.province.import_residents(&Actor::System, import, |_| {}).await.unwrap().total.inserted, 1);
        let enrol = async |name: &str, id_number: &str| {
            let wish = Some(json!({ "name": name, "id_number": id_number }));
            assert_eq!(town.door.send(Method::POST, "/api/v1/enrolments/otp", wish, &[]).await.word(), "ok");
        };
        let sign_in = async |id_number: &str| {
            let mut browser = Browser::new(&town);
            let page = "/account/sign-in/message";
            assert_eq!(browser.form("/account/sign-in", page, &[("identifier", id_number)]).await.status, 303);
        };
        for n in 1..=2 {
            enrol(&first.name, &first.id_number).await;
            assert_eq!(sent(), n);
        }
        for n in 3..=4 {
            sign_in(&first.id_number).await;
            assert_eq!(sent(), n);
        }
        enrol("颜小宁", &second).await;
        assert_eq!(sent(), 5);
        enrol(&first.name, &first.id_number).await;
        enrol("颜小宁", &second).await;
        sign_in(&first.id_number).await;
        sign_in(&second).await;
        assert_eq!(sent(), 5, "five a day, and the answers are the same");
        // Another number has its own, and this one again a day later.
        sign_in(&town.residents[1].id_number).await;
        assert_eq!(sent(), 6);
        town.clock.advance(24 * 3_600);
        sign_in(&second).await;
        assert_eq!(sent(), 7);
        // Of six who ask at once four more are written to.
        let (one, other) = (first.id_number.as_str(), second.as_str());
        tokio::join!(sign_in(one), sign_in(other), sign_in(one), sign_in(other), sign_in(one), sign_in(other));
        assert_eq!(sent(), 11);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_over_many_accounts_leaves_messages_to_known_devices() {
    let town = Town::with_residents(&Database::Sqlite, 20).await;
    let mut owner = Owner::joined(&town).await;
    let page = "/account/sign-in/message";
    let mut guesser = Browser::new(&town);
    // At nothing one can type as often as one likes: it closes nothing.
    for _ in 0..250 {
        let mark = field(&guesser.get(page).await.body, "mark");
        guesser.form_with(&mark, "/account/sign-in/digits", &[("digits", "00000000")]).await;
    }
    for round in 0..5 {
        for resident in &town.residents[1..15] {
            let asked = guesser.form("/account/sign-in", page, &[("identifier", &resident.id_number)]).await;
            if asked.status != 303 {
                assert!(round == 4 && asked.retry_after.is_some(), "{round} {}", asked.status);
                break;
            }
            let mark = field(&guesser.get(page).await.body, "mark");
            for _ in 0..3 {
                guesser.form_with(&mark, "/account/sign-in/digits", &[("digits", "00000000")]).await;
            }
        }
    }
    let newcomer = Browser::new(&town).form("/account/sign-in", page, &[("identifier", &owner.id_number)]).await;
    assert_eq!(newcomer.status, 429, "{}", newcomer.body);
    // Whoever signed in on this device before goes on.
    owner.browser.form("/account", "/account/sign-out", &[]).await;
    let asked = owner.browser.form("/account/sign-in", page, &[("identifier", &owner.id_number)]).await;
    assert_eq!(asked.status, 303, "{}", asked.body);
    let text = town.province.inbox()[0].text.clone();
    let digits: String = text.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect();
    assert_eq!(digits.len(), 6, "six digits on a known device");
    let done = owner.browser.form(page, "/account/sign-in/digits", &[("digits", &digits)]).await;
    assert_eq!(done.status, 303, "{}", done.body);
    // Ten minutes later it is calm.
    town.clock.advance(601);
    let later = Browser::new(&town).form("/account/sign-in", page, &[("identifier", &owner.id_number)]).await;
    assert_eq!(later.status, 303, "{}", later.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_speak_both_languages_and_large_type_without_a_script() {
    let town = Town::open(&Database::Sqlite).await;
    let mut browser = Browser::new(&town);
    let chinese = browser.get("/account/sign-in").await.body;
    assert!(chinese.contains("lang=\"zh-CN\"") && chinese.contains("用通行密钥登录"));
    let english = browser.get("/account/sign-in?lang=en&size=large").await.body;
    assert!(english.contains("lang=\"en\" data-size=\"large\"") && english.contains("Sign in with a passkey"));
    let kept = browser.get("/account/join").await.body;
    assert!(kept.contains("lang=\"en\" data-size=\"large\""), "the browser keeps it");
    for path in ["/account/account.css", "/account/passkey.js", "/account/again.js"] {
        assert_eq!(browser.get(path).await.status, 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn beyond_the_budget_passwords_come_again_and_all_else_goes_on() {
    let town = Town::with_sign_in_hash_mib(&Database::Sqlite, 19).await;
    let mut browser = Browser::new(&town);
    let mark = browser.mark("/account/sign-in").await;
    let fields = [("identifier", "zhang.san"), ("password", PASSWORD), ("digits", "000000")];
    let tries: Vec<_> = (0..16)
        .map(|_| {
            let mut one = browser.clone();
            let request = one.form_request(&mark, "/account/sign-in", &fields);
            tokio::spawn(async move { one.send(request).await })
        })
        .collect();
    let mut seen = Vec::new();
    for (n, one) in tries.into_iter().enumerate() {
        if n < 4 {
            assert_eq!(browser.get("/account/join").await.status, 200, "other requests are answered meanwhile");
        }
        let shown = one.await.unwrap();
        assert_eq!(shown.status == 503, shown.retry_after.is_some(), "whoever is sent away is told when to come again");
        seen.push(shown.status);
    }
    assert!(seen.iter().all(|status| [403, 503].contains(status)), "{seen:?}");
    assert!(seen.contains(&503) && seen.contains(&403), "{seen:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn r8_who_finds_no_room_keeps_a_place_and_newcomers_stand_behind() {
    let town = Town::with_sign_in_hash_mib(&Database::Sqlite, 19).await;
    let mut owner = Owner::joined(&town).await;
    let digits = owner.digits(town.now());
    let fields = [("identifier", "zhang.san"), ("password", "wrong password!"), ("digits", digits.as_str())];
    let mut tickets = Vec::new();
    // The clock stands still, so the line does not move on, however long the hashes take.
    while tickets.is_empty() {
        let mut all = Vec::new();
        for _ in 0..8 {
            let mut one = Browser::new(&town);
            let mark = one.mark("/account/sign-in").await;
            let request = one.form_request(&mark, "/account/sign-in", &fields);
            all.push(tokio::spawn(async move { (one.send(request).await, one) }));
        }
        for one in all {
            let (shown, browser) = one.await.unwrap();
            if shown.status == 503 {
                let path = shown.body.split("; url=").nth(1).unwrap().split('"').next().unwrap().replace("&amp;", "&");
                assert!(
                    shown.body.contains("<noscript><meta http-equiv=\"refresh\"") && shown.body.contains("data-again")
                );
                tickets.push((path, browser));
            }
        }
    }
    let (path, mut first) = tickets.remove(0);
    let ticket = path.split("&ticket=").nth(1).unwrap().to_owned();
    let mut newcomer = Browser::new(&town);
    assert_eq!(newcomer.form("/account/sign-in", "/account/sign-in", &fields).await.status, 503, "behind the others");
    let mut thief = Browser::new(&town);
    assert!(!thief.get(&path).await.body.contains("name=\"ticket\""), "a place is its browser's");
    let known = owner.browser.cookie("kd").unwrap().to_owned();
    let mut own = Browser::new(&town);
    own.set_cookie("kd", &known);
    let shown = try_password(&mut own, "zhang.san", PASSWORD, "000000").await;
    assert_eq!(shown.status, 403, "a device that is known stands in no line");
    // Each second one more; whoever's turn it is types the password again, and is let in.
    town.clock.advance(i64::try_from(tickets.len()).unwrap() + 2);
    let page = first.get(&path).await.body;
    assert_eq!(field(&page, "ticket"), ticket, "{page}");
    let again = [fields[0], ("password", "wrong password!"), fields[2], ("ticket", ticket.as_str())];
    assert_eq!(first.form("/account/sign-in", "/account/sign-in", &again).await.status, 403, "checked");
    let mut late = Browser::new(&town);
    assert_eq!(late.form("/account/sign-in", "/account/sign-in", &fields).await.status, 403, "nobody waits any more");
    owner.browser.get("/account").await;
}

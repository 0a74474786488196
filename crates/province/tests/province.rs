//! The deeds end to end on a real store: a town of a few residents, a device, a gate, a clerk.
#![expect(clippy::unwrap_used, reason = "a test that fails should stop")]

use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use std::io::Read;
use std::sync::Arc;
use yima_code::day::Day;
use yima_code::flags::{AgeBand, Benefit, Flavour};
use yima_code::token::{Form, HolderPart, IssuerPart, T0};
use yima_code::{Reason, Verdict, VerdictKind};
use yima_kernel::subject::{Actor, Role};
use yima_keys::Suite;
use yima_keys::custody::Lock;
use yima_province::clock::FrozenClock;
use yima_province::*;

const NOON: i64 = 1_795_000_000;
const BUS: &str = include_str!("../../kernel/tests/bus.toml");
const PEOPLE: &str = "name,id_number,phone,region\n\
    王明华,11010519491231002X,13800138000,370102\n\
    李小红,11010519491231002X,13800138001,370102\n\
    张三,110105194912310021,13800138001,370102\n";

struct Town {
    province: Province,
    clock: Arc<FrozenClock>,
    gate: Actor,
    site: u32,
    _dir: tempfile::TempDir,
}

struct Phone {
    actor: Actor,
    token_keys: Vec<SigningKey>,
    drawn: Drawn,
}

fn key(seed: u8) -> SigningKey {
    SigningKey::from_slice(&[seed; 32]).unwrap()
}

fn public(key: &SigningKey) -> [u8; 33] {
    key.verifying_key().to_sec1_point(true).as_bytes().try_into().unwrap()
}

async fn town() -> Town {
    let dir = tempfile::tempdir().unwrap();
    let clock = Arc::new(FrozenClock::at(NOON));
    let setup = Setup {
        dir: dir.path().to_owned(),
        database: None,
        keys: KeyPlace::File(Lock::passphrase("correct horse")),
        clock: clock.clone(),
        seed: Some([7; 32]),
        messenger: Arc::new(Inbox::default()),
        demo: true,
    };
    let province = Province::init(setup, &[BUS.to_owned()]).await.unwrap();
    let name = Text::new("泉城路站", "Quancheng Road");
    let new = NewPlace { name, scenario: "bus".into(), region: "370102".into() };
    let site = province.add_place(&Actor::System, new).await.unwrap().site;
    province.publish_bundle(&Actor::System).await.unwrap();
    let made = province.add_gate(&Actor::System, "一号闸机", site).await.unwrap();
    let gate = province.gate(&made.key).await.unwrap().unwrap();
    Town { province, clock, gate, site, _dir: dir }
}

async fn import(town: &Town, text: &'static str) -> Imported {
    let import = Import {
        reader: Box::new(text.as_bytes()),
        file_hash: yima_keys::sha256(&[text.as_bytes()]),
        format: Format::Csv,
        source: String::new(),
        signature: None,
        rejects: Box::new(std::io::sink()),
        proofing: 1,
    };
    town.province.import_residents(&Actor::System, import, |_| {}).await.unwrap()
}

impl Town {
    async fn operator(&self, role: Role) -> Actor {
        let name = role.as_str();
        let made = self.province.add_operator(&Actor::System, name, name, role).await.unwrap();
        let totp = code_of(&made.totp_secret, self.province.now_s());
        let wish = SignIn { name: name.into(), password: made.password.clone(), totp };
        let session = self.province.sign_in(wish).await.unwrap();
        self.province.session(&session.token).await.unwrap().unwrap().actor
    }

    async fn phone(&self, clerk: &Actor, seed: u8) -> Phone {
        let people = self.province.find_residents(clerk, None, None, None).await.unwrap();
        let (code, _) = self.province.issue_enrolment_code(clerk, &people.items[0].id).await.unwrap();
        let wish = Enrol {
            proof: EnrolProof::Code(code),
            suite: Suite::Es256,
            public_key: public(&key(seed)),
            label: "手机".into(),
        };
        let enrolled = self.province.enrol_device(wish).await.unwrap();
        let actor = self.province.device(&enrolled.device_id).await.unwrap().unwrap().actor;
        let token_keys: Vec<_> = (1..5).map(|n| key(seed + n)).collect();
        let drawn = self.province.draw_tokens(&actor, draw(&token_keys, 1)).await.unwrap();
        Phone { actor, token_keys, drawn }
    }

    async fn check(&self, digits: &str) -> Verdict {
        let wish = CheckCode { digits: digits.into(), challenge: None };
        self.province.check_code(&self.gate, wish).await.unwrap().verdict
    }
}

fn today() -> u16 {
    Day::shown_at(u32::try_from(NOON).unwrap()).0
}

fn draw(keys: &[SigningKey], request: u8) -> Draw {
    let t1 = keys.iter().map(|k| (Disclosure::Plain, public(k))).collect();
    Draw { request_id: [request; 16], day: today(), t1, t0: 2 }
}

/// RFC 6238 by the library's other half: what an authenticator app would show.
fn code_of(secret: &str, now_s: i64) -> String {
    let secret = totp_rs::Secret::try_from_base32(secret).unwrap();
    let totp = totp_rs::Builder::new().with_secret(secret).build().unwrap();
    totp.generate(u64::try_from(now_s).unwrap()).to_string()
}

impl Phone {
    fn t1(&self, nth: usize, at: i64, scenario: u16, site: u32) -> String {
        let part = IssuerPart::from_bytes(&self.drawn.tokens[nth].1).unwrap();
        let holder = HolderPart::new(u32::try_from(at).unwrap(), scenario, site);
        let message = holder.holder_message(&part);
        let signature: Signature = self.token_keys[nth].sign(&message.to_vec());
        holder.assemble(part, signature.normalize_s().to_bytes().into()).to_digits()
    }

    fn t0(&self, nth: usize, at: i64, site: u32) -> String {
        let (id, key) = self.drawn.t0[nth];
        let step = T0::step_at(Day(today()), u32::try_from(at).unwrap());
        T0::make(Suite::Es256, &key, id, step, 1, site).to_digits()
    }
}

/// Prints the PDF to a picture, as a printer would, and reads the code in it.
fn printed_digits(pdf: &[u8]) -> String {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("card.pdf"), pdf).unwrap();
    let run = |resolution: &str| {
        let words = ["-r", resolution, "-png", "-singlefile", "-f", "1", "-l", "1", "card.pdf", "card"];
        let done = std::process::Command::new("pdftoppm").args(words).current_dir(dir.path()).status();
        assert!(done.expect("pdftoppm runs: apt-get install poppler-utils").success());
        yima_print::read_digits(&std::fs::read(dir.path().join("card.png")).unwrap())
    };
    let read = ["150", "200", "300", "110"].into_iter().find_map(|resolution| run(resolution).ok());
    read.expect("the printed code can be read")
}

fn refused(verdict: &Verdict) -> Option<Reason> {
    assert_eq!(verdict.kind, VerdictKind::Refused, "{verdict:?}");
    verdict.reason
}

#[tokio::test]
async fn import_takes_good_rows_once() {
    let town = town().await;
    let first = import(&town, PEOPLE).await;
    assert_eq!((first.total.inserted, first.total.duplicates, first.total.rejected), (1, 1, 1));
    assert!(import(&town, PEOPLE).await.already);
}

/// A file that can't be read to its end, as when its disk goes: nothing of it is taken before it was read, and the next run takes all.
#[tokio::test]
async fn an_import_whose_file_broke_off_is_done_by_the_next_run() {
    const ROWS: u32 = 41_000;
    let town = town().await;
    let csv = demo::csv(3, ROWS);
    let whole = |reader: Box<dyn std::io::BufRead + Send>| Import {
        reader,
        file_hash: yima_keys::sha256(&[b"one file"]),
        format: Format::Csv,
        source: String::new(),
        signature: None,
        rejects: Box::new(std::io::sink()),
        proofing: 1,
    };
    let (readable, _) = csv.split_at(csv.len() - 4_000);
    let broken = std::io::Cursor::new(readable.to_owned()).chain(Gone);
    let broken = whole(Box::new(std::io::BufReader::new(broken)));
    let ended = town.province.import_residents(&Actor::System, broken, |_| {}).await;
    assert!(matches!(ended, Err(DeedError::Invalid { field: "file", .. })), "{ended:?}");
    let again = whole(Box::new(std::io::Cursor::new(csv)));
    let mut told = Vec::new();
    let again = town.province.import_residents(&Actor::System, again, |progress| told.push(progress)).await.unwrap();
    assert_eq!((again.resumed_at, again.already), (0, false));
    let rows = u64::from(ROWS);
    assert_eq!(again.total, Progress { read: rows, rows, inserted: rows, duplicates: 0, rejected: 0 });
    let told: Vec<_> = told.iter().map(|progress| (progress.read, progress.rows)).collect();
    assert_eq!(told, [(40_000, 0), (rows, 0), (rows, 40_000), (rows, rows)]);
}

/// A reader that fails at once.
struct Gone;

impl Read for Gone {
    fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
        Err(std::io::Error::other("the disk is gone"))
    }
}

#[tokio::test]
async fn a_code_is_checked_once_and_lost_devices_are_refused() {
    let town = town().await;
    import(&town, PEOPLE).await;
    let clerk = town.operator(Role::System).await;
    let phone = town.phone(&clerk, 40).await;
    let digits = phone.t1(0, NOON, 1, town.site);
    let first = town.check(&digits).await;
    assert!(first.is_valid(), "{first:?}");
    assert_eq!(first.assurance, 1);
    assert!(town.check(&digits).await.repeated, "a lost reply is answered again");
    assert_eq!(refused(&town.check(&phone.t1(0, NOON + 5, 1, town.site)).await), Some(Reason::Replayed));
    assert_eq!(refused(&town.check(&phone.t1(1, NOON, 2, town.site)).await), Some(Reason::WrongScenario));
    assert!(town.check(&phone.t0(0, NOON, town.site)).await.is_valid());
    assert_eq!(refused(&town.check(&phone.t0(1, NOON, town.site + 1)).await), Some(Reason::UnknownCode));
    let home = town.province.home(&phone.actor).await.unwrap();
    assert_eq!(home.name_masked, "*明华");
    town.province.end_device(&phone.actor, &home.devices[0].id, "lost").await.unwrap();
    assert_eq!(refused(&town.check(&phone.t1(1, NOON, 1, town.site)).await), Some(Reason::DeviceEnded));
    let urgent = town.province.publish_bundle(&Actor::System).await.unwrap();
    assert!(urgent.version >= 3);
}

#[tokio::test]
async fn the_same_request_draws_the_same_numbers_and_other_keys_are_refused() {
    let town = town().await;
    import(&town, PEOPLE).await;
    let clerk = town.operator(Role::System).await;
    let phone = town.phone(&clerk, 40).await;
    let again = town.province.draw_tokens(&phone.actor, draw(&phone.token_keys, 1)).await.unwrap();
    for (a, b) in phone.drawn.tokens.iter().zip(&again.tokens) {
        assert_eq!(a.1[..59], b.1[..59]);
    }
    let others = [key(90), key(91), key(92), key(93)];
    assert!(matches!(town.province.draw_tokens(&phone.actor, draw(&others, 1)).await, Err(DeedError::Conflict(_))));
    let far = Draw { day: today() + 2, ..draw(&others, 2) };
    assert!(matches!(town.province.draw_tokens(&phone.actor, far).await, Err(DeedError::Invalid { field: "day", .. })));
}

#[tokio::test]
async fn roles_are_apart_and_the_second_factor_is_used_once() {
    let town = town().await;
    import(&town, PEOPLE).await;
    let made = town.province.add_operator(&Actor::System, "lin", "staff-1", Role::Audit).await.unwrap();
    let totp = code_of(&made.totp_secret, NOON);
    let wish = |password: &str, totp: &str| SignIn { name: "lin".into(), password: password.into(), totp: totp.into() };
    assert!(matches!(town.province.sign_in(wish("wrong", &totp)).await, Err(DeedError::SignIn)));
    let session = town.province.sign_in(wish(&made.password, &totp)).await.unwrap();
    assert!(matches!(town.province.sign_in(wish(&made.password, &totp)).await, Err(DeedError::SignIn)), "digits once");
    let auditor = session.me.actor;
    assert!(matches!(town.province.find_residents(&auditor, None, None, None).await, Err(DeedError::Refused(_))));
    let uses =
        town.province.uses(&auditor, ReadUses { outcome: Some("refused"), ..ReadUses::default() }).await.unwrap();
    assert_eq!(uses.items[0].deed, "see_residents", "the refusal is on record");
    let taken = town.province.add_operator(&Actor::System, "lin2", "staff-1", Role::System).await;
    assert!(matches!(taken, Err(DeedError::Conflict(_))), "one person, one post");
    town.clock.advance(16 * 60);
    assert!(town.province.session(&session.token).await.unwrap().is_none(), "idle sessions end");
}

#[tokio::test]
async fn a_paper_card_is_taken_until_it_is_revoked() {
    let town = town().await;
    import(&town, PEOPLE).await;
    let clerk = town.operator(Role::System).await;
    let people = town.province.find_residents(&clerk, None, None, None).await.unwrap();
    let card = town.province.issue_card(&clerk, &people.items[0].id, CardKind::Card).await.unwrap();
    let pdf = town.province.card_pdf(&clerk, &card.id, None).await.unwrap();
    let digits = printed_digits(&pdf);
    let first = town.check(&digits).await;
    assert!(first.is_valid(), "{first:?}");
    let wish = CheckCode { digits: digits.clone(), challenge: None };
    let shown = town.province.check_code(&town.gate, wish).await.unwrap();
    let bound = town.province.bind_card(&town.gate, &shown.receipt, "L0042").await;
    assert!(matches!(bound, Err(DeedError::Invalid { field: "receipt", .. })), "paper may have been found");
    for _ in 2..6 {
        assert!(town.check(&digits).await.is_valid(), "the bus takes a card six times a day");
    }
    assert_eq!(refused(&town.check(&digits).await), Some(Reason::CapReached));
    town.province.revoke_card(&clerk, &card.id, "lost").await.unwrap();
    assert_eq!(refused(&town.check(&digits).await), Some(Reason::CardRevoked));
    assert!(matches!(town.province.card_pdf(&clerk, &card.id, None).await, Err(DeedError::Conflict(_))));
}

#[tokio::test]
async fn an_otp_enrols_and_strangers_learn_nothing() {
    let town = town().await;
    import(&town, PEOPLE).await;
    let wish = |name: &str| OtpRequest { name: name.into(), id_number: "11010519491231002X".into() };
    let unknown = town.province.request_otp(wish("没有此人")).await.unwrap();
    assert!(town.province.inbox().is_empty());
    let known = town.province.request_otp(wish("王明华")).await.unwrap();
    assert_eq!(unknown.expires_at, known.expires_at);
    let text = town.province.inbox()[0].text.clone();
    let otp: String = text.chars().filter(char::is_ascii_digit).take(8).collect();
    let enrol = |challenge_id: &str, otp: &str| Enrol {
        proof: EnrolProof::Otp { challenge_id: challenge_id.into(), otp: otp.into() },
        suite: Suite::Es256,
        public_key: public(&key(9)),
        label: "旧手机".into(),
    };
    assert!(matches!(town.province.enrol_device(enrol(&unknown.challenge_id, &otp)).await, Err(DeedError::SignIn)));
    assert!(matches!(town.province.enrol_device(enrol(&known.challenge_id, "00000000")).await, Err(DeedError::SignIn)));
    assert_eq!(town.province.enrol_device(enrol(&known.challenge_id, &otp)).await.unwrap().slot, 0);
    assert!(matches!(town.province.enrol_device(enrol(&known.challenge_id, &otp)).await, Err(DeedError::SignIn)));
}

#[tokio::test]
async fn paper_keys_rotate_at_once_and_a_card_is_printed_again_under_its_own() {
    let town = town().await;
    import(&town, PEOPLE).await;
    let clerk = town.operator(Role::System).await;
    let keeper = town.operator(Role::Security).await;
    let people = town.province.find_residents(&clerk, None, None, None).await.unwrap();
    let card = town.province.issue_card(&clerk, &people.items[0].id, CardKind::Card).await.unwrap();
    let printed = scanned(&town.province.card_pdf(&clerk, &card.id, None).await.unwrap());
    for _ in 0..2 {
        town.clock.advance(1);
        town.province.rotate_keys(&Actor::System, Suite::Es256, "drill").await.unwrap();
        town.province.publish_bundle(&keeper).await.unwrap();
    }
    let paper = town.province.keys(&keeper).await.unwrap().into_iter().filter(|k| k.purpose == "t2").count();
    assert_eq!(paper, 4, "one of each suite, and two new ones");
    let again = town.province.card_pdf(&clerk, &card.id, None).await.unwrap();
    let (again, once) = (scanned(&again), printed);
    assert_eq!(t2_fields(&again), t2_fields(&once), "the same card under the key that it was issued with");
    assert!(town.check(&again).await.is_valid());
    let fresh = town.province.issue_card(&clerk, &people.items[0].id, CardKind::Card).await.unwrap();
    let fresh = scanned(&town.province.card_pdf(&clerk, &fresh.id, None).await.unwrap());
    assert_ne!(t2_fields(&fresh)[2..6], t2_fields(&again)[2..6], "another kid");
}

/// The digits on a printed page, as a scanner of 150 dots an inch reads them.
fn scanned(pdf: &[u8]) -> String {
    let dir = tempfile::tempdir().unwrap();
    let (file, out) = (dir.path().join("card.pdf"), dir.path().join("card"));
    std::fs::write(&file, pdf).unwrap();
    let mut command = std::process::Command::new("pdftoppm");
    let done = command.args(["-png", "-singlefile", "-r", "150"]).arg(&file).arg(&out).status();
    assert!(done.expect("pdftoppm is missing: apt-get install poppler-utils").success());
    yima_print::read_digits(&std::fs::read(out.with_extension("png")).unwrap()).unwrap()
}

/// What the issuer signs of a paper code: form, suites, kid, list, index, expiry, flags.
fn t2_fields(digits: &str) -> Vec<u8> {
    yima_code::token::Presented::from_digits(digits).unwrap().to_bytes()[..15].to_vec()
}

/// A scenario in which a relayed picture must fail.
fn desk_manifest() -> String {
    BUS.replace("id = 1\n", "id = 6\n")
        .replace("slug = \"bus\"", "slug = \"window\"")
        .replace("level = \"low\"", "level = \"high\"")
        .replace("[\"T1\", \"T0\", \"T2\"]", "[\"T1c\"]")
        .replace("any_scenario = true", "any_scenario = false")
        .replace("any_site = true", "any_site = false")
        .replace("late_s = 172800", "late_s = 0")
}

#[tokio::test]
async fn above_level_low_a_code_answers_the_desks_own_challenge_once() {
    let town = town().await;
    import(&town, PEOPLE).await;
    let clerk = town.operator(Role::System).await;
    let keeper = town.operator(Role::Security).await;
    let proposed = town.province.propose_scenario(&clerk, &desk_manifest()).await.unwrap();
    let own = town.province.review_scenario(&clerk, "window", proposed.version, true, "mine").await;
    assert!(matches!(own, Err(DeedError::Refused(_))), "nobody reviews their own");
    town.province.review_scenario(&keeper, "window", proposed.version, true, "read it").await.unwrap();
    town.province.publish_bundle(&keeper).await.unwrap();
    let name = Text::new("一号窗口", "Desk 1");
    let new = NewPlace { name, scenario: "window".into(), region: "370102".into() };
    let site = town.province.add_place(&clerk, new).await.unwrap().site;
    let made = town.province.add_gate(&clerk, "一号窗口", site).await.unwrap();
    let desk = town.province.gate(&made.key).await.unwrap().unwrap();
    let phone = town.phone(&clerk, 60).await;

    let now = u32::try_from(NOON).unwrap();
    let challenge = yima_code::Challenge::unsigned(6, site, now, *b"nonce-01");
    let answer = |nth: usize, short: [u8; 8]| {
        let part = IssuerPart::from_bytes(&phone.drawn.tokens[nth].1).unwrap();
        let holder = HolderPart::new(now, 6, site).answering(short);
        let signature: Signature = phone.token_keys[nth].sign(&holder.holder_message(&part).to_vec());
        holder.assemble(part, signature.normalize_s().to_bytes().into()).to_digits()
    };
    let check = async |digits: String, challenge: Option<yima_code::Challenge>| {
        let challenge = challenge.map(|c| c.to_bytes().to_vec());
        town.province.check_code(&desk, CheckCode { digits, challenge }).await.unwrap().verdict
    };
    assert_eq!(refused(&check(phone.t1(0, NOON, 6, site), Some(challenge)).await), Some(Reason::FormNotAccepted));
    let good = answer(1, challenge.short());
    assert!(refused(&check(good.clone(), None).await).is_some(), "an answer without its question");
    assert_eq!(refused(&check(answer(2, [9; 8]), Some(challenge)).await), Some(Reason::ChallengeWrong));
    let valid = check(good.clone(), Some(challenge)).await;
    assert!(valid.is_valid(), "{valid:?}");
    town.clock.advance(61);
    assert!(refused(&check(good, Some(challenge)).await).is_some(), "sixty seconds, once");
}

#[tokio::test]
async fn a_resolve_gives_what_was_agreed_and_nothing_else() {
    let town = town().await;
    import(&town, PEOPLE).await;
    let (clerk, keeper) = (town.operator(Role::System).await, town.operator(Role::Security).await);
    let manifest = BUS
        .replace("attributes = []", "attributes = [\"age_band\", \"region\"]\npseudonym = true")
        .replace("again_after_s = 0", "again_after_s = 60");
    let version = town.province.propose_scenario(&clerk, &manifest).await.unwrap().version;
    town.province.review_scenario(&keeper, "bus", version, true, "read it").await.unwrap();
    town.province.publish_bundle(&keeper).await.unwrap();
    let phone = town.phone(&clerk, 80).await;
    let wish = CheckCode { digits: phone.t1(0, NOON, 1, town.site), challenge: None };
    let checked = town.province.check_code(&town.gate, wish).await.unwrap();
    assert!(checked.verdict.is_valid());
    let resolve = async |names: &[&str]| {
        let names = names.iter().map(|n| (*n).to_owned()).collect();
        town.province.resolve_code(&town.gate, &checked.receipt, names).await
    };

    let nothing = resolve(&["age_band"]).await.unwrap();
    assert_eq!((nothing.attributes.len(), nothing.withheld), (0, vec!["age_band".to_owned()]));
    let give = GiveConsent { scenario: "bus".into(), attributes: vec!["age_band".into()], until_at: NOON + 3600 };
    let consent = town.province.give_consent(&phone.actor, give).await.unwrap();
    let given = resolve(&["age_band", "region"]).await.unwrap();
    assert_eq!(given.attributes.get("age_band").map(String::as_str), Some("70 to 79"));
    assert_eq!(given.withheld, ["region"]);
    assert_eq!(given.pseudonym, nothing.pseudonym, "the same holder, the same pseudonym");
    assert!(matches!(resolve(&["id_number"]).await, Err(DeedError::Refused(_))), "not in the manifest");
    town.province.withdraw_consent(&phone.actor, &consent.id).await.unwrap();
    assert_eq!(resolve(&["age_band"]).await.unwrap().withheld, ["age_band"], "withdrawn at once");
    let foreign = town.province.resolve_code(&town.gate, "use_0", vec![]).await;
    assert!(matches!(foreign, Err(DeedError::NotFound(_))));
    let record = town.province.record(&phone.actor, None).await.unwrap();
    let resolves = record.entries.iter().filter(|e| e.deed == "resolve").count();
    assert_eq!(resolves, 4, "three that gave or withheld, and the one that was refused");
}

/// Ten of proofing 1; all but the first are 20 to 28 years old, and half of them are students.
fn classmates() -> String {
    let mut text = String::from("name,id_number,benefits\n王明华,11010519491231002X,1:2099-12-31\n");
    for (n, one) in (0u32..9).zip(demo::residents(3, 9)) {
        let head = format!("370102{}0101{n:03}", 1998 + n);
        let student = if n % 2 == 0 { "2:2026-09-01/2027-08-31" } else { "" };
        text.push_str(&format!("{},{head}{},{student}\n", one.name, check_digit(&head)));
    }
    text
}

/// GB 11643-1999.
fn check_digit(head: &str) -> char {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = head.chars().zip(WEIGHTS).map(|(digit, weight)| digit.to_digit(10).unwrap() * weight).sum();
    ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'][(sum % 11) as usize]
}

impl Town {
    async fn with_classmates(min_holders: u32) -> Self {
        let mut town = town().await;
        town.province = town.province.with_min_holders(min_holders);
        import(&town, classmates().leak()).await;
        town
    }

    /// A device of whoever has this ID number.
    async fn device_of(&self, clerk: &Actor, id_number: &str) -> (String, Actor) {
        let people = self.province.find_residents(clerk, Some(id_number), None, None).await.unwrap();
        let id = people.items[0].id.clone();
        let (code, _) = self.province.issue_enrolment_code(clerk, &id).await.unwrap();
        let wish = Enrol {
            proof: EnrolProof::Code(code),
            suite: Suite::Es256,
            public_key: public(&key(200)),
            label: "手机".into(),
        };
        let enrolled = self.province.enrol_device(wish).await.unwrap();
        (id, self.province.device(&enrolled.device_id).await.unwrap().unwrap().actor)
    }

    /// Assurance and flavour of a token that is drawn to say this.
    async fn said(&self, phone: &Actor, says: Disclosure, request: u8) -> Result<(u8, Flavour), DeedError> {
        let wish = Draw { request_id: [request; 16], day: today(), t1: vec![(says, public(&key(request)))], t0: 0 };
        let drawn = self.province.draw_tokens(phone, wish).await?;
        let flags = IssuerPart::from_bytes(&drawn.tokens[0].1).unwrap().fields().flags;
        Ok((flags.assurance.level(), flags.flavour))
    }
}

fn student() -> Flavour {
    Flavour::Benefit(Benefit::new(2).unwrap())
}

#[tokio::test]
async fn what_too_few_share_is_not_said_and_the_counts_follow_the_residents() {
    let town = Town::with_classmates(5).await;
    let clerk = town.operator(Role::System).await;
    assert_eq!(town.province.holders(), (5, 10));
    let (_, elder) = town.device_of(&clerk, "11010519491231002X").await;
    let head = "370102199801010000";
    let (id, phone) = town.device_of(&clerk, &format!("{}{}", &head[..17], check_digit(&head[..17]))).await;

    assert_eq!(town.said(&phone, Disclosure::Benefit(None), 1).await.unwrap(), (1, student()), "five students");
    let band = town.said(&phone, Disclosure::AgeBand, 2).await.unwrap();
    assert_eq!(band, (1, Flavour::AgeBand(AgeBand::of_years(20))), "nine of that age");
    let alone = town.said(&elder, Disclosure::Benefit(Some(1)), 3).await;
    assert!(matches!(alone, Err(DeedError::TooFewHolders(_))), "one old man would be known by it: {alone:?}");
    assert!(matches!(town.said(&elder, Disclosure::AgeBand, 3).await, Err(DeedError::TooFewHolders(_))));
    assert_eq!(town.said(&elder, Disclosure::Plain, 3).await.unwrap(), (1, Flavour::Plain), "no number was used up");
    let home = town.province.home(&elder).await.unwrap();
    assert_eq!((home.flavours, home.benefits[0].drawable), (vec!["plain"], false));
    let home = town.province.home(&phone).await.unwrap();
    assert_eq!((home.flavours, home.benefits.len()), (vec!["plain", "age_band", "benefit"], 1));

    // One of the five goes: four are too few, with the next look at the counts.
    town.province.end_benefit(&clerk, &id, 2, "left school").await.unwrap();
    let wish = |until: &str| GiveBenefit { number: 2, from: None, until: until.into(), source: "register".into() };
    town.province.publish_bundle(&Actor::System).await.unwrap();
    assert!(matches!(town.said(&phone, Disclosure::Benefit(None), 4).await, Err(DeedError::NotHeld(_))));
    town.province.give_benefit(&clerk, &id, wish("2027-08-31")).await.unwrap();
    town.province.give_benefit(&clerk, &id, wish("2028-08-31")).await.unwrap();
    town.province.publish_bundle(&Actor::System).await.unwrap();
    assert_eq!(town.said(&phone, Disclosure::Benefit(None), 4).await.unwrap().1, student(), "counted once, not twice");
    let others = town.province.find_residents(&clerk, None, None, None).await.unwrap().items;
    let other = others.iter().find(|one| one.id != id).unwrap();
    for (to, left) in [(Standing::Suspend, 9), (Standing::Suspend, 9), (Standing::Resume, 10)] {
        town.province.change_standing(&clerk, &other.id, to, "story").await.unwrap();
        town.province.publish_bundle(&Actor::System).await.unwrap();
        assert_eq!(town.province.holders().1, left, "{to:?}");
    }
    town.province.report_death(&clerk, &other.id, "hospital", "story").await.unwrap();
    town.province.publish_bundle(&Actor::System).await.unwrap();
    assert_eq!(town.province.holders().1, 9, "who is reported dead hides nobody");
    town.province.undo_death(&clerk, &other.id, "story").await.unwrap();
    town.province.publish_bundle(&Actor::System).await.unwrap();
    assert_eq!(town.province.holders().1, 10, "and is there again when that is taken back");
}

#[tokio::test]
async fn a_rare_assurance_is_lowered_until_enough_share_it() {
    let mut town = Town::with_classmates(1).await;
    let better = "name,id_number\n赵小六,370102199002030016\n";
    let head = "37010219900203001";
    let better = better.replace("370102199002030016", &format!("{head}{}", check_digit(head)));
    let import = Import {
        reader: Box::new(std::io::Cursor::new(better.clone())),
        file_hash: yima_keys::sha256(&[better.as_bytes()]),
        format: Format::Csv,
        source: String::new(),
        signature: None,
        rejects: Box::new(std::io::sink()),
        proofing: 2,
    };
    assert_eq!(town.province.import_residents(&Actor::System, import, |_| {}).await.unwrap().total.inserted, 1);
    let clerk = town.operator(Role::System).await;
    let (_, phone) = town.device_of(&clerk, &format!("{head}{}", check_digit(head))).await;
    assert_eq!(town.said(&phone, Disclosure::Plain, 1).await.unwrap(), (2, Flavour::Plain), "the rule is off");
    town.province = town.province.with_min_holders(10);
    assert_eq!(town.said(&phone, Disclosure::Plain, 2).await.unwrap(), (1, Flavour::Plain), "like the ten others");
    assert_eq!(town.said(&phone, Disclosure::AgeBand, 3).await.unwrap().0, 1, "with nine others of that age");
    town.province = town.province.with_min_holders(100);
    assert_eq!(town.said(&phone, Disclosure::Plain, 4).await.unwrap(), (1, Flavour::Plain), "all eleven, and no fewer");
}

#[tokio::test]
async fn a_register_brings_benefits_once_and_never_back() {
    let town = Town::with_classmates(1).await;
    let clerk = town.operator(Role::System).await;
    let (id, _) = town.device_of(&clerk, "11010519491231002X").await;
    let held = async || town.province.resident(&clerk, &id).await.unwrap().benefits;
    let until =
        |rows: &[yima_province::Benefit]| rows.iter().map(|b| (b.number, b.until.clone(), b.state)).collect::<Vec<_>>();
    assert_eq!(until(&held().await), [(1, "2099-12-31".to_owned(), "held")]);
    let known = "name,id_number,benefits\n王明华,11010519491231002X,1:2060-01-01; 6:2020-05-05\n";
    assert_eq!(import(&town, known).await.total.duplicates, 1);
    let both = [(1, "2099-12-31".to_owned(), "held"), (6, "2020-05-05".to_owned(), "over")];
    assert_eq!(until(&held().await), both, "nothing is shortened, and what is over is over");
    town.province.end_benefit(&clerk, &id, 1, "moved away").await.unwrap();
    let again = "name,id_number,benefits\n王明华,11010519491231002X,1:2100-01-01;6:2099-01-01\n";
    import(&town, again).await;
    let ended = [(1, "2099-12-31".to_owned(), "ended"), (6, "2099-01-01".to_owned(), "held")];
    assert_eq!(until(&held().await), ended, "what an operator ended stays ended; the other lasts longer");
    let wrong = "name,id_number,benefits\n王明华,11010519491231002X,1:never\n";
    assert_eq!(import(&town, wrong).await.total.rejected, 1);
}

#[tokio::test]
async fn paper_says_a_benefit_for_as_long_as_it_is_true_and_ends_with_it() {
    let town = Town::with_classmates(1).await;
    let clerk = town.operator(Role::System).await;
    let (id, _) = town.device_of(&clerk, "11010519491231002X").await;
    let issue = async |says| town.province.issue_card_saying(&clerk, &id, CardKind::Card, says).await;
    let plain = issue(Disclosure::Plain).await.unwrap();
    assert_eq!((plain.says, plain.expires.as_str()), (None, "2027-11"), "twelve months");
    let band = issue(Disclosure::AgeBand).await.unwrap();
    assert_eq!(band.says.unwrap().en, "70 to 79");
    assert_eq!(band.expires, "2027-11", "eighty in December 2029");
    assert!(matches!(issue(Disclosure::Benefit(Some(2))).await, Err(DeedError::NotHeld(_))));
    let give = async |until: &str| {
        let wish = GiveBenefit { number: 2, from: None, until: until.into(), source: "pass".into() };
        town.province.give_benefit(&clerk, &id, wish).await.unwrap()
    };
    for (until, last) in [("2027-08-31", "2027-08"), ("2027-08-30", "2027-07"), ("2031-01-01", "2027-11")] {
        give(until).await;
        assert_eq!(issue(Disclosure::Benefit(Some(2))).await.unwrap().expires, last, "{until}");
    }
    give("2026-11-29").await;
    assert!(matches!(issue(Disclosure::Benefit(Some(2))).await, Err(DeedError::Conflict(_))), "no whole month is left");
    give("2026-11-30").await;
    let card = issue(Disclosure::Benefit(Some(2))).await.unwrap();
    assert_eq!((card.expires.as_str(), card.says.unwrap().en.as_str()), ("2026-11", "student benefit"));
    let digits = printed_digits(&town.province.card_pdf(&clerk, &card.id, None).await.unwrap());
    let valid = town.check(&digits).await;
    assert!(valid.is_valid() && valid.benefit == 2, "{valid:?}");
    let again = town.province.replace_card(&clerk, &card.id).await.unwrap();
    assert_eq!(again.says.map(|words| words.zh), Some("学生优待".to_owned()), "a new card says what the old one said");
    town.province.end_benefit(&clerk, &id, 2, "left school").await.unwrap();
    let rows = town.province.resident(&clerk, &id).await.unwrap().cards;
    let active = rows.iter().filter(|c| c.state == "active");
    let mut active: Vec<_> = active.map(|c| c.says.clone().map(|w| w.en)).collect();
    active.sort();
    assert_eq!(active, [None, Some("70 to 79".to_owned())], "only what says the benefit is revoked");
    assert!(matches!(town.province.replace_card(&clerk, &again.id).await, Err(DeedError::NotHeld(_))));
}

#[tokio::test]
async fn elders_are_taken_at_their_bench_on_paper_by_phone_and_by_word() {
    let town = Town::with_classmates(1).await;
    let (clerk, keeper) = (town.operator(Role::System).await, town.operator(Role::Security).await);
    let elder = include_str!("../../../scenarios/elder.toml");
    let version = town.province.propose_scenario(&clerk, elder).await.unwrap().version;
    town.province.review_scenario(&keeper, "elder", version, true, "read it").await.unwrap();
    town.province.publish_bundle(&keeper).await.unwrap();
    let new = NewPlace { name: Text::new("优待窗口", "Bench"), scenario: "elder".into(), region: "370102".into() };
    let site = town.province.add_place(&clerk, new).await.unwrap().site;
    let made = town.province.add_gate(&clerk, "优待窗口", site).await.unwrap();
    let desk = town.province.gate(&made.key).await.unwrap().unwrap();
    let check = async |digits: &str| {
        let wish = CheckCode { digits: digits.into(), challenge: None };
        town.province.check_code(&desk, wish).await.unwrap().verdict
    };
    let (id, phone) = town.device_of(&clerk, "11010519491231002X").await;
    let card = town.province.issue_card_saying(&clerk, &id, CardKind::Card, Disclosure::AgeBand).await.unwrap();
    let digits = printed_digits(&town.province.card_pdf(&clerk, &card.id, None).await.unwrap());
    let seen = check(&digits).await;
    assert_eq!((seen.kind, seen.age_band, seen.form), (VerdictKind::Valid, 7, Some(Form::T2)), "{seen:?}");
    let number = town.province.take_short_number(&phone, "elder", None).await.unwrap().number;
    let seen = check(&number).await;
    assert_eq!((seen.kind, seen.age_band), (VerdictKind::Valid, 7), "the register answers for a spoken number");
    let wish = Draw { request_id: [9; 16], day: today(), t1: vec![], t0: 2 };
    let t0 = town.province.draw_tokens(&phone, wish).await.unwrap().t0;
    let step = T0::step_at(Day(today()), u32::try_from(NOON).unwrap());
    let for_the_bench = T0::make(Suite::Es256, &t0[0].1, t0[0].0, step, 9, site).to_digits();
    assert_eq!(check(&for_the_bench).await.age_band, 7);
    let for_anybody = T0::make(Suite::Es256, &t0[1].1, t0[1].0, step, 0, 0).to_digits();
    assert_eq!(refused(&check(&for_anybody).await), Some(Reason::FlavourNeeded), "not shown to say an age");
}

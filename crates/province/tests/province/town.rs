//! A town of a few residents for the deeds end to end on a real store: a device, a gate, a clerk.

use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use std::sync::Arc;
use yima_code::day::Day;
use yima_code::token::{HolderPart, IssuerPart, T0};
use yima_code::{Reason, Verdict, VerdictKind};
use yima_kernel::subject::{Actor, Role};
use yima_keys::Suite;
use yima_keys::custody::Lock;
use yima_province::clock::FrozenClock;
use yima_province::*;

pub const NOON: i64 = 1_795_000_000;
pub const BUS: &str = include_str!("../../../kernel/tests/bus.toml");
pub const PEOPLE: &str = "name,id_number,phone,region\n\
    王明华,11010519491231002X,13800138000,370102\n\
    李小红,11010519491231002X,13800138001,370102\n\
    张三,110105194912310021,13800138001,370102\n";

pub struct Town {
    pub province: Province,
    pub clock: Arc<FrozenClock>,
    pub gate: Actor,
    pub site: u32,
    _dir: tempfile::TempDir,
}

pub struct Phone {
    pub actor: Actor,
    pub token_keys: Vec<SigningKey>,
    pub drawn: Drawn,
}

pub fn key(seed: u8) -> SigningKey {
    SigningKey::from_slice(&[seed; 32]).unwrap()
}

pub fn public(key: &SigningKey) -> [u8; 33] {
    key.verifying_key().to_sec1_point(true).as_bytes().try_into().unwrap()
}

pub async fn town() -> Town {
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

pub async fn import(town: &Town, text: &'static str) -> Imported {
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
    pub async fn operator(&self, role: Role) -> Actor {
        let name = role.as_str();
        let made = self.province.add_operator(&Actor::System, name, name, role).await.unwrap();
        let totp = code_of(&made.totp_secret, self.province.now_s());
        let wish = SignIn { name: name.into(), password: made.password.clone(), totp };
        let session = self.province.sign_in(&Browser::default(), wish).await.unwrap();
        self.province.session(&session.token).await.unwrap().unwrap().actor
    }

    pub async fn phone(&self, clerk: &Actor, seed: u8) -> Phone {
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

    pub async fn check(&self, digits: &str) -> Verdict {
        let wish = CheckCode { digits: digits.into(), challenge: None };
        self.province.check_code(&self.gate, wish).await.unwrap().verdict
    }
}

pub fn today() -> u16 {
    Day::shown_at(u32::try_from(NOON).unwrap()).0
}

pub fn draw(keys: &[SigningKey], request: u8) -> Draw {
    let t1 = keys.iter().map(|k| (Disclosure::Plain, public(k))).collect();
    Draw { request_id: [request; 16], day: today(), t1, t0: 2 }
}

/// RFC 6238 by the library's other half: what an authenticator app would show.
pub fn code_of(secret: &str, now_s: i64) -> String {
    let secret = totp_rs::Secret::try_from_base32(secret).unwrap();
    let totp = totp_rs::Builder::new().with_secret(secret).build().unwrap();
    totp.generate(u64::try_from(now_s).unwrap()).to_string()
}

impl Phone {
    pub fn t1(&self, nth: usize, at: i64, scenario: u16, site: u32) -> String {
        let part = IssuerPart::from_bytes(&self.drawn.tokens[nth].1).unwrap();
        let holder = HolderPart::new(u32::try_from(at).unwrap(), scenario, site);
        let message = holder.holder_message(&part);
        let signature: Signature = self.token_keys[nth].sign(&message.to_vec());
        holder.assemble(part, signature.normalize_s().to_bytes().into()).to_digits()
    }

    pub fn t0(&self, nth: usize, at: i64, site: u32) -> String {
        let (id, key) = self.drawn.t0[nth];
        let step = T0::step_at(Day(today()), u32::try_from(at).unwrap());
        T0::make(Suite::Es256, &key, id, step, 1, site).to_digits()
    }
}

/// Prints the PDF to a picture, as a printer would, and reads the code in it.
pub fn printed_digits(pdf: &[u8]) -> String {
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

pub fn refused(verdict: &Verdict) -> Option<Reason> {
    assert_eq!(verdict.kind, VerdictKind::Refused, "{verdict:?}");
    verdict.reason
}

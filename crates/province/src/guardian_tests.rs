//! A ward's code at an unattended gate of the platform: refused alone, taken within ten seconds after the guardian's own.
//! Acting tokens are signed here with the day's issuing key: no deed draws one yet.

use crate::clock::FrozenClock;
use crate::{CheckCode, Draw, Enrol, EnrolProof, Format, Import, Inbox, KeyPlace, NewPlace, Province, Setup, Text};
use rand::SeedableRng;
use rand::rngs::StdRng;
use std::sync::Arc;
use yima_code::day::Day;
use yima_code::flags::{Assurance, Flags, Flavour};
use yima_code::token::{HolderPart, IssuerPart};
use yima_code::{Reason, Verdict};
use yima_kernel::id::OperatorId;
use yima_kernel::subject::{Actor, Role};
use yima_keys::Suite;
use yima_keys::custody::{IssuingKey, Lock};

const NOON: i64 = 1_795_000_000;
const BUS: &str = include_str!("../../kernel/tests/bus.toml");
const PEOPLE: &str = "name,id_number,phone,region\n王明华,11010519491231002X,13800138000,370102\n";
const TOKENS: u8 = 4;

struct Town {
    province: Province,
    clock: Arc<FrozenClock>,
    gates: [Actor; 2],
    site: u32,
    keys: Vec<IssuingKey>,
    parts: Vec<IssuerPart>,
    _folder: tempfile::TempDir,
}

async fn town() -> Town {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(FrozenClock::at(NOON));
    let setup = Setup {
        dir: folder.path().to_owned(),
        database: None,
        keys: KeyPlace::File(Lock::passphrase("town")),
        clock: Arc::<FrozenClock>::clone(&clock),
        seed: Some([7; 32]),
        messenger: Arc::new(Inbox::default()),
        demo: true,
    };
    let province = Province::init(setup, &[BUS.to_owned()]).await.unwrap();
    let place = NewPlace { name: Text::new("站", "Stop"), scenario: "bus".into(), region: "370102".into() };
    let site = province.add_place(&Actor::System, place).await.unwrap().site;
    province.publish_bundle(&Actor::System).await.unwrap();
    let mut gates = Vec::new();
    for name in ["front", "back"] {
        let key = province.add_gate(&Actor::System, name, site).await.unwrap().key;
        gates.push(province.gate(&key).await.unwrap().unwrap());
    }
    let (keys, parts) = batch(&province).await;
    Town { province, clock, gates: gates.try_into().unwrap(), site, keys, parts, _folder: folder }
}

/// A resident's plain tokens, with their keys.
async fn batch(province: &Province) -> (Vec<IssuingKey>, Vec<IssuerPart>) {
    let import = Import {
        reader: Box::new(PEOPLE.as_bytes()),
        file_hash: yima_keys::sha256(&[PEOPLE.as_bytes()]),
        format: Format::Csv,
        source: String::new(),
        signature: None,
        rejects: Box::new(std::io::sink()),
        proofing: 1,
    };
    province.import_residents(&Actor::System, import, |_| {}).await.unwrap();
    let clerk = Actor::Operator { operator: OperatorId::new(0, [0; 10]), role: Role::System };
    let person = province.find_residents(&clerk, None, None, None).await.unwrap().items.remove(0);
    let (code, _) = province.issue_enrolment_code(&clerk, &person.id).await.unwrap();
    let key = |n: u8| IssuingKey::from_secret(Suite::Es256, &[n; 32]).unwrap();
    let public_key = key(100).public();
    let wish = Enrol { proof: EnrolProof::Code(code), suite: Suite::Es256, public_key, label: "手机".into() };
    let enrolled = province.enrol_device(wish).await.unwrap();
    let device = province.device(&enrolled.device_id).await.unwrap().unwrap().actor;
    let keys: Vec<_> = (1..=TOKENS).map(key).collect();
    let t1 = keys.iter().map(|key| (crate::Disclosure::Plain, key.public())).collect();
    let day = Day::shown_at(u32::try_from(NOON).unwrap()).0;
    let drawn = province.draw_tokens(&device, Draw { request_id: [1; 16], day, t1, t0: 0 }).await.unwrap();
    let parts = drawn.tokens.iter().map(|token| IssuerPart::from_bytes(&token.1).unwrap()).collect();
    (keys, parts)
}

impl Town {
    /// The nth token's code, as drawn or made an acting one by the issuer itself.
    fn code(&self, nth: usize, acting: bool) -> String {
        let mut rng = StdRng::seed_from_u64(1);
        let mut fields = *self.parts[nth].fields();
        if acting {
            let assurance = Assurance::new(1).unwrap();
            fields.flags = Flags { assurance, attested: false, flavour: Flavour::Acting };
        }
        let set = self.province.keys.day(fields.day, Suite::Es256).unwrap();
        let signature = set.issuing.sign(&fields.issuer_message().parts(), &mut rng).unwrap();
        let part = fields.assemble(signature);
        let holder = HolderPart::new(u32::try_from(self.province.now_s()).unwrap(), 1, self.site);
        let signature = self.keys[nth].sign(&holder.holder_message(&part).parts(), &mut rng).unwrap();
        holder.assemble(part, signature).to_digits()
    }

    async fn check(&self, gate: usize, digits: String) -> Verdict {
        let wish = CheckCode { digits, challenge: None };
        self.province.check_code(&self.gates[gate], wish).await.unwrap().verdict
    }
}

#[tokio::test]
async fn a_ward_follows_its_guardian_within_ten_seconds_at_the_same_gate() {
    let town = town().await;
    let alone = town.check(0, town.code(0, true)).await;
    assert_eq!(alone.reason, Some(Reason::GuardianNeeded), "nobody went before");
    assert!(town.check(0, town.code(1, false)).await.is_valid(), "the guardian's own");
    let elsewhere = town.check(1, town.code(0, true)).await;
    assert_eq!(elsewhere.reason, Some(Reason::GuardianNeeded), "another gate saw no guardian");
    town.clock.advance(10);
    let ward = town.check(0, town.code(0, true)).await;
    assert!(ward.is_valid() && ward.acting, "{ward:?}");
    town.clock.advance(1);
    let late = town.check(0, town.code(2, true)).await;
    assert_eq!(late.reason, Some(Reason::GuardianNeeded), "eleven seconds, and a ward is no guardian");
}

//! The small world that vectors play in: key entries, scenarios, and drafts of codes that can be spoiled.
//! Codes are put together here byte by byte, not with the crate's own builders.

use crate::keys::Signer;
use std::collections::BTreeMap;
use std::sync::Arc;
use yima_code::rule::{AgeSpan, FlavourKind, FlavourNeeded, Forms, Level, OfflineRule, OnStale, ScenarioRule};
use yima_code::{Bilingual, Day, Form, IssuerEntry, KeyUse, Window, digits};
use yima_keys::{KnownKey, Suite, sha256};

/// The day of most vectors: 2026-11-24.
pub const TODAY: Day = Day(2_519);
/// Its noon at UTC+8.
pub const NOON: u32 = 1_577_808_000 + 2_519 * 86_400 + 12 * 3_600;
/// The site of most vectors.
pub const SITE: u32 = 1_042;

/// Flags: assurance 2, nothing else.
pub const PLAIN: u16 = 0x8000;
pub const ATTESTED: u16 = 0x2000;
pub const ACTING: u16 = 0x1000;
pub const fn band(number: u16) -> u16 {
    number << 8
}
pub const fn benefit(number: u16) -> u16 {
    number << 4
}

/// A key entry with the key that signs for it.
pub struct Kid {
    pub name: &'static str,
    pub entry: IssuerEntry,
    pub signer: Signer,
}

pub struct World {
    pub kids: Vec<Kid>,
    pub rules: BTreeMap<String, ScenarioRule>,
}

impl World {
    pub fn new() -> World {
        World { kids: kids(), rules: rules().into_iter().map(|rule| (rule.slug.clone(), rule)).collect() }
    }

    pub fn kid(&self, name: &str) -> &Kid {
        self.kids.iter().find(|kid| kid.name == name).unwrap()
    }

    /// A T1 for the bus at noon, unsigned; a second holder's key of the suite comes with another number.
    pub fn t1(&self, kid: &str, holder: Suite) -> Draft<'_> {
        let issuer = self.kid(kid);
        let holder = Signer::from_words(holder, "holder");
        let mut bytes = vec![0; 197];
        bytes[0] = 0x11;
        bytes[1] = issuer.signer.suite().number() << 4 | holder.suite().number();
        let mut draft = Draft { bytes, issuer: &issuer.signer, holder };
        draft.put(2, &issuer.entry.kid);
        draft.put(6, &sha256(&[b"token id of vectors"])[..16]);
        draft.put(22, &Day::shown_at(issuer.entry.window.from).0.to_be_bytes());
        let holder_key = draft.holder.public();
        draft.put(26, &holder_key);
        draft.flags(PLAIN).time(NOON).place(1, SITE)
    }

    /// A T2 that is good to the end of December 2026.
    pub fn t2(&self, kid: &str) -> Draft<'_> {
        let issuer = self.kid(kid);
        let mut bytes = vec![0; 79];
        bytes[0] = 0x14;
        bytes[1] = issuer.signer.suite().number() << 4;
        let holder = Signer::from_words(Suite::Es256, "holder");
        let mut draft = Draft { bytes, issuer: &issuer.signer, holder };
        draft.put(2, &issuer.entry.kid);
        draft.put(6, &[0, 7, 0x01, 0x86, 0xa0]);
        draft.put(11, &83_u16.to_be_bytes());
        draft.flags(PLAIN)
    }
}

/// A code in the making.
pub struct Draft<'a> {
    pub bytes: Vec<u8>,
    pub issuer: &'a Signer,
    pub holder: Signer,
}

impl Draft<'_> {
    pub fn put(&mut self, at: usize, bytes: &[u8]) {
        self.bytes[at..at + bytes.len()].copy_from_slice(bytes);
    }

    pub fn with(mut self, at: usize, bytes: &[u8]) -> Self {
        self.put(at, bytes);
        self
    }

    pub fn flip(mut self, byte: usize, mask: u8) -> Self {
        self.bytes[byte] ^= mask;
        self
    }

    pub fn flags(self, bits: u16) -> Self {
        let at = if self.bytes.len() == 79 { 13 } else { 24 };
        self.with(at, &bits.to_be_bytes())
    }

    pub fn time(self, unix: u32) -> Self {
        self.with(123, &unix.to_be_bytes())
    }

    pub fn place(self, scenario: u16, site: u32) -> Self {
        self.with(127, &scenario.to_be_bytes()).with(129, &site.to_be_bytes())
    }

    /// Another one-time id.
    pub fn id(self, words: &str) -> Self {
        let id = sha256(&[words.as_bytes()]);
        self.with(6, &id[..16])
    }

    /// Makes it a T1c.
    pub fn answering(mut self, challenge: [u8; 8]) -> Self {
        self.bytes[0] = 0x12;
        self.bytes.splice(133..133, challenge);
        self
    }

    fn is_t1c(&self) -> bool {
        self.bytes.len() == 205
    }

    /// The message that the issuer signs.
    pub fn issuer_message(&self) -> Vec<u8> {
        if self.bytes.len() == 79 {
            return [b"yima.t2.issuer.v1\0", &self.bytes[..15]].concat();
        }
        [b"yima.t1.issuer.v1\0\x11", &self.bytes[1..59]].concat()
    }

    /// The message that the holder signs.
    pub fn holder_message(&self) -> Vec<u8> {
        if self.is_t1c() {
            [b"yima.t1c.holder.v1\0", &self.bytes[..141]].concat()
        } else {
            [b"yima.t1.holder.v1\0", &self.bytes[..133]].concat()
        }
    }

    pub fn issued(self) -> Self {
        let signature = self.issuer.sign(&self.issuer_message());
        self.issuer_signature(&signature)
    }

    pub fn held(self) -> Self {
        let signature = self.holder.sign(&self.holder_message());
        self.holder_signature(&signature)
    }

    pub fn issuer_signature(self, signature: &[u8; 64]) -> Self {
        let at = if self.bytes.len() == 79 { 15 } else { 59 };
        self.with(at, signature)
    }

    pub fn holder_signature(self, signature: &[u8; 64]) -> Self {
        let at = self.bytes.len() - 64;
        self.with(at, signature)
    }

    /// Signs as issuer and, if there is one, as holder.
    pub fn signed(self) -> Self {
        let draft = self.issued();
        if draft.bytes.len() == 79 { draft } else { draft.held() }
    }

    /// The digits, with the form digit of the length.
    pub fn digits(&self) -> String {
        let form = match self.bytes.len() {
            197 => '1',
            205 => '2',
            25 => '3',
            _ => '4',
        };
        format!("{form}{}", digits::encode(&self.bytes))
    }
}

fn kids() -> Vec<Kid> {
    let yesterday = Day(TODAY.0 - 1);
    let long = Window { from: Day(2_192).starts_at(), until: Day(3_287).starts_at() };
    let to_come = Window { from: TODAY.next().starts_at(), until: Day(3_287).starts_at() };
    let over = Window { from: Day(2_192).starts_at(), until: TODAY.starts_at() };
    let (es256, sm2, ed25519) = (Suite::Es256, Suite::Sm2Sm3, Suite::Ed25519);
    let (t1, t2) = (KeyUse::T1, KeyUse::T2);
    let all = 0xfff0;
    vec![
        kid("es256-today", [0x37, 1, 1, 1], es256, t1, all, TODAY.window()),
        kid("sm2-today", [0x37, 2, 1, 1], sm2, t1, all, TODAY.window()),
        kid("ed25519-today", [0x37, 3, 1, 1], ed25519, t1, all, TODAY.window()),
        kid("es256-yesterday", [0x37, 1, 1, 0], es256, t1, all, yesterday.window()),
        kid("sm2-yesterday", [0x37, 2, 1, 0], sm2, t1, all, yesterday.window()),
        kid("es256-plain-only", [0x37, 1, 2, 1], es256, t1, 0xe000, TODAY.window()),
        Kid {
            entry: IssuerEntry { withdrawn: true, ..kid("", [0x37, 1, 3, 1], es256, t1, all, TODAY.window()).entry },
            ..kid("es256-withdrawn", [0x37, 1, 3, 1], es256, t1, all, TODAY.window())
        },
        kid("es256-paper", [0x37, 1, 9, 1], es256, t2, all, long),
        kid("sm2-paper", [0x37, 2, 9, 1], sm2, t2, all, long),
        kid("ed25519-paper", [0x37, 3, 9, 1], ed25519, t2, all, long),
        kid("es256-paper-to-come", [0x37, 1, 9, 2], es256, t2, all, to_come),
        kid("es256-paper-over", [0x37, 1, 9, 0], es256, t2, all, over),
    ]
}

fn kid(name: &'static str, kid: [u8; 4], suite: Suite, key_use: KeyUse, flags_mask: u16, window: Window) -> Kid {
    let signer = Signer::from_words(suite, &format!("issuer {kid:?}"));
    let key = Arc::new(KnownKey::parse(suite, &signer.public()).unwrap());
    let entry = IssuerEntry { kid, key, key_use, flags_mask, region: 370_000, window, withdrawn: false };
    Kid { name, entry, signer }
}

/// One scenario for each thing that a manifest can choose.
fn rules() -> Vec<ScenarioRule> {
    let low = |id, slug| ScenarioRule::low(id, slug, Bilingual::new(slug, slug));
    let medium = |id, slug| ScenarioRule { level: Level::Medium, ..low(id, slug) };
    let needs = |kind, accepted| FlavourNeeded { kind, accepted };
    let old_is_marked = OfflineRule { stale_bundle_s: 3_600, stale_status_s: 3_600, on_stale: OnStale::AcceptMarked };
    vec![
        low(1, "bus"),
        ScenarioRule { any_scenario: true, any_site: true, late_s: 48 * 3_600, ..low(2, "park") },
        ScenarioRule { late_s: 3_600, ..low(3, "museum") },
        ScenarioRule { late_s: 1_000_000, ..low(4, "late-beyond-bounds") },
        ScenarioRule { age: AgeSpan { min_s: -15, max_s: 45 }, again_after_s: Some(1_800), ..low(5, "metro") },
        ScenarioRule { age: AgeSpan { min_s: -300, max_s: 300 }, again_after_s: Some(0), ..low(6, "wide") },
        ScenarioRule { assurance_min: 2, attended: true, ..low(7, "desk") },
        ScenarioRule { flavour: needs(FlavourKind::AgeBand, 0b1_1100_0000), ..low(8, "elder") },
        ScenarioRule { flavour: needs(FlavourKind::AgeBand, 0), ..low(9, "any-age") },
        ScenarioRule { flavour: needs(FlavourKind::Benefit, 0b100), ..low(10, "student") },
        ScenarioRule { flavour: needs(FlavourKind::Acting, 0), attended: true, ..low(11, "ward") },
        ScenarioRule { offline: old_is_marked, ..low(12, "kiosk") },
        ScenarioRule { forms: Forms::NONE.with(Form::T1), ..low(13, "phone-only") },
        ScenarioRule { forms: Forms::NONE.with(Form::T2), ..low(14, "paper-only") },
        ScenarioRule { t2_day_cap: Some(2), ..low(15, "pool") },
        medium(16, "hospital"),
        ScenarioRule { level: Level::High, ..low(17, "hotel") },
        ScenarioRule { any_scenario: true, any_site: true, late_s: 48 * 3_600, ..medium(18, "any-at-medium") },
        ScenarioRule { any_scenario: true, ..low(19, "any-scenario-only") },
    ]
}

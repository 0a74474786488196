//! Answering for one code: by the bundle, among the gates of the place, or by the server where only it can say.
//! A verdict is on disk before it is given; who passes is not known here.

use super::{Agent, CHALLENGES_MAX, HEARD_KEPT_S, SEALED_DELAY_S};
use crate::api::{CallError, Caller};
use crate::machine::{chance, clock};
use crate::pocket::base64url;
use crate::say;
use crate::turnstile::checker;
use crate::turnstile::log::Entry;
use crate::turnstile::peers::Claimed;
use yima_code::rule::{RecordClass, ScenarioRule};
use yima_code::sealed_record::{RecordText, SealedRecord};
use yima_code::{Challenge, CheckerClock, Form, Presented, Reason, Verdict, VerdictKind};
use yima_wire::check::{CheckRequest, Verdict as WireVerdict};
use yima_wire::gate::{Counted, Named, SealedRecord as WireRecord};

impl Agent {
    /// The verdict for one code; it is on disk before it is given.
    pub async fn answer(&mut self, digits: &str, challenge: Option<Vec<u8>>) -> WireVerdict {
        let at = self.now_s();
        let scenario = self.post.scenario.clone();
        let rule = self.kept.as_ref().and_then(|kept| kept.bundle.rule_by_slug(&scenario)).cloned();
        let Some(rule) = rule else {
            return checker::wire_verdict(&checker::unread(Reason::BundleMissing), &scenario, at);
        };
        if !self.settings.offline
            && needs_server(digits, &rule)
            && let Some(verdict) = self.ask(digits, challenge).await
        {
            return verdict;
        }
        let verdict = self.decide(digits, &rule);
        let verdict = self.among_peers(digits, verdict).await;
        let entry = self.entry(digits, &verdict, &rule, at);
        let remembered = entry.seen.clone();
        match self.log.write(entry) {
            Ok(()) => {
                if verdict.is_valid() && !verdict.acting && !verdict.repeated {
                    self.guardian_at = Some(clock::as_u32(at));
                }
                let also = self.kept.as_ref().map(|kept| checker::also(&verdict, &rule, &kept.bundle));
                let also = also.unwrap_or_default();
                WireVerdict { also, ..checker::wire_verdict(&verdict, &scenario, at) }
            }
            Err(why) => {
                say::remark(&why.sentence);
                self.memory.forget(&remembered);
                if let (Some(peers), Some(id)) = (&self.peers, token_id(digits)) {
                    peers.release(&id);
                }
                checker::wire_verdict(&checker::unread(Reason::ServerError), &scenario, at)
            }
        }
    }

    /// A code that would be taken is claimed among the gates of the place first: of two that hold it, one admits.
    async fn among_peers(&mut self, digits: &str, verdict: Verdict) -> Verdict {
        let (Some(peers), Some(id)) = (&self.peers, token_id(digits)) else { return verdict };
        if !verdict.is_valid() || verdict.repeated {
            return verdict;
        }
        let reason = match peers.claim(id, clock::as_u32(self.now_s())).await {
            Claimed::Ours => return verdict,
            Claimed::Theirs(at) => {
                let taken = self.memory.take_fresh();
                self.memory.forget(&taken);
                self.memory.hear(id, at, at.saturating_add(HEARD_KEPT_S));
                Reason::Replayed
            }
            Claimed::NoRoom => {
                let taken = self.memory.take_fresh();
                self.memory.forget(&taken);
                Reason::Busy
            }
        };
        Verdict::because(reason, verdict.form)
    }

    fn decide(&mut self, digits: &str, rule: &ScenarioRule) -> Verdict {
        let now_s = self.now_s();
        if let (Some(peers), Some(id)) = (&self.peers, token_id(digits))
            && let Some(at) = peers.heard(&id, clock::as_u32(now_s))
        {
            self.memory.hear(id, at, at.saturating_add(HEARD_KEPT_S));
        }
        let Some(kept) = &self.kept else { return checker::unread(Reason::BundleMissing) };
        let now: CheckerClock = checker::clock_of(&kept.bundle, &kept.floor, now_s);
        let open = self.challenges.iter().find(|one| answers(digits, one)).or(self.challenges.back());
        let stand = checker::Stand {
            bundle: &kept.bundle,
            rule,
            site: self.post.site,
            now,
            challenge: open.map(Challenge::open),
            guardian_at: self.guardian_at,
        };
        checker::check(digits, &stand, &mut self.memory)
    }

    /// What the log keeps of a verdict, in the class that the manifest chose.
    fn entry(&mut self, digits: &str, verdict: &Verdict, rule: &ScenarioRule, at: i64) -> Entry {
        let seen = self.memory.take_fresh();
        if verdict.repeated || verdict.kind == VerdictKind::CouldNotCheck && rule.record == RecordClass::Named {
            return Entry { seen, ..Entry::default() };
        }
        let reason = verdict.reason.map_or(String::new(), |reason| reason.as_str().to_owned());
        let kind = verdict.kind.as_str().to_owned();
        let form = verdict.form.map_or(String::new(), |form| form.as_str().to_owned());
        let counted = Counted { hour_at: at - at % 3600, form, verdict: kind.clone(), reason: reason.clone(), n: 1 };
        match rule.record {
            RecordClass::Counted => Entry { seen, counted: Some(counted), due_at: at, ..Entry::default() },
            RecordClass::Named if verdict.form.is_some() => {
                let named = Named { digits: digits.to_owned(), at, verdict: kind, reason };
                Entry { seen, counted: Some(counted), named: Some(named), due_at: at, ..Entry::default() }
            }
            RecordClass::Named => Entry { seen, counted: Some(counted), due_at: at, ..Entry::default() },
            RecordClass::Sealed => {
                let sealed = if verdict.is_valid() { self.sealed(digits, rule, at) } else { None };
                Entry { seen, counted: Some(counted), sealed, due_at: self.due(at), ..Entry::default() }
            }
        }
    }

    /// A record that the device finds by the code that it showed; paper has no device.
    fn sealed(&self, digits: &str, rule: &ScenarioRule, at: i64) -> Option<WireRecord> {
        let presented = Presented::from_digits(digits).ok()?;
        if !matches!(presented.form(), Form::T1 | Form::T1c) {
            return None;
        }
        let text = RecordText { site: self.post.site, scenario: rule.id, time: clock::as_u32(at) };
        let sealed = SealedRecord::seal(&presented.to_bytes(), chance::octets(), text);
        Some(WireRecord { tag: base64url(&sealed.tag), nonce: base64url(&sealed.nonce), body: base64url(&sealed.body) })
    }

    fn due(&self, at: i64) -> i64 {
        if self.settings.report_at_once {
            return at;
        }
        let (least, most) = SEALED_DELAY_S;
        at + i64::from(least + chance::below(most - least))
    }

    /// Asks the server, which alone can check some forms. `None` when there is no answer.
    async fn ask(&mut self, digits: &str, challenge: Option<Vec<u8>>) -> Option<WireVerdict> {
        let shown = self.challenges.iter().find(|one| answers(digits, one)).or(self.challenges.back());
        let bytes = challenge.or_else(|| shown.map(|one| one.to_bytes().to_vec()));
        let request = CheckRequest { digits: digits.to_owned(), challenge: bytes.map(|bytes| base64url(&bytes)) };
        let answer = self.api.post("/api/v1/codes/check", &request, &Caller::Gate(&self.settings.key)).await;
        match answer {
            Ok(verdict) => {
                let verdict: WireVerdict = verdict;
                if verdict.verdict == VerdictKind::Valid.as_str() {
                    self.hear_own(digits);
                    if !verdict.acting {
                        self.guardian_at = Some(clock::as_u32(verdict.at));
                    }
                }
                Some(verdict)
            }
            Err(CallError::NoAnswer(why)) => {
                say::remark(&format!("no answer: {why}"));
                None
            }
            Err(CallError::Problem(problem) | CallError::Later(problem, _)) => {
                say::remark(&format!("{} ({})", problem.detail, problem.code));
                None
            }
        }
    }

    /// What the server took here is not taken again when the network is gone.
    fn hear_own(&mut self, digits: &str) {
        let Some(id) = token_id(digits) else { return };
        let now = clock::as_u32(self.now_s());
        self.memory.hear(id, now, now.saturating_add(HEARD_KEPT_S));
        if let Some(peers) = &self.peers {
            peers.took(id, now);
        }
    }

    /// A new challenge to show, as digits.
    pub fn challenge(&mut self) -> Option<Challenge> {
        let rule = self.kept.as_ref()?.bundle.rule_by_slug(&self.post.scenario)?;
        let challenge = Challenge::unsigned(rule.id, self.post.site, clock::as_u32(self.now_s()), chance::octets());
        // One that can't be signed is shown all the same: the holder is told that nobody vouches for it.
        let challenge = self.key.signed(challenge).unwrap_or(challenge);
        self.challenges.push_back(challenge);
        if self.challenges.len() > CHALLENGES_MAX {
            self.challenges.pop_front();
        }
        Some(challenge)
    }
}

/// Whether the server must be asked: forms that only it can check, and scenarios that record by name.
fn needs_server(digits: &str, rule: &ScenarioRule) -> bool {
    rule.record == RecordClass::Named || matches!(digits.len(), 8 | 12) || digits.len() == Form::T0.digits()
}

/// The token that the digits show, if a phone signed it.
fn token_id(digits: &str) -> Option<[u8; 16]> {
    match Presented::from_digits(digits) {
        Ok(Presented::T1(token) | Presented::T1c(token)) => Some(token.fields().id),
        _ => None,
    }
}

/// Whether the digits are an answer to this very challenge.
fn answers(digits: &str, challenge: &Challenge) -> bool {
    match Presented::from_digits(digits) {
        Ok(Presented::T1c(token)) => token.holder_part().challenge == Some(challenge.short()),
        _ => false,
    }
}

//! Keeping in step with the platform: bundle, place, clock, the gate's own key, and what is to be reported.
//! It answers for no code.

use super::{Agent, CLOCK_OFF_S, Post};
use crate::api::{CallError, Caller};
use crate::failure::Failure;
use crate::machine::{chance, clock};
use crate::pocket::base64url;
use crate::say;
use crate::turnstile::peers::Place;
use yima_wire::device::TimeAnswer;
use yima_wire::gate::{SyncAnswer, SyncRequest, UploadAnswer};

impl Agent {
    /// Bundle, place, clock, and the gate's own key.
    pub(super) async fn sync(&mut self) -> Result<(), Failure> {
        if let Some(kept) = self.keeper.fetch(&self.api, self.settings.pin, clock::as_u32(self.now_s())).await? {
            self.kept = Some(kept);
        }
        let request = SyncRequest {
            bundle_version: i64::from(self.version()),
            spool: i64::try_from(self.log.waiting()).unwrap_or(i64::MAX),
            clock_at: self.now_s(),
        };
        let answer: SyncAnswer =
            self.api.post("/api/v1/gates/sync", &request, &Caller::Gate(&self.settings.key)).await?;
        if (answer.server_at - self.now_s()).abs() >= CLOCK_OFF_S {
            self.set_clock().await?;
        }
        let (gate, site, scenario) = (answer.gate, answer.site, answer.scenario);
        if (&gate, site, &scenario) != (&self.post.gate, self.post.site, &self.post.scenario) {
            self.post = Post { gate, site, scenario, ..self.post.clone() };
            self.keep_post()?;
        }
        self.place_peers();
        self.tell_key().await
    }

    /// What the bundle says of this place: its keys, and its rule.
    pub(super) fn place_peers(&self) {
        let (Some(peers), Some(kept)) = (&self.peers, &self.kept) else { return };
        let rule = kept.bundle.rule_by_slug(&self.post.scenario);
        peers.stand_at(Place {
            site: self.post.site,
            checkers: kept.bundle.site(self.post.site).map(|site| site.checkers.clone()).unwrap_or_default(),
            again_after_s: rule.and_then(|rule| rule.again_after_s),
            offset_s: self.post.offset_s,
        });
    }

    /// Registers the gate's key until a bundle names it. Without one the gate works on, and nobody vouches for its challenges.
    async fn tell_key(&mut self) -> Result<(), Failure> {
        let site = self.kept.as_ref().and_then(|kept| kept.bundle.site(self.post.site));
        if self.key_told || site.is_some_and(|site| site.checkers.contains(self.key.public())) {
            return Ok(());
        }
        let request = self.key.registration(&self.post.gate)?;
        let told = self.api.post("/api/v1/gates/key", &request, &Caller::Gate(&self.settings.key)).await;
        match told {
            Ok(()) => self.key_told = true,
            Err(CallError::Problem(problem)) if problem.status < 500 => {
                self.key_told = true;
                say::remark(&format!("{} {}", problem.detail_zh, problem.detail));
            }
            Err(why) => return Err(why.into()),
        }
        Ok(())
    }

    /// Asks for the time over a nonce of our own; only an answer that a lists+time key signed counts.
    async fn set_clock(&mut self) -> Result<(), Failure> {
        let Some(kept) = &mut self.kept else { return Ok(()) };
        let nonce: [u8; 16] = chance::octets();
        let path = format!("/api/v1/time?nonce={}", base64url(&nonce));
        let answer: TimeAnswer = self.api.get(&path, &Caller::Stranger).await?;
        let signature = crate::pocket::fixed_bytes(&answer.signature, "the time's signature")?;
        let milliseconds = u64::try_from(answer.server_ms).unwrap_or(0);
        let signer = kept
            .bundle
            .time_signer(&nonce, milliseconds, &signature)
            .ok_or_else(|| Failure::could_not("the server's time is not signed by a key of this province"))?;
        let server_s = i64::try_from(milliseconds / 1000).unwrap_or(0);
        kept.floor.note_time(signer, clock::as_u32(server_s));
        self.keeper.keep_floor(&kept.floor)?;
        self.post.offset_s = server_s - clock::now_s();
        self.keep_post()
    }

    /// Uploads what is due, batch by batch, until there is nothing or nobody.
    pub(super) async fn report(&mut self) {
        loop {
            let sent = self.report_one().await;
            match sent {
                Ok(true) => {}
                Ok(false) => return,
                Err(why) => return say::remark(&format!("not reported yet: {why}")),
            }
        }
    }

    async fn report_one(&mut self) -> Result<bool, Failure> {
        let Some(batch) = self.log.batch(self.now_s(), chance::octets(), &mut chance::below)? else { return Ok(false) };
        let caller = Caller::Gate(&self.settings.key);
        let _: UploadAnswer = self.api.post("/api/v1/gates/uploads", &batch.request, &caller).await?;
        let now = clock::as_u32(self.now_s());
        self.log.acknowledged(&batch, &mut self.memory, now)?;
        Ok(true)
    }
}

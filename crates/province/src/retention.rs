//! What is kept for a time and no longer: sealed records, check-ins and short numbers end here, some rows at a time.
//! It does not know why a manifest chose its days.

use crate::Province;
use crate::clock::MICROS;
use crate::error::DeedError;
use crate::scenarios;
use crate::token_days::ROWS_AT_ONCE;
use futures_util::future::BoxFuture;
use yima_code::day::Day;
use yima_store::{
    Tx, app_deletion, audit_delay, check_in, enrolment, enterprise, family, gate, invitation, kept_key, notice,
    number_message, one_time, opaque_token, operator, post_code, resolved, scenario, sealed_record, seen_proof,
    session, short_number, wrong_try,
};

/// Devices keep the bytes that they showed for 30 days; what came a little later than they looked is found for five more.
const SEALED_DAYS: u16 = 35;
/// Numbers of the last hour bound those of this one; a day is ample.
const SHORT_US: i64 = 86_400 * MICROS;
/// Sign-ins at apps that are over.
const APPS_US: i64 = 30 * 86_400 * MICROS;
/// One-time passwords are counted over a day; two are ample.
const ONCE_US: i64 = 2 * 86_400 * MICROS;
/// Sessions that are over and wrong tries, days.
const SIGN_INS_US: i64 = 30 * 86_400 * MICROS;
/// Notices to devices; the record itself stays.
const NOTICES_US: i64 = 180 * 86_400 * MICROS;
/// That a gate's batch came: no gate sends one again after a year without a network.
const BATCHES_US: i64 = 366 * 86_400 * MICROS;

/// What an app said of a deletion: Civil Code article 188, three years to sue.
const ANSWERS_US: i64 = 1_096 * 86_400 * MICROS;

impl Province {
    /// Forgets what has outlived its time, by the manifests in force and the bounds above.
    pub(crate) async fn keep_no_longer(&self) -> Result<(), DeedError> {
        self.delete_what_is_due().await?;
        self.change_numbers_due().await?;
        self.finish_deaths().await?;
        self.end_grants_over().await?;
        let (now_us, today) = (self.now_us(), Day::of(self.now_u32()).0);
        let sealed = today.saturating_sub(SEALED_DAYS);
        self.forget(move |tx| {
            Box::pin(async move { Ok(sealed_record::forget_before(tx, sealed, ROWS_AT_ONCE).await?) })
        })
        .await?;
        let short = now_us - SHORT_US;
        self.forget(move |tx| Box::pin(async move { Ok(short_number::forget_before(tx, short, ROWS_AT_ONCE).await?) }))
            .await?;
        // A sign-in at an app is known a month beyond its end, so that a late token is refused for the right reason.
        let families = now_us - APPS_US;
        self.forget(move |tx| Box::pin(async move { Ok(family::forget(tx, families, ROWS_AT_ONCE).await?) })).await?;
        self.forget(move |tx| Box::pin(async move { Ok(opaque_token::forget(tx, now_us, ROWS_AT_ONCE).await?) }))
            .await?;
        self.forget(move |tx| Box::pin(async move { Ok(seen_proof::forget(tx, now_us, ROWS_AT_ONCE).await?) })).await?;
        self.keep_no_longer_of_sign_ins(now_us).await?;
        self.keep_no_longer_of_gates(now_us).await?;
        for (slug, before) in self.ends_of_check_ins(now_us).await? {
            self.forget(move |tx| {
                let slug = slug.clone();
                Box::pin(async move { Ok(check_in::forget_before(tx, &slug, before, ROWS_AT_ONCE).await?) })
            })
            .await?;
        }
        // What an order hid is seen by now.
        self.forget(move |tx| Box::pin(async move { Ok(audit_delay::forget(tx, now_us, ROWS_AT_ONCE).await?) }))
            .await?;
        let answered = now_us - ANSWERS_US;
        self.forget(move |tx| Box::pin(async move { Ok(app_deletion::forget(tx, answered, ROWS_AT_ONCE).await?) }))
            .await?;
        let dead = now_us - SHORT_US;
        self.forget(move |tx| Box::pin(async move { Ok(invitation::forget_before(tx, dead, ROWS_AT_ONCE).await?) }))
            .await
    }

    /// What was for once, sessions that are over, and wrong tries that nobody waits for any more.
    async fn keep_no_longer_of_sign_ins(&self, now_us: i64) -> Result<(), DeedError> {
        let (once, over) = (now_us - ONCE_US, now_us - SIGN_INS_US);
        let hour = over / MICROS / 3_600;
        self.forget(move |tx| Box::pin(async move { Ok(one_time::forget(tx, once, ROWS_AT_ONCE).await?) })).await?;
        self.forget(move |tx| Box::pin(async move { Ok(number_message::forget(tx, once, ROWS_AT_ONCE).await?) }))
            .await?;
        self.forget(move |tx| {
            Box::pin(async move { Ok(enrolment::forget_challenges_before(tx, once, ROWS_AT_ONCE).await?) })
        })
        .await?;
        self.forget(move |tx| Box::pin(async move { Ok(session::forget(tx, over, ROWS_AT_ONCE).await?) })).await?;
        self.forget(move |tx| Box::pin(async move { Ok(kept_key::forget(tx, now_us, ROWS_AT_ONCE).await?) })).await?;
        self.forget(move |tx| {
            Box::pin(async move { Ok(operator::forget_sessions_before(tx, over, ROWS_AT_ONCE).await?) })
        })
        .await?;
        self.forget(move |tx| Box::pin(async move { Ok(wrong_try::forget(tx, over, ROWS_AT_ONCE).await?) })).await?;
        self.forget(move |tx| Box::pin(async move { Ok(wrong_try::forget_noted(tx, hour, ROWS_AT_ONCE).await?) })).await
    }

    /// Notices, batches that came, and the pace of resolves.
    async fn keep_no_longer_of_gates(&self, now_us: i64) -> Result<(), DeedError> {
        let (notices, batches, pace) = (now_us - NOTICES_US, now_us - BATCHES_US, now_us - SHORT_US);
        self.forget(move |tx| Box::pin(async move { Ok(notice::forget_before(tx, notices, ROWS_AT_ONCE).await?) }))
            .await?;
        self.forget(move |tx| {
            Box::pin(async move { Ok(gate::forget_batches_before(tx, batches, ROWS_AT_ONCE).await?) })
        })
        .await?;
        self.forget(move |tx| Box::pin(async move { Ok(resolved::forget_pace_before(tx, pace, ROWS_AT_ONCE).await?) }))
            .await?;
        self.forget(move |tx| Box::pin(async move { Ok(post_code::forget_before(tx, pace, ROWS_AT_ONCE).await?) }))
            .await?;
        self.forget(|tx| Box::pin(async move { Ok(enterprise::forget_acting(tx, ROWS_AT_ONCE).await?) })).await
    }

    /// Each scenario in force, and the moment before which its check-ins are over.
    async fn ends_of_check_ins(&self, now_us: i64) -> Result<Vec<(String, i64)>, DeedError> {
        let rows =
            self.store.read::<_, DeedError, _>(|tx| Box::pin(async move { Ok(scenario::active(tx).await?) })).await?;
        let end = |days: u32| now_us - i64::from(days) * 86_400 * MICROS;
        rows.iter().map(|row| Ok((row.slug.clone(), end(scenarios::parse(&row.manifest)?.retention_days)))).collect()
    }

    /// Transactions of a bounded size until one finds less than its bound: deeds go on between two of them.
    async fn forget<F>(&self, part: F) -> Result<(), DeedError>
    where
        F: for<'t> Fn(&'t mut Tx) -> BoxFuture<'t, Result<u64, DeedError>> + Clone + Send + 'static,
    {
        while self.store.deed::<_, DeedError, _>(part.clone()).await? >= u64::from(ROWS_AT_ONCE) {}
        Ok(())
    }
}

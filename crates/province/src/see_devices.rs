//! All residents' devices as an operator looks through them: newest first, page by page, without names or labels.
//! It does not know whose they are beyond an id; looking a resident up is a deed of its own.

use crate::Province;
use crate::clock::MICROS;
use crate::doorway::Done;
use crate::error::DeedError;
use crate::home::standing_word;
use crate::residents::Page;
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::id::DeviceId;
use yima_kernel::subject::Actor;
use yima_keys::Suite;
use yima_store::device::{self, Filter, Listed, State};

/// Rows on a page.
const PAGE: u32 = 50;
/// Devices that are looked at for one page: a filter that fits hardly any gets a short page and a `next`.
const LOOKED_AT_MAX: u32 = 10_000;

/// Which devices.
#[derive(Clone, Copy, Debug, Default)]
pub struct SeeDevices<'a> {
    /// `next` of the page before.
    pub after: Option<&'a str>,
    /// `active`, `suspended` or `ended`.
    pub state: Option<&'a str>,
    /// GB/T 2260 of the resident: four digits for a city, six for a county.
    pub region: Option<&'a str>,
}

/// A device of anybody.
#[derive(Clone, Debug)]
pub struct AnyDevice {
    /// `dev_…`
    pub id: String,
    /// `res_…`
    pub resident: String,
    /// GB/T 2260.
    pub region: String,
    /// Slot.
    pub slot: u8,
    /// Suite of its key.
    pub suite: &'static str,
    /// Its key is attested by hardware.
    pub attested: bool,
    /// `active`, `suspended` or `ended`.
    pub state: &'static str,
    /// Unix seconds.
    pub enrolled_at: i64,
    /// Unix seconds.
    pub ended_at: Option<i64>,
    /// Why it ended.
    pub reason: Option<String>,
}

impl Province {
    /// Devices of all residents, newest first.
    ///
    /// # Errors
    /// [`DeedError::Invalid`] for a filter that no device has; refusals of the decision.
    pub async fn devices(&self, actor: &Actor, ask: SeeDevices<'_>) -> Result<Page<AnyDevice>, DeedError> {
        let (after, state, region) = parse(&ask)?;
        let page = self
            .short(
                Request::of(actor.clone(), Deed::SeeDevices),
                |_| Box::pin(async { Ok((Facts::default(), ())) }),
                move |tx, (), _| {
                    Box::pin(async move {
                        let filter = Filter { state, region: region.as_deref() };
                        let page = device::page(tx, after.as_deref(), filter, PAGE, LOOKED_AT_MAX).await?;
                        let detail = serde_json::json!({
                            "rows": page.items.len(), "state": state.map(State::as_str), "region": region,
                        });
                        Ok(Done::plain(page).detail(detail))
                    })
                },
            )
            .await?;
        Ok(Page { items: page.items.into_iter().map(any_device).collect(), next: page.next })
    }
}

type Parsed = (Option<String>, Option<State>, Option<String>);

fn parse(ask: &SeeDevices<'_>) -> Result<Parsed, DeedError> {
    let given = |text: Option<&str>| text.filter(|text| !text.is_empty()).map(str::to_owned);
    let (after, state, region) = (given(ask.after), given(ask.state), given(ask.region));
    if after.as_deref().is_some_and(|after| DeviceId::parse(after).is_err()) {
        return Err(DeedError::invalid("after", "请用上一页给的 next", "use the `next` of the page before"));
    }
    let state = match state.as_deref() {
        None => None,
        Some("active") => Some(State::Live),
        Some("suspended") => Some(State::Suspended),
        Some("ended") => Some(State::Ended),
        Some(_) => {
            let (zh, en) = ("只能是：active、suspended、ended", "one of active, suspended, ended");
            return Err(DeedError::invalid("state", zh, en));
        }
    };
    let is_region = |region: &str| (2..=6).contains(&region.len()) && region.bytes().all(|b| b.is_ascii_digit());
    if region.as_deref().is_some_and(|region| !is_region(region)) {
        let (zh, en) = ("用 GB/T 2260 的 2 到 6 位数字", "two to six digits of GB/T 2260");
        return Err(DeedError::invalid("region", zh, en));
    }
    Ok((after, state, region))
}

fn any_device(Listed { device, region }: Listed) -> AnyDevice {
    AnyDevice {
        id: device.id,
        resident: device.account,
        region,
        slot: device.slot,
        suite: Suite::from_number(device.suite).map_or("", Suite::name),
        attested: device.attested,
        state: standing_word(device.state),
        enrolled_at: device.enrolled_at / MICROS,
        ended_at: device.ended_at.map(|at| at / MICROS),
        reason: device.reason,
    }
}

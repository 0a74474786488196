//! The only outbound HTTP of the house: one-time passwords to an SMS gateway's webhook, and what apps are told.
//! It does not know who a number belongs to, nor what a text is for.

mod app_door;
mod sms;

pub use app_door::{AppDoor, NotTold};
pub use sms::{SmsWebhook, Webhook, WebhookError};

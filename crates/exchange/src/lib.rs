//! The only outbound HTTP of the house; for now it hands one-time passwords to an SMS gateway's webhook.
//! It does not know who a number belongs to, nor what a text is for.

mod sms;

pub use sms::{SmsWebhook, Webhook, WebhookError};

//! Messages to telephones, through the gateway that the settings name or not at all. It does not know what they say.

use yima_exchange::SmsWebhook;
use yima_keys::person::Phone;
use yima_province::Messenger;

/// One-time passwords by SMS.
pub(super) struct Sms(pub(super) SmsWebhook);

impl Messenger for Sms {
    fn send(&self, to: &Phone, text: &str, _at_s: i64) {
        if !self.0.send(to.expose(), text) {
            tracing::warn!("the SMS queue is full; a message was dropped");
        }
    }
}

/// No gateway is configured: enrolment by one-time password does not work, codes from a counter do.
pub(super) struct NoMessenger;

impl Messenger for NoMessenger {
    fn send(&self, _to: &Phone, _text: &str, _at_s: i64) {
        tracing::warn!("no SMS gateway is configured (sms_url); a one-time password was not sent");
    }
}

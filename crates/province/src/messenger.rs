//! Where one-time passwords go: a sender's door, and the demonstration's inbox that stands for it.
//! It does not know how a message travels; the real sender is a webhook of another room.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use yima_keys::person::Phone;

/// Messages the inbox keeps.
const INBOX_MAX: usize = 50;

/// A message, as the demonstration shows it.
#[derive(Clone, Debug)]
pub struct InboxMessage {
    /// Masked number.
    pub to: String,
    /// Text.
    pub text: String,
    /// Unix seconds.
    pub at: i64,
}

/// Takes a message on its way; never blocks, and never says whether it arrived.
pub trait Messenger: Send + Sync {
    /// Queues a message.
    fn send(&self, to: &Phone, text: &str, at_s: i64);

    /// What a demonstration may show.
    fn inbox(&self) -> Vec<InboxMessage> {
        Vec::new()
    }
}

/// The demonstration's inbox: keeps the newest messages in memory.
#[derive(Debug, Default)]
pub struct Inbox(Mutex<VecDeque<InboxMessage>>);

impl Messenger for Inbox {
    fn send(&self, to: &Phone, text: &str, at_s: i64) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push_front(InboxMessage { to: to.masked(), text: text.to_owned(), at: at_s });
        kept.truncate(INBOX_MAX);
    }

    fn inbox(&self) -> Vec<InboxMessage> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}

//! One's own account over the API: a device begins the first way to sign in.

pub mod link;

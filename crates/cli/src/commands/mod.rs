//! The commands, one file each. A command reads its words, calls a room, and prints.
//! None of them decides anything about a person or a code.

pub mod backup;
pub mod bundle;
pub mod bundle_sign;
pub mod client;
pub mod code;
pub mod completions;
pub mod config;
pub mod demo;
pub mod device;
pub mod doctor;
pub mod gate;
pub mod import_file;
pub mod init;
pub mod key;
pub mod key_holders;
pub mod key_rotate;
pub mod office;
pub mod openapi;
pub mod operator;
pub mod organisation;
pub mod resident;
pub mod scenario;
pub mod serve;
pub mod source;

//! Who is it, and what may they: users and passwords of a realm. Nothing here knows a dialect or writes an answer.

mod apr1;
mod basic;
mod cache;
mod hash;
mod htpasswd;
mod realm;
mod reload;
mod users;
mod verify;

pub(crate) use basic::is_basic;
pub use realm::{Realm, RealmConfig, RealmError};
pub(crate) use users::Member;

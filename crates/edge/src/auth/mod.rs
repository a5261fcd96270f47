//! Who is it, and what may they: users, passwords and tokens of a realm, and the sessions that a login opens. Nothing
//! here knows one dialect from another or writes an answer.

mod apr1;
mod basic;
mod cache;
mod files;
mod hash;
mod htpasswd;
mod presented;
mod realm;
mod reload;
mod sessions;
mod tokens;
mod users;
mod verify;

pub(crate) use presented::{is_basic, is_bearer};
pub use realm::{Realm, RealmConfig, RealmError};
pub(crate) use sessions::Sessions;
pub(crate) use users::Member;

//! The legacy dialects, each a pure codec between bytes and the model. Nothing here can reach a socket, a clock, a
//! random number or another dialect.
//!
//! Reading order: [`Dialect`] is a row of [`ALL`] and says everything about a dialect that can be said as data;
//! [`Codec`] is its behaviour on one mount; [`grammar`] is what dialects share. Each dialect folder has the same files.

mod codec;

mod conversation;

mod dialect;

mod operation;

mod states;

mod switches;

mod vocabulary;

pub mod grammar;

mod cisco_prime;

mod hitachi_detail_view;

mod oracle_ess;

mod qlik_odag;

pub use codec::{Codec, Echo, Format, Head, Malformed, Origin, RateLimits};
pub use conversation::{Ask, Conversation, Heard, Lost, Safety, Step};
pub use dialect::{ALL, Dialect, Evidence, Ids, Quirk, Scheme, SessionCookie, by_name};
pub use operation::{Access, BodyRule, Document, Operation, Route};
pub use states::{AskedWord, OtherWord, States};
pub use switches::{OptionError, OptionValue, Switch, SwitchKind, Switches};
pub use vocabulary::Vocabulary;

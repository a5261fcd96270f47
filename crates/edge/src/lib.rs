//! The edge: listens, finds the mount, asks who it is, reads the body, lets the mount's codec decode, calls the
//! engine, lets the codec encode, and confirms deliveries. It knows HTTP and passwords; it knows no dialect by name,
//! no ledger and no scheduler.
//!
//! Reading order: [`Mount`] says what answers where; `stack` is the onion, written once; `handler` is the path of one
//! request inside it, `reply` its way back, `relay` the way through to a legacy server; [`Realm`] knows the users; [`listen`] accepts connections for any service,
//! this one or another.

mod settings;

mod mount;

mod service;

mod stack;

mod handler;

mod reply;

mod answer;

mod body;
mod confirm;

mod forwarded;
mod origin;

mod request_id;

mod rescue;

mod throttle;

mod relay;

mod log;

mod metrics;

mod auth;

pub mod listen;

pub use answer::AnswerBody;
pub use auth::{Realm, RealmConfig, RealmError};
pub use mount::{Denied, DeniedHook, Engine, Mount, MountError};
pub use relay::{
    Compare, Cut, Difference, Exchange, HostName, Keep, LONGEST_COPY, Legacy, LegacyConfig, Mode,
    ShadowConfig,
};
pub use service::Edge;
pub use settings::{AccessLog, Local, Settings};

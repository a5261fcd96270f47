//! A configuration that has been checked: plain data, no text left to be understood.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use countermand_control::Token;
use countermand_dialects::{Codec, Dialect, Origin};
use countermand_edge::listen::TlsFiles;
use countermand_edge::{AccessLog, HostName, Mode};
use countermand_upstream::{Base, Trust};
use http::HeaderValue;
use ipnet::IpNet;

use super::Mistake;

/// A gateway as it is to be. Everything in it has been checked; starting can still fail on what only the machine
/// knows: an address in use, a damaged ledger.
pub struct Config {
    /// Where the dialects are served.
    pub server: Server,
    /// How much of anything.
    pub limits: Limits,
    /// The control API; `None` where there is none.
    pub control: Option<Control>,
    /// The jobs.
    pub ledger: Ledger,
    /// Who is who.
    pub realms: Vec<Realm>,
    /// The legacy servers whose jobs are reached through here.
    pub upstreams: Vec<Upstream>,
    /// Which dialect answers where.
    pub mounts: Vec<Mount>,
    /// Which requests the access log tells of.
    pub access: AccessLog,
    /// What is no mistake but worth saying at start.
    pub notes: Vec<Mistake>,
}

/// Where the dialects are served.
#[derive(Clone, Debug)]
pub struct Server {
    /// The address.
    pub listen: SocketAddr,
    /// What URLs in answers begin with, whatever the request says.
    pub public_url: Option<Origin>,
    /// The proxies that are believed in what they say of a client.
    pub trusted_proxies: Vec<IpNet>,
    /// Whether every connection begins with the PROXY protocol; only trusted proxies may then connect.
    pub proxy_protocol: bool,
    /// The certificate, where TLS is spoken.
    pub tls: Option<TlsFiles>,
}

/// How much of anything. Sizes are bytes.
#[derive(Clone, Debug)]
pub struct Limits {
    /// A request's head.
    pub head: usize,
    /// A request's body.
    pub body: usize,
    /// Connections at once.
    pub connections: usize,
    /// Calls at once.
    pub in_flight: usize,
    /// Until a head is there.
    pub head_timeout: Duration,
    /// Until a body is there.
    pub body_timeout: Duration,
    /// Until an engine has answered.
    pub call_timeout: Duration,
    /// How long a connection may wait for its next request.
    pub idle: Duration,
    /// How long a shutdown waits for requests under way.
    pub drain: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            head: 16 << 10,
            body: 1 << 20,
            connections: 20_000,
            in_flight: 4096,
            head_timeout: Duration::from_secs(10),
            body_timeout: Duration::from_secs(30),
            call_timeout: Duration::from_secs(30),
            idle: Duration::from_secs(75),
            drain: Duration::from_secs(20),
        }
    }
}

impl Server {
    /// Plain HTTP at an address, with nobody in front.
    #[must_use]
    pub fn plain(listen: SocketAddr) -> Server {
        Server { listen, public_url: None, trusted_proxies: Vec::new(), proxy_protocol: false, tls: None }
    }
}

/// The control API.
#[derive(Clone, Debug)]
pub struct Control {
    /// The address.
    pub listen: SocketAddr,
    /// Who may use it. Of a token only the digest is kept.
    pub tokens: Vec<Token>,
    /// The certificate, where TLS is spoken.
    pub tls: Option<TlsFiles>,
}

/// Where the jobs are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ledger {
    /// Nowhere: gone with the process.
    Memory,
    /// In an SQLite file.
    File(PathBuf),
}

/// The users of one or more mounts, and what they may.
#[derive(Clone, Debug)]
pub struct Realm {
    /// Its name, which clients see.
    pub name: String,
    /// Where they come from.
    pub users: Users,
}

/// Where a realm's users come from.
#[derive(Clone, Debug)]
pub enum Users {
    /// From files; groups grant what they may.
    Files(UserFiles),
    /// One user who may do everything. For the demo.
    One {
        /// The name.
        user: String,
        /// The password.
        password: String,
    },
}

/// Files of users, and who of them may do what.
#[derive(Clone, Debug)]
pub struct UserFiles {
    /// The file of passwords. There is this, or tokens, or both.
    pub htpasswd: Option<PathBuf>,
    /// The file of bearer tokens.
    pub tokens: Option<PathBuf>,
    /// The groups that may read; `None`: every user.
    pub read: Option<Vec<String>>,
    /// The groups that may write; `None`: every user.
    pub write: Option<Vec<String>>,
    /// The groups that may change other users' jobs.
    pub admin: Vec<String>,
    /// Each group and who is in it.
    pub groups: Vec<(String, Vec<String>)>,
}

/// A dialect that answers somewhere.
pub struct Mount {
    /// Which.
    pub dialect: &'static Dialect,
    /// Its behaviour with this mount's options.
    pub codec: Arc<dyn Codec>,
    /// What goes in front of its paths: empty, or beginning with `/` and not ending with one.
    pub prefix: String,
    /// What stands in place of its only path.
    pub path: Option<String>,
    /// The index of its realm in [`Config::realms`]; `None` asks nobody for credentials.
    pub realm: Option<usize>,
    /// Whether users see and change only jobs that are their own or nobody's.
    pub own_scope: bool,
    /// The ledger's namespace behind it.
    pub namespace: String,
    /// The index of the server in [`Config::upstreams`] whose jobs it shows; `None`: the ledger's.
    pub upstream: Option<usize>,
    /// The legacy server in front of which it stands.
    pub legacy: Option<Legacy>,
}

/// What of a mount is left to a legacy server.
#[derive(Clone, Debug)]
pub struct Legacy {
    /// The index of the server in [`Config::upstreams`].
    pub upstream: usize,
    /// Who answers what is not named, and what is no operation at all.
    pub mode: Mode,
    /// Who answers these operations.
    pub operations: Vec<(&'static str, Mode)>,
    /// What the server is called in `Host`.
    pub host: HostName,
    /// Whether the engine's credentials stand in place of the callers'.
    pub own_credentials: bool,
    /// The folder for fixtures of answers that ours would differ from.
    pub shadow_into: Option<PathBuf>,
}

impl Legacy {
    /// Whether the server itself keeps strangers out: it gets everything, with what the callers say of themselves.
    #[must_use]
    pub fn guards(&self) -> bool {
        !self.own_credentials && self.modes().all(Mode::is_relayed)
    }

    /// Whether something reaches the server under our name, so that whose jobs it has is asked by nobody.
    #[must_use]
    pub(crate) fn borrows_our_name(&self) -> bool {
        self.modes().any(|mode| match mode {
            Mode::Passthrough | Mode::Shadow => self.own_credentials,
            Mode::ServeElsePassthrough => true,
            Mode::Serve => false,
        })
    }

    /// Every mode that an operation may have.
    pub(crate) fn modes(&self) -> impl Iterator<Item = Mode> {
        self.operations.iter().map(|(_, mode)| *mode).chain([self.mode])
    }
}

/// A legacy server.
#[derive(Clone)]
pub struct Upstream {
    /// The engine's name.
    pub name: String,
    /// The dialect it speaks.
    pub dialect: &'static Dialect,
    /// That dialect with the switches of this server.
    pub codec: Arc<dyn Codec>,
    /// Where it is.
    pub base: Base,
    /// By whose certificates it is known.
    pub trust: Trust,
    /// Who we are there: the value of `Authorization`.
    pub authorization: Option<HeaderValue>,
    /// How long a command may take.
    pub timeout: Duration,
    /// How many commands may be under way at once.
    pub concurrency: usize,
    /// The ledger's namespace with the jobs that say which ids mean the same.
    pub namespace: String,
}

/// Every dialect at its own paths with the options it has by itself.
#[must_use]
pub fn all_dialects(realm: Option<usize>, namespace: &str) -> Vec<Mount> {
    countermand_dialects::ALL
        .iter()
        .map(|dialect| Mount {
            dialect,
            codec: dialect.build(&[]).expect("a dialect takes its own defaults"),
            prefix: String::new(),
            path: None,
            realm,
            own_scope: false,
            namespace: namespace.to_owned(),
            upstream: None,
            legacy: None,
        })
        .collect()
}

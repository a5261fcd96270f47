//! A realm: the users of a file, the groups they are in, and what that lets them do.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::{Arc, RwLock};

use countermand_model::{Fault, FaultKind};
use http::{HeaderMap, HeaderValue};

use super::basic::{self, Credentials};
use super::cache::Fingerprints;
use super::hash::Stored;
use super::htpasswd::Users;
use super::reload::{self, Reload};
use super::users::{Current, Loaded, Member, Rules, loaded};
use super::verify::Verifiers;
use crate::log::Plain;
use crate::metrics::CacheMetrics;

/// How long to stay away when too many passwords are being verified, in seconds.
const RETRY_AFTER: u32 = 2;

/// What `demo` hashes its printed password with: there is nothing to protect, so as cheaply as bcrypt can.
const DEMO_COST: u32 = 4;

/// How a realm is opened.
#[derive(Clone, Debug)]
pub struct RealmConfig {
    /// Its name, which browsers show.
    pub name: String,
    /// The file of users: lines `NAME:HASH`.
    pub htpasswd: PathBuf,
    /// The groups that may read; `None`: every user.
    pub read: Option<Vec<String>>,
    /// The groups that may change; `None`: every user.
    pub write: Option<Vec<String>>,
    /// The groups that may change what is somebody else's.
    pub admin: Vec<String>,
    /// Who is in which group.
    pub groups: BTreeMap<String, Vec<String>>,
}

/// Why a realm was not opened: one of possibly many mistakes. Or what is no mistake and better changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RealmError {
    /// The realm.
    pub realm: String,
    /// The file of users, where it is about that.
    pub file: Option<PathBuf>,
    /// The line in it, from 1.
    pub line: Option<usize>,
    /// What is wrong, in a sentence.
    pub problem: String,
}

impl std::fmt::Display for RealmError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (&self.file, self.line) {
            // What is wrong on a line is the line: it begins in its first column.
            (Some(file), Some(line)) => write!(f, "{}:{line}:1: {}", file.display(), self.problem),
            (Some(file), None) => write!(f, "{}: {}", file.display(), self.problem),
            (None, _) => write!(f, "realm {}: {}", self.realm, self.problem),
        }
    }
}

impl std::error::Error for RealmError {}

/// The users of one realm. Shared by the mounts that name it.
pub struct Realm {
    name: String,
    fingerprints: Fingerprints,
    verifiers: Verifiers,
    current: Current,
    /// `None`: these users are not from a file.
    reload: Option<Reload>,
}

impl Realm {
    /// What [`open`](Realm::open) would warn of, and starts nothing: hashes that are weak.
    ///
    /// # Errors
    /// Every mistake in the file and the groups.
    pub fn inspect(config: &RealmConfig) -> Result<Vec<RealmError>, Vec<RealmError>> {
        let (users, _) = reload::read(&config.name, &config.htpasswd)?;
        let mistakes = mistakes(config, &users);
        if mistakes.is_empty() {
            return Ok(reload::warnings(&config.name, &config.htpasswd, &users));
        }
        Err(mistakes)
    }

    /// Reads the file and starts the realm's threads. Warns of weak hashes.
    ///
    /// # Errors
    /// Every mistake in the file and the groups, or that the operating system has no random number or thread to give.
    pub fn open(config: RealmConfig) -> Result<Arc<Realm>, Vec<RealmError>> {
        let (users, signature) = reload::read(&config.name, &config.htpasswd)?;
        let mistakes = mistakes(&config, &users);
        if !mistakes.is_empty() {
            return Err(mistakes);
        }
        for warning in reload::warnings(&config.name, &config.htpasswd, &users) {
            tracing::warn!(realm = %Plain(&config.name), "{warning}");
        }
        let rules = Rules::of(&config);
        let current = Arc::new(RwLock::new(Arc::new(Loaded::new(0, users, &rules))));
        let able = |problem: String| {
            vec![RealmError { realm: config.name.clone(), file: None, line: None, problem }]
        };
        let reload = Reload::start(&config, signature, rules, Arc::clone(&current))
            .map_err(|error| able(format!("no thread to watch the file: {error}")))?;
        Realm::start(config.name.clone(), current, Some(reload)).map_err(able)
    }

    /// A realm of one user, who may do everything. For demonstrations: the hash is cheap, and made here.
    ///
    /// # Panics
    /// Where the operating system has no random number or thread to give, at start.
    #[must_use]
    pub fn of_one(name: &str, user: &str, password: &str) -> Arc<Realm> {
        let hash = bcrypt::hash(password, DEMO_COST).expect("bcrypt takes every password at a cost it has");
        let stored = Stored::parse(&hash).expect("what bcrypt makes is bcrypt");
        let users = Users {
            stored: HashMap::from([(user.to_owned(), stored.clone())]),
            decoy: Some(stored),
            warnings: Vec::new(),
        };
        let current = Arc::new(RwLock::new(Arc::new(Loaded::new(0, users, &Rules::default()))));
        Realm::start(name.to_owned(), current, None)
            .expect("a process that starts has threads and random numbers")
    }

    fn start(name: String, current: Current, reload: Option<Reload>) -> Result<Arc<Realm>, String> {
        let fingerprints = Fingerprints::new().map_err(|error| format!("no random numbers: {error}"))?;
        let verifiers =
            Verifiers::start().map_err(|error| format!("no thread to verify passwords: {error}"))?;
        Ok(Arc::new(Realm { name, fingerprints, verifiers, current, reload }))
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Who it is. A password that was seen lately costs a hash and a look into a map; any other waits for a verifier.
    ///
    /// # Errors
    /// `NoCredentials`, `BadCredentials`, or `Overloaded` where too many are being verified.
    pub(crate) async fn authenticate(
        &self,
        headers: &HeaderMap,
        client: IpAddr,
        metrics: &CacheMetrics,
    ) -> Result<Arc<Member>, Fault> {
        let credentials = Credentials::of(headers)?;
        if let Some(reload) = &self.reload {
            reload.look().await;
        }
        let loaded = loaded(&self.current);
        let fingerprint = self.fingerprints.of(credentials.as_bytes());
        if let Some(verdict) = loaded.cache.get(&fingerprint) {
            metrics.hits.inc();
            return verdict.ok_or_else(basic::bad);
        }
        metrics.misses.inc();
        let key = (loaded.generation, fingerprint);
        let work = Box::new(move || {
            let verdict = loaded.verify(&credentials);
            loaded.cache.put(fingerprint, verdict.clone());
            verdict
        });
        let verdict = self.verifiers.submit(key, client, work).map_err(|_| overloaded())?;
        verdict.await.map_err(|_| overloaded())?.ok_or_else(basic::bad)
    }

    /// The challenge of a 401, RFC 7617 §2 and §2.1.
    pub(crate) fn challenge(&self) -> HeaderValue {
        let quoted: String =
            self.name.chars().filter(|c| c.is_ascii_graphic() && !"\"\\".contains(*c)).collect();
        HeaderValue::from_str(&format!("Basic realm=\"{quoted}\", charset=\"UTF-8\""))
            .expect("visible ASCII is a header value")
    }
}

fn overloaded() -> Fault {
    Fault::new(FaultKind::Overloaded, "Too many logins are being checked.").with_retry_after(RETRY_AFTER)
}

/// Groups nobody is in, and members that are no users. Judged at start only: a user who is taken out of the file later
/// is out, whatever the groups still say.
fn mistakes(config: &RealmConfig, users: &Users) -> Vec<RealmError> {
    let named =
        [("read", config.read.as_ref()), ("write", config.write.as_ref()), ("admin", Some(&config.admin))];
    let empty = named.into_iter().flat_map(|(key, groups)| {
        groups.into_iter().flatten().filter_map(move |group| {
            let is_empty = config.groups.get(group).is_none_or(Vec::is_empty);
            is_empty.then(|| format!("`{key}` names the group {group:?}, and nobody is in it"))
        })
    });
    let strangers = config.groups.iter().flat_map(|(group, names)| {
        names.iter().filter(|name| !users.stored.contains_key(*name)).map(move |name| {
            format!("{name:?} is in the group {group:?}, and not in {}", config.htpasswd.display())
        })
    });
    let problems = empty.chain(strangers);
    problems
        .map(|problem| RealmError { realm: config.name.clone(), file: None, line: None, problem })
        .collect()
}

//! A realm: the users of its files, the groups they are in, and what that lets them do.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::{Arc, RwLock};

use countermand_dialects::Scheme;
use countermand_model::{Fault, FaultKind};
use http::{HeaderMap, HeaderValue};

use super::basic::Credentials;
use super::cache::Fingerprints;
use super::files::{Files, People};
use super::hash::Stored;
use super::htpasswd::Users;
use super::presented::{Presented, bad, bad_token};
use super::reload::Reload;
use super::tokens::Tokens;
use super::users::{Current, Loaded, Member, Rules, loaded};
use super::verify::Verifiers;
use crate::log::plain;
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
    /// The file of users: lines `NAME:HASH`. A realm has this, or tokens, or both.
    pub htpasswd: Option<PathBuf>,
    /// The file of bearer tokens: lines `NAME:{SHA256}HEX`.
    pub tokens: Option<PathBuf>,
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
    /// The file of users or of tokens, where it is about that.
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

/// A successful login by what stood in `Authorization`.
pub(crate) struct Login {
    pub(crate) member: Arc<Member>,
    /// What the password was held against; `None` of a token.
    pub(super) password: Option<Arc<Stored>>,
}

/// The users of one realm. Shared by the mounts that name it.
pub struct Realm {
    name: String,
    takes_passwords: bool,
    takes_tokens: bool,
    fingerprints: Fingerprints,
    verifiers: Verifiers,
    current: Current,
    /// `None`: these users are not from files.
    reload: Option<Reload>,
}

impl Realm {
    /// What [`open`](Realm::open) would warn of, and starts nothing: hashes that are weak.
    ///
    /// # Errors
    /// Every mistake in the files and the groups.
    pub fn inspect(config: &RealmConfig) -> Result<Vec<RealmError>, Vec<RealmError>> {
        let files = Files::of(config);
        let (people, _) = files.read()?;
        let mistakes = mistakes(config, &files, &people);
        if mistakes.is_empty() { Ok(files.warnings(&people)) } else { Err(mistakes) }
    }

    /// Reads the files and starts the realm's threads. Warns of weak hashes.
    ///
    /// # Errors
    /// Every mistake in the files and the groups, or that the operating system has no random number or thread to give.
    pub fn open(config: RealmConfig) -> Result<Arc<Realm>, Vec<RealmError>> {
        let files = Files::of(&config);
        let (people, signatures) = files.read()?;
        let mistakes = mistakes(&config, &files, &people);
        if !mistakes.is_empty() {
            return Err(mistakes);
        }
        for warning in files.warnings(&people) {
            tracing::warn!(realm = &*plain(&config.name), "{warning}");
        }
        let rules = Rules::of(&config);
        let current = Arc::new(RwLock::new(Arc::new(Loaded::new(0, people, &rules))));
        let able = |problem: String| {
            vec![RealmError { realm: config.name.clone(), file: None, line: None, problem }]
        };
        let reload = Reload::start(config.name.clone(), files, signatures, rules, Arc::clone(&current))
            .map_err(|error| able(format!("no thread to watch the files: {error}")))?;
        let (takes_passwords, takes_tokens) = (config.htpasswd.is_some(), config.tokens.is_some());
        Realm::start(config.name.clone(), current, Some(reload))
            .map(|realm| Arc::new(Realm { takes_passwords, takes_tokens, ..realm }))
            .map_err(able)
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
        let people = People { users, tokens: Tokens::default() };
        let current = Arc::new(RwLock::new(Arc::new(Loaded::new(0, people, &Rules::default()))));
        let realm = Realm::start(name.to_owned(), current, None);
        Arc::new(realm.expect("a process that starts has threads and random numbers"))
    }

    fn start(name: String, current: Current, reload: Option<Reload>) -> Result<Realm, String> {
        let fingerprints = Fingerprints::new().map_err(|error| format!("no random numbers: {error}"))?;
        let verifiers =
            Verifiers::start().map_err(|error| format!("no thread to verify passwords: {error}"))?;
        let (takes_passwords, takes_tokens) = (true, false);
        Ok(Realm { name, takes_passwords, takes_tokens, fingerprints, verifiers, current, reload })
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Who it is, by what `Authorization` says; `None` where it says nothing. A password that was seen lately costs a
    /// hash and a look into a map, and so does a token; any other password waits for a verifier.
    ///
    /// # Errors
    /// `BadCredentials`, or `Overloaded` where too many are being verified.
    pub(crate) async fn authenticate(
        &self,
        headers: &HeaderMap,
        schemes: &[Scheme],
        client: IpAddr,
        metrics: &CacheMetrics,
    ) -> Result<Option<Login>, Fault> {
        let Some(presented) = Presented::of(headers, schemes)? else { return Ok(None) };
        let loaded = self.present().await;
        match presented {
            Presented::Token(token) => {
                let member = loaded.holder(token).ok_or_else(bad_token)?;
                Ok(Some(Login { member, password: None }))
            }
            Presented::Password(credentials) => {
                let member = self.verified(Arc::clone(&loaded), credentials, client, metrics).await?;
                // Of the same state of the files, so that a login is never taken for one by a later password.
                let password = loaded.password(&member.name);
                Ok(Some(Login { member, password }))
            }
        }
    }

    /// The user of that name as the files and the groups have them now, where the password is still the one that a
    /// login was by.
    pub(super) async fn still(&self, name: &str, password: &Arc<Stored>) -> Option<Arc<Member>> {
        self.present().await.still(name, password)
    }

    /// The challenges of a 401: RFC 7617 §2 and §2.1, RFC 6750 §3. Of the dialect's schemes those that lead in here.
    pub(crate) fn challenges(&self, schemes: &[Scheme], had_token: bool) -> Vec<(Scheme, HeaderValue)> {
        let name: String =
            self.name.chars().filter(|c| c.is_ascii_graphic() && !"\"\\".contains(*c)).collect();
        let challenge = |scheme: &Scheme| match scheme {
            Scheme::Basic if self.takes_passwords => {
                Some(format!("Basic realm=\"{name}\", charset=\"UTF-8\""))
            }
            Scheme::Bearer if self.takes_tokens && had_token => {
                Some(format!("Bearer realm=\"{name}\", error=\"invalid_token\""))
            }
            Scheme::Bearer if self.takes_tokens => Some(format!("Bearer realm=\"{name}\"")),
            Scheme::Basic | Scheme::Bearer => None,
        };
        let value = |text: String| HeaderValue::from_str(&text).expect("visible ASCII is a header value");
        schemes.iter().filter_map(|scheme| Some((*scheme, value(challenge(scheme)?)))).collect()
    }

    /// The users, after a look at the files where one is due.
    async fn present(&self) -> Arc<Loaded> {
        if let Some(reload) = &self.reload {
            reload.look().await;
        }
        loaded(&self.current)
    }

    async fn verified(
        &self,
        loaded: Arc<Loaded>,
        credentials: Credentials,
        client: IpAddr,
        metrics: &CacheMetrics,
    ) -> Result<Arc<Member>, Fault> {
        let fingerprint = self.fingerprints.of(credentials.as_bytes());
        if let Some(verdict) = loaded.cache.get(&fingerprint) {
            metrics.hits.inc();
            return verdict.ok_or_else(bad);
        }
        metrics.misses.inc();
        let key = (loaded.generation, fingerprint);
        let work = Box::new(move || {
            let verdict = loaded.verify(&credentials);
            loaded.cache.put(fingerprint, verdict.clone());
            verdict
        });
        let verdict = self.verifiers.submit(key, client, work).map_err(|_| overloaded())?;
        verdict.await.map_err(|_| overloaded())?.ok_or_else(bad)
    }
}

fn overloaded() -> Fault {
    Fault::new(FaultKind::Overloaded, "Too many logins are being checked.").with_retry_after(RETRY_AFTER)
}

/// Groups nobody is in, and members that are no users. Judged at start only: a user who is taken out of the file later
/// is out, whatever the groups still say.
fn mistakes(config: &RealmConfig, files: &Files, people: &People) -> Vec<RealmError> {
    let named =
        [("read", config.read.as_ref()), ("write", config.write.as_ref()), ("admin", Some(&config.admin))];
    let empty = named.into_iter().flat_map(|(key, groups)| {
        groups.into_iter().flatten().filter_map(move |group| {
            let is_empty = config.groups.get(group).is_none_or(Vec::is_empty);
            is_empty.then(|| format!("`{key}` names the group {group:?}, and nobody is in it"))
        })
    });
    let strangers = config.groups.iter().flat_map(|(group, names)| {
        let is_stranger =
            |name: &&String| !people.users.stored.contains_key(*name) && !people.tokens.knows(name);
        names
            .iter()
            .filter(is_stranger)
            .map(move |name| format!("{name:?} is in the group {group:?}, and not in {}", files.names()))
    });
    let nobody = (config.htpasswd.is_none() && config.tokens.is_none())
        .then(|| "there is neither a file of users nor one of tokens".to_owned());
    let problems = nobody.into_iter().chain(empty).chain(strangers);
    problems
        .map(|problem| RealmError { realm: config.name.clone(), file: None, line: None, problem })
        .collect()
}

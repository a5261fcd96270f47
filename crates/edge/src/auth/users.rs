//! The users of a realm as they are at one moment: who is there, what each may do, whose which token is, and what was
//! found out about their passwords. Where they came from is not known here.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use super::basic::Credentials;
use super::cache::{Cache, Verdict};
use super::files::People;
use super::hash::Stored;
use super::realm::RealmConfig;
use super::tokens::TokenDigest;

/// A user, as far as a request is concerned.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) may_read: bool,
    pub(crate) may_write: bool,
    pub(crate) is_admin: bool,
}

/// The users as the files have them now; replaced as a whole.
pub(super) type Current = Arc<RwLock<Arc<Loaded>>>;

/// One state of the files, and what was found out about it.
pub(super) struct Loaded {
    /// Tells verifications of one state from those of another.
    pub(super) generation: u64,
    users: HashMap<String, (Arc<Stored>, Arc<Member>)>,
    tokens: Vec<(TokenDigest, Arc<Member>)>,
    decoy: Option<Stored>,
    pub(super) cache: Cache,
}

/// Which names may do what; `None` is every name.
#[derive(Clone, Debug, Default)]
pub(super) struct Rules {
    read: Option<BTreeSet<String>>,
    write: Option<BTreeSet<String>>,
    admin: Option<BTreeSet<String>>,
}

impl Member {
    /// Whoever asks where nobody need say who they are: no name, and no limits but the mount's own.
    pub(crate) fn anybody() -> Arc<Member> {
        static ANYBODY: LazyLock<Arc<Member>> = LazyLock::new(|| {
            Arc::new(Member { name: String::new(), may_read: true, may_write: true, is_admin: true })
        });
        Arc::clone(&ANYBODY)
    }
}

impl Loaded {
    pub(super) fn new(generation: u64, people: People, rules: &Rules) -> Loaded {
        let People { users, tokens } = people;
        let member = |(name, stored): (String, Stored)| {
            let member = Arc::new(rules.member(&name));
            (name, (Arc::new(stored), member))
        };
        let holder = |(name, digest): (String, TokenDigest)| (digest, Arc::new(rules.member(&name)));
        Loaded {
            generation,
            users: users.stored.into_iter().map(member).collect(),
            tokens: tokens.issued.into_iter().map(holder).collect(),
            decoy: users.decoy,
            cache: Cache::default(),
        }
    }

    /// Whose token it is. Every digest is compared, and each whole, so that the time tells neither how near a guess came
    /// nor whose token it was like.
    pub(super) fn holder(&self, token: &[u8]) -> Verdict {
        let digest = TokenDigest::of(token);
        let held = |found, (issued, member)| if digest.is(issued) { Some(member) } else { found };
        let pairs = self.tokens.iter().map(|(issued, member)| (issued, member));
        pairs.fold(None, held).cloned()
    }

    /// The stored password of a user.
    pub(super) fn password(&self, name: &str) -> Option<Arc<Stored>> {
        self.users.get(name).map(|(stored, _)| Arc::clone(stored))
    }

    /// A user who is still there, with the password that a login was by.
    pub(super) fn still(&self, name: &str, password: &Arc<Stored>) -> Verdict {
        let (stored, member) = self.users.get(name)?;
        let is_same = Arc::ptr_eq(stored, password) || stored == password;
        is_same.then(|| Arc::clone(member))
    }

    /// Slow. A name that is not there costs what one that is does, so that the time does not tell which there are.
    pub(super) fn verify(&self, credentials: &Credentials) -> Verdict {
        let password = credentials.password().as_bytes();
        match self.users.get(credentials.name()) {
            Some((stored, member)) => stored.verify(password).then(|| Arc::clone(member)),
            None => {
                if let Some(decoy) = &self.decoy {
                    std::hint::black_box(decoy.verify(password));
                }
                None
            }
        }
    }
}

impl Rules {
    pub(super) fn of(config: &RealmConfig) -> Rules {
        let names = |groups: &Vec<String>| {
            groups.iter().filter_map(|group| config.groups.get(group)).flatten().cloned().collect()
        };
        Rules {
            read: config.read.as_ref().map(names),
            write: config.write.as_ref().map(names),
            admin: Some(names(&config.admin)),
        }
    }

    fn member(&self, name: &str) -> Member {
        let may = |names: &Option<BTreeSet<String>>| names.as_ref().is_none_or(|names| names.contains(name));
        Member {
            name: name.to_owned(),
            may_read: may(&self.read),
            may_write: may(&self.write),
            is_admin: may(&self.admin),
        }
    }
}

/// The users as they are now. Nobody panics while holding this lock.
pub(super) fn loaded(current: &Current) -> Arc<Loaded> {
    Arc::clone(&current.read().unwrap_or_else(PoisonError::into_inner))
}

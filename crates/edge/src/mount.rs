//! Which paths belong to which mount. Paths are compared as they came: `%2F` is not `/`, and no dialect knows another.

use std::sync::Arc;

use countermand_dialects::{Codec, Dialect, Operation};
use countermand_model::{Call, Caller, Fault, Outcome};
use futures_util::future::BoxFuture;

use crate::{Legacy, Mode, Realm};

/// Who answers a call. The one place where a future is boxed on the way down.
pub type Engine = tower::util::BoxCloneSyncService<Call, Outcome, Fault>;

/// Is told of a known user who may not change, before the 403 is answered: the audit's chance.
pub type DeniedHook = Arc<dyn Fn(Denied) -> BoxFuture<'static, ()> + Send + Sync>;

/// A changing request that was refused to a known user.
#[derive(Clone, Debug)]
pub struct Denied {
    /// Who asked.
    pub caller: Caller,
    /// The dialect it was asked in.
    pub dialect: &'static str,
    /// The vendor's name of the operation.
    pub operation: &'static str,
    /// The id in the path or the query, where there is one. Ids in the body are not known: it was not read.
    pub written: Option<String>,
    /// The request's id.
    pub request_id: String,
}

/// One dialect, somewhere, for somebody, in front of one engine.
#[derive(Clone)]
pub struct Mount {
    /// What is spoken.
    pub dialect: &'static Dialect,
    /// How it is spoken here.
    pub codec: Arc<dyn Codec>,
    /// What stands in front of the dialect's own paths: empty, or such as `/vp`.
    pub prefix: String,
    /// Replaces the dialect's path, where it has just one.
    pub path: Option<String>,
    /// Who may; `None` is anybody.
    pub realm: Option<Arc<Realm>>,
    /// Whether a job that has an owner is changed only by that user or an administrator.
    pub own_scope: bool,
    /// Who answers.
    pub engine: Engine,
    /// Is told of a known user who may not change.
    pub denied: DeniedHook,
    /// The legacy server that some of it is left to; `None`: we answer everything.
    pub legacy: Option<Arc<Legacy>>,
}

impl Mount {
    /// Who answers an operation; `None` is a path that is none.
    pub(crate) fn mode(&self, operation: Option<&Operation>) -> Mode {
        let name = operation.map(|operation| operation.name);
        self.legacy.as_ref().map_or(Mode::Serve, |legacy| legacy.mode(name))
    }
}

/// Why the mounts cannot be served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MountError {
    /// Two mounts claim one path.
    Claimed {
        /// The path.
        path: String,
        /// The dialects of the two.
        dialects: [&'static str; 2],
    },
    /// A path is given for a dialect that has several of its own.
    SeveralPaths {
        /// The dialect.
        dialect: &'static str,
        /// The path given.
        path: String,
    },
    /// A prefix or a path is not one.
    BadPath {
        /// The dialect.
        dialect: &'static str,
        /// What was given.
        path: String,
    },
}

impl std::fmt::Display for MountError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            MountError::Claimed { path, dialects: [first, second] } => {
                write!(f, "{path} is mounted twice, for {first} and for {second}; give one of them a prefix")
            }
            MountError::SeveralPaths { dialect, path } => {
                write!(f, "{dialect} has several paths, so {path} cannot replace them; use a prefix")
            }
            MountError::BadPath { dialect, path } => write!(
                f,
                "{path:?} on the mount of {dialect} is not a path: begin with /, do not end with /, no query"
            ),
        }
    }
}

impl std::error::Error for MountError {}

/// All mounts, by path.
pub(crate) struct Mounts {
    mounts: Vec<Mount>,
    /// The longest path first, so that the first that fits is the right one.
    places: Vec<Place>,
}

/// A path and whose it is.
struct Place {
    path: String,
    mount: usize,
    base: usize,
}

/// Where a path led.
pub(crate) struct Found<'a> {
    /// Which of the mounts, in the order they were given.
    pub(crate) index: usize,
    pub(crate) mount: &'a Mount,
    /// See [`Head::base`](countermand_dialects::Head::base).
    pub(crate) base: Option<usize>,
    /// See [`Head::rest`](countermand_dialects::Head::rest).
    pub(crate) rest: &'a str,
}

impl Mounts {
    pub(crate) fn new(mounts: Vec<Mount>) -> Result<Mounts, MountError> {
        let mut places: Vec<Place> = Vec::new();
        for (index, mount) in mounts.iter().enumerate() {
            for (base, path) in paths(mount)?.into_iter().enumerate() {
                if let Some(taken) = places.iter().find(|place| place.path == path) {
                    let dialects = [mounts[taken.mount].dialect.name, mount.dialect.name];
                    return Err(MountError::Claimed { path, dialects });
                }
                places.push(Place { path, mount: index, base });
            }
        }
        places.sort_by_key(|place| std::cmp::Reverse(place.path.len()));
        Ok(Mounts { mounts, places })
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Mount> {
        self.mounts.iter()
    }

    /// The longest mounted path that this one equals or continues after a `/`; else the first dialect, in the order
    /// of the mounts, that claims it.
    pub(crate) fn find<'a>(&'a self, path: &'a str) -> Option<Found<'a>> {
        self.places
            .iter()
            .find_map(|place| {
                let rest = below(&place.path, path)?;
                let mount = &self.mounts[place.mount];
                Some(Found { index: place.mount, mount, base: Some(place.base), rest })
            })
            .or_else(|| self.claimed(path))
    }

    fn claimed<'a>(&'a self, path: &'a str) -> Option<Found<'a>> {
        self.mounts.iter().enumerate().find_map(|(index, mount)| {
            let claims = mount.dialect.claims?;
            let rest = below(&mount.prefix, path)?;
            claims(rest).then_some(Found { index, mount, base: None, rest })
        })
    }
}

/// What follows `base` in `path`: nothing, or something that begins with `/`.
pub(crate) fn below<'p>(base: &str, path: &'p str) -> Option<&'p str> {
    path.strip_prefix(base).filter(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The full paths of a mount, in the order of the dialect's own.
fn paths(mount: &Mount) -> Result<Vec<String>, MountError> {
    let dialect = mount.dialect.name;
    let checked = |path: &str| {
        let bad = || MountError::BadPath { dialect, path: path.to_owned() };
        if is_path(path) { Ok(()) } else { Err(bad()) }
    };
    if !mount.prefix.is_empty() {
        checked(&mount.prefix)?;
    }
    let own = match (&mount.path, mount.dialect.paths) {
        (None, own) => own.to_vec(),
        (Some(path), [_]) => {
            checked(path)?;
            vec![path.as_str()]
        }
        (Some(path), _) => return Err(MountError::SeveralPaths { dialect, path: path.clone() }),
    };
    Ok(own.into_iter().map(|path| format!("{}{path}", mount.prefix)).collect())
}

fn is_path(text: &str) -> bool {
    let plain =
        |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'?' | b'#' | b'"' | b'<' | b'>' | b'\\');
    text.len() > 1
        && text.starts_with('/')
        && !text.ends_with('/')
        && !text.contains("//")
        && text.bytes().all(plain)
}
